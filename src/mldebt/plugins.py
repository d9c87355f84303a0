"""Rules of installed packages, by entry point. Asked for by the user, never by what is scanned."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path

import tomli
from msgspec import Struct

from mldebt.engine import Rule
from mldebt.errors import UserError

GROUP = "mldebt.rules"


class Plugin(Struct, frozen=True):
    """What an entry point of the group ``mldebt.rules`` names: rules, each a class and the TOML text that
    tells of it, as for rules of a project's own but without a pattern."""

    rules: Sequence[tuple[type[Rule], str]]


class Loaded(Struct, frozen=True):
    """``texts`` and ``classes`` are parallel; ``digest`` changes with the package's version, its module and
    the texts."""

    texts: tuple[str, ...]
    classes: tuple[type[Rule], ...]
    digest: str


def load(name: str) -> Loaded:
    """The plugin that an installed package calls ``name``. This imports it. Raises ``UserError``."""
    from importlib import metadata  # takes 10 ms, and most runs have no plugins

    entries = sorted(metadata.entry_points(group=GROUP), key=lambda entry: entry.name)
    entry = next((entry for entry in entries if entry.name == name), None)
    if entry is None:
        known = ", ".join(entry.name for entry in entries)
        told = f"there is {known}" if known else "none has rules"
        raise UserError(f"--plugin {name}: no installed package has it; {told}")
    try:
        plugin = entry.load()
    except Exception as error:  # whatever a package does when it is imported
        raise UserError(f"--plugin {name}: {entry.value} cannot be loaded: {type(error).__name__}: {error}") from error
    if not isinstance(plugin, Plugin):
        raise UserError(f"--plugin {name}: {entry.value} is no mldebt.api.Plugin")
    texts = tuple(text for _, text in plugin.rules)
    classes = tuple(rule for rule, _ in plugin.rules)
    digest = hashlib.sha256(f"{name}\0{entry.dist.version if entry.dist else ''}".encode())
    for rule, text in plugin.rules:
        digest.update(_source(rule) + text.encode("utf-8"))
    return Loaded(texts, classes, digest.hexdigest())


def classes(names: Sequence[str]) -> Mapping[str, type[Rule]]:
    """The classes of plugins by the code of their rules."""
    found: dict[str, type[Rule]] = {}
    for name in names:
        plugin = load(name)
        for rule, text in zip(plugin.classes, plugin.texts, strict=True):
            found[str(tomli.loads(text).get("code"))] = rule
    return found


def _source(rule: type[Rule]) -> bytes:
    try:
        return Path(inspect.getfile(rule)).read_bytes()
    except (OSError, TypeError):
        return b""
