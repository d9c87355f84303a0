"""The root of a run, and paths of the command line relative to it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from mldebt import config_file
from mldebt.config import NAME, PYPROJECT, Config
from mldebt.errors import ConfigError, UserError
from mldebt.rule_spec import RuleSpec
from mldebt.tree import Tree, UnreadableError, WorkingTree


class Named(Struct, frozen=True):
    """A path of the command line: root-relative, "." for the root itself."""

    path: str
    folder: bool


class Root(Struct, frozen=True):
    """Where a run looks. ``path`` and ``git_top`` are absolute and without links; ``git_top`` is the
    folder at or above ``path`` that holds ``.git``, None when there is none."""

    path: Path
    git_top: Path | None

    def named(self, paths: Sequence[str], cwd: Path) -> tuple[Named, ...]:
        """Paths as written (relative to ``cwd``) as paths under the root. Raises ``UserError`` for one
        that does not exist or lies elsewhere."""
        found: list[Named] = []
        for written in paths:
            real = _real(cwd, written)
            if not real.exists():
                raise UserError(f"no such file or directory: {written}")
            found.append(Named(self.relative(written, cwd), real.is_dir()))
        return tuple(dict.fromkeys(found))

    def relative(self, written: str, cwd: Path) -> str:
        """One path, which need not exist (``--stdin-filename``), under the root. Raises ``UserError``."""
        try:
            return _real(cwd, written).relative_to(self.path).as_posix()
        except ValueError:
            raise UserError(
                f"{written} is outside the project's root {self.path}; say --root, or run it apart"
            ) from None


def find_root(first: str, cwd: Path, given: str | None = None) -> Root:
    """The root for the first path of the command line, or ``given`` (``--root``).

    It is the nearest folder at or above that has a configuration; a ``.git`` on the way ends the
    search, and its folder is the root then. Else it is the path's own folder. Git is not run.
    """
    if given is not None:
        folder = _real(cwd, given)
        if not folder.is_dir():
            raise UserError(f"--root: no such folder: {given}")
        return Root(folder, _git_top(folder))
    real = _real(cwd, first)
    start = real if real.is_dir() else real.parent
    for folder in (start, *start.parents):
        if has_config(WorkingTree(folder)) or _has_git(folder):
            return Root(folder, _git_top(folder))
    return Root(start, None)


def probes(paths: Sequence[str], cwd: Path, root: Root) -> tuple[str, ...]:
    """Where ``find_root`` looks, or would look: absolute paths whose coming and going may change the root of a
    run over ``paths``."""
    real = [cwd / written for written in paths] + [_real(cwd, written) for written in paths]
    folders = dict.fromkeys(
        [root.path, *root.path.parents, *(above for path in real for above in (path, *path.parents))]
    )
    names = (NAME, PYPROJECT, ".git")
    return tuple(map(str, [*folders, *(folder / name for folder in folders for name in names)]))


def load_config(tree: Tree, specs: Sequence[RuleSpec]) -> Config:
    """The configuration at the root of ``tree``. Raises ``ConfigError``."""

    def read(path: str) -> bytes | None:
        try:
            return tree.read(path)
        except UnreadableError as problem:
            if problem.kind == "missing" or path == PYPROJECT:
                return None  # a pyproject.toml that cannot be read is a notice of its reader
            raise ConfigError(f"{path} {problem.reason}") from None

    return config_file.load(read, specs)


def has_config(tree: Tree) -> bool:
    """Does the root of ``tree`` hold mldebt.toml, or a pyproject.toml with [tool.mldebt]?"""
    return tree.exists(NAME) or has_table(tree, PYPROJECT)


def has_table(tree: Tree, path: str) -> bool:
    """Does the pyproject.toml at ``path`` hold [tool.mldebt]?"""
    try:
        return config_file.has_table(tree.read(path))
    except UnreadableError:
        return False


def _real(cwd: Path, written: str) -> Path:
    try:
        return Path(os.path.realpath(cwd / written))
    except (OSError, ValueError) as problem:
        raise UserError(f"no such file or directory: {written!r}: {problem}") from None


def _git_top(folder: Path) -> Path | None:
    return next((above for above in (folder, *folder.parents) if _has_git(above)), None)


def _has_git(folder: Path) -> bool:
    try:
        return os.path.lexists(folder / ".git")  # a folder, or a file in a worktree or submodule
    except (OSError, ValueError):
        return False
