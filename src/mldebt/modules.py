"""Which file a module name means, seen from the file that imports it."""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Container, Iterable
from functools import lru_cache

MANIFEST_NAMES = frozenset(
    {"pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "environment.yml", "environment.yaml", "Pipfile",
     "pixi.toml", "mldebt.toml", "MLproject"}
)  # fmt: skip
MAX_SEGMENTS = 24  # of a dotted name; no import is longer


def inside(module: str, name: str) -> str:
    """The reference to ``name`` in ``module``, which may be a package by its dots alone."""
    return f"{module}{name}" if module.endswith(".") else f"{module}.{name}"


class Modules:
    """The Python files of a project as modules. Paths are root-relative; ``installed`` has the names of others'
    packages."""

    def __init__(self, paths: Iterable[str], source_roots: Iterable[str] = (), installed: Container[str] = ()) -> None:
        self._paths = frozenset(paths)
        self._stems = _stems(self._paths)
        self._folders = _folders(self._paths)
        self._installed = installed
        self._source_roots = tuple(root.strip("/") for root in source_roots)
        self._manifest_folders = {
            posixpath.dirname(path) for path in self._paths if posixpath.basename(path) in MANIFEST_NAMES
        }
        self._located = lru_cache(maxsize=None)(self._locate)
        self._roots = lru_cache(maxsize=None)(self._roots_of)

    def component(self, path: str) -> str:
        """The nearest folder above ``path`` that has a manifest of its own, "." for the root."""
        folder = posixpath.dirname(path)
        while folder and folder not in self._manifest_folders:
            folder = posixpath.dirname(folder)
        return folder or "."

    def locate(self, importer: str, name: str) -> tuple[str, str] | None:
        """The file that the reference ``name`` leads into and the rest of the name inside that file.

        ``None`` when no file of the project has that module, or two shared roots have different ones.
        """
        return (importer, name[2:]) if name.startswith("@.") else self._located(importer.rpartition("/")[0], name)

    def _locate(self, folder: str, name: str) -> tuple[str, str] | None:
        segments = name.lstrip(".").split(".")[:MAX_SEGMENTS]
        if name.startswith("."):
            for _ in range(len(name) - len(name.lstrip(".")) - 1):
                if not folder:
                    return None  # beyond the root
                folder = posixpath.dirname(folder)
            return self._under(folder, [] if segments == [""] else segments, relative=True)
        # A module of a package finds its neighbours when it is run as a script, but never in place of Python's own,
        # nor of others' packages: ``providers/openai.py`` is called after what it imports.
        taken = segments[0] in sys.stdlib_module_names or segments[0] in self._installed
        beside = () if taken else (folder,)
        for root in (*self._roots(folder), *beside):
            found = self._under(root, segments, relative=False)
            if found is not None:
                return found
        for shared in (self._source_roots, ("", "src")):
            choices = {self._under(root, segments, relative=False) for root in shared} - {None}
            if choices:
                return choices.pop() if len(choices) == 1 else None
        return None

    def _is_package(self, folder: str) -> bool:
        return bool(folder) and f"{folder}/__init__.py" in self._paths

    def _under(self, root: str, segments: list[str], relative: bool) -> tuple[str, str] | None:
        """The file that the most of ``segments`` lead to from ``root``; for a relative name, the package's own
        when none of them does."""
        path = self._stems.get(f"{root}/__init__" if root else "__init__") if relative else None
        taken, stem = 0, root
        for size, part in enumerate(segments, 1):
            stem = f"{stem}/{part}" if stem else part
            found = self._stems.get(stem)
            if found is not None:
                path, taken = found, size
            if stem not in self._folders:
                break
        return (path, ".".join(segments[taken:])) if path is not None else None

    def _roots_of(self, folder: str) -> tuple[str, ...]:
        """The roots of ``folder``'s own where an absolute import is looked for, nearest first."""
        package = folder
        while self._is_package(package):
            package = posixpath.dirname(package)
        roots = [package]  # the folder itself, for a script
        above = folder
        while above:
            if above in self._manifest_folders:
                roots += [above, f"{above}/src"]
            if posixpath.basename(above) == "src":
                roots.append(above)
            above = posixpath.dirname(above)
        return tuple(dict.fromkeys(roots))


def _stems(paths: Iterable[str]) -> dict[str, str]:
    """Each module's path without its ending, and each package's folder, with the file that it is; a module is
    before a package of its name."""
    stems = {path.removesuffix(".py"): path for path in paths if path.endswith(".py")}
    packages = {stem.removesuffix("/__init__"): path for stem, path in stems.items() if stem.endswith("/__init__")}
    return {**packages, **stems}


def _folders(paths: Iterable[str]) -> frozenset[str]:
    """Every folder that has a file below it."""
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return frozenset(found)
