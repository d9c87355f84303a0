"""Listing files without git: a walk that honours .gitignore and follows no links."""

from __future__ import annotations

import os
from collections.abc import Iterator

from msgspec import Struct, field

from mldebt import snapshot
from mldebt.model import Notice
from mldebt.patterns import Patterns
from mldebt.tree import Tree, UnreadableError

_RULES = ".gitignore"
_LONGEST_RULES = 1_000_000


class Seen(Struct, frozen=True):
    """What a walk rests on: the names in each folder (see ``snapshot.names``) and the stamps of the .gitignore
    files, by root-relative paths."""

    folders: dict[str, bytes] = field(default_factory=dict)
    rules: dict[str, tuple[int, int, int, int] | None] = field(default_factory=dict)


def files(tree: Tree, start: str, pruned: Patterns, notices: list[Notice], seen: Seen) -> Iterator[str]:
    """Regular files below the folder ``start`` ("" for the root), root-relative. Folders that
    ``pruned`` excludes (by their path below ``start``) and virtual environments are not entered.
    Folders that cannot be read go to ``notices``, what is looked at to ``seen``."""
    waiting: list[tuple[str, tuple[tuple[str, Patterns], ...]]] = [(start, ())]
    while waiting:
        folder, rules = waiting.pop()
        seen.folders[folder] = snapshot.names(str(tree.root / folder))
        try:
            with os.scandir(tree.root / folder) as scan:
                entries = sorted(scan, key=lambda entry: entry.name)
        except (OSError, ValueError) as problem:
            reason = getattr(problem, "strerror", None) or str(problem)
            notices.append(Notice("unreadable", f"cannot be listed: {reason.lower()}", folder or "."))
            continue
        names = {entry.name for entry in entries}
        if "pyvenv.cfg" in names and folder != start:
            continue
        if _RULES in names:
            path = _joined(folder, _RULES)
            seen.rules[path] = snapshot.stamp(str(tree.root / path))
            rules = ((folder, _rules(tree, path)), *rules)
        for entry in entries:
            path = _joined(folder, entry.name)
            if entry.is_dir(follow_symlinks=False):
                below = path[len(start) :].lstrip("/") if start else path
                if not pruned.excludes(below, folder=True) and not _ignored(rules, path, folder=True):
                    waiting.append((path, rules))
            elif entry.is_file(follow_symlinks=False) and not _ignored(rules, path, folder=False):
                yield path


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _rules(tree: Tree, path: str) -> Patterns:
    try:
        text = tree.read(path)[:_LONGEST_RULES].decode("utf-8", "replace")
    except UnreadableError:
        return Patterns(())
    return Patterns.lenient(text.splitlines())


def _ignored(rules: tuple[tuple[str, Patterns], ...], path: str, *, folder: bool) -> bool:
    """The nearest .gitignore that speaks of the path decides."""
    for base, patterns in rules:
        verdict = patterns.verdict(path[len(base) + 1 :] if base else path, folder=folder)
        if verdict is not None:
            return verdict
    return False
