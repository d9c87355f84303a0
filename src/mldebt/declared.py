"""The versions that a project declares, for rules that depend on them.

A rule asks with a lower bound: from this version on it is so. A lock or an exact requirement answers; the
bounds of a range do where they leave no doubt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from msgspec import Struct
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from mldebt.facts import FileFacts, of_kind
from mldebt.facts.pins import LockedVersion, Pin
from mldebt.model import Place


class Declared(Struct, frozen=True):
    """One declaration. ``specifier`` is PEP 440 text, "==X" for what a lock holds; ``place`` is ``None`` for locks."""

    path: str
    specifier: str
    place: Place | None = None


def by_distribution(files: Mapping[str, FileFacts]) -> Mapping[str, tuple[Declared, ...]]:
    """Every declaration by the normalised name of its distribution, those of locks first."""
    locked: dict[str, list[Declared]] = defaultdict(list)
    pinned: dict[str, list[Declared]] = defaultdict(list)
    for path in sorted(files):
        for held in of_kind(files[path].facts, LockedVersion):
            locked[held.name].append(Declared(path, f"=={held.version}"))
        for pin in of_kind(files[path].facts, Pin):
            if pin.specifier:
                pinned[pin.name].append(Declared(path, pin.specifier, pin.place))
    return {name: (*locked[name], *pinned[name]) for name in {*locked, *pinned}}


def meets(declarations: Sequence[Declared], bound: str) -> bool | None:
    """Do all declarations meet ``bound`` (">=2.9")? ``None`` where one leaves it open, where they differ, and
    where there is none."""
    least = Version(bound.removeprefix(">="))
    answers = {_meets(each.specifier, least) for each in declarations}
    return answers.pop() if len(answers) == 1 else None


def _meets(text: str, least: Version) -> bool | None:
    try:
        clauses = [(each.operator, each.version) for each in SpecifierSet(text)]
        versions = [(operator, Version(version.removesuffix(".*"))) for operator, version in clauses]
    except (InvalidSpecifier, InvalidVersion):
        return None
    if any(version >= least for operator, version in versions if operator in _LOWEST):
        return True
    exact = [not text.endswith(".*") for _, text in clauses]
    for (operator, version), whole in zip(versions, exact, strict=True):
        if (operator == "<" and version <= least) or (operator in _HIGHEST and whole and version < least):
            return False
    return None


_LOWEST = ("==", "===", "~=", ">=", ">")
_HIGHEST = ("==", "===", "<=")
