"""All rules of a run: those that ship with mldebt, the project's own, those of plugins that the user wants."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence

from msgspec import Struct

from mldebt import catalogue, config_file
from mldebt.config import NAME, PYPROJECT
from mldebt.errors import ConfigError
from mldebt.rule_spec import RuleSpec
from mldebt.tree import Tree, UnreadableError

MOST_FILES = 500


class Rulebook(Struct, frozen=True):
    """All rules by code; ``own`` are those of the project. ``digest`` changes when any of them does."""

    specs: tuple[RuleSpec, ...]
    own: tuple[RuleSpec, ...]
    digest: str


def load(tree: Tree, wanted: Sequence[str] = ()) -> Rulebook:
    """The rules for the project of ``tree``, with those of the ``wanted`` plugins. Raises ``ConfigError`` and
    ``UserError``."""
    shipped = catalogue.load()
    files = [(path, _read(tree, path)) for path in _files(tree)]
    if not wanted and not files:
        return Rulebook(shipped.specs, (), shipped.digest)
    from mldebt import own_rules, plugins  # these know syntax, which a run from facts does not need

    specs: list[RuleSpec] = list(shipped.specs)
    digests = [shipped.digest]
    for name in wanted:
        plugin = plugins.load(name)
        specs += (own_rules.of_plugin(name, text, specs) for text in plugin.texts)
        digests.append(plugin.digest)
    own: list[RuleSpec] = []
    for path, data in files:
        own.append(own_rules.parse(path, data, [*specs, *own]))
    if files:
        digests.append(own_rules.digest(files))
    ordered = sorted([*specs, *own], key=lambda spec: spec.code)
    return Rulebook(tuple(ordered), tuple(own), "+".join(digests))


def own_sources(tree: Tree) -> dict[str, bytes]:
    """The files of the project's own rules by the codes in them. Raises ``ConfigError``."""
    from mldebt import own_rules

    shipped = catalogue.load().specs
    files = [_read(tree, path) for path in _files(tree)]
    parsed = zip(_files(tree), files, strict=True)
    return {own_rules.parse(path, data, shipped).code: data for path, data in parsed}


def _files(tree: Tree) -> list[str]:
    """The TOML files that ``rule-paths`` means, sorted: files, and those directly in folders."""

    def read(path: str) -> bytes | None:
        try:
            return tree.read(path)
        except UnreadableError:
            return None

    found: list[str] = []
    for path in config_file.rule_paths(read):
        if tree.exists(path):
            found.append(path)
        else:
            found += _listed(tree, path)
    if len(found) > MOST_FILES:
        raise ConfigError(f"rule-paths: more than {MOST_FILES} files")
    return sorted(dict.fromkeys(found))


def _listed(tree: Tree, folder: str) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(tree.root / folder), key=lambda entry: entry.name)
    except (OSError, ValueError) as problem:
        where = NAME if tree.exists(NAME) else PYPROJECT
        reason = (getattr(problem, "strerror", None) or str(problem)).lower()
        raise ConfigError(f"{where}: rule-paths: {folder} cannot be read: {reason}") from None
    for entry in entries:
        regular = stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode)
        if entry.name.endswith(".toml") and regular:
            yield f"{folder}/{entry.name}"


def _read(tree: Tree, path: str) -> bytes:
    try:
        return tree.read(path)
    except UnreadableError as problem:
        raise ConfigError(f"{path} {problem.reason}") from None
