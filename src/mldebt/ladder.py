"""How much a version specifier leaves open: the ladder L0 to L4."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version


class Level(enum.IntEnum):
    """L0 admits everything newer, L1 a major version, L2 a minor one, L3 one release, L4 one file."""

    OPEN = 0
    MAJOR = 1
    MINOR = 2
    EXACT = 3
    LOCKED = 4


def level(specifier: str, *, hashed: bool = False) -> Level:
    """The level of PEP 440 text. ``!=`` and lower bounds narrow nothing; text that is no
    specifier is OPEN. ``hashed``: the line carries the hashes of the files."""
    clauses = _clauses(specifier)
    found = max((_single(operator, version, hashed=hashed) for operator, version in clauses), default=Level.OPEN)
    if found is Level.MAJOR and _within_minor(clauses):
        return Level.MINOR
    return found


def is_open(specifier: str) -> bool:
    """Is nothing said of the version: neither a bound nor a release? (``!=1.3`` says nothing.)"""
    return all(operator == "!=" for operator, _ in _clauses(specifier))


def _clauses(specifier: str) -> list[tuple[str, str]]:
    try:
        return sorted((one.operator, one.version) for one in SpecifierSet(specifier))
    except InvalidSpecifier:
        return []


def _single(operator: str, version: str, *, hashed: bool) -> Level:
    if operator == "===" or (operator == "==" and not version.endswith(".*")):
        return Level.LOCKED if hashed or operator == "===" else Level.EXACT
    parts = len(_release(version))
    if operator == "==":
        return Level.MAJOR if parts == 1 else Level.MINOR
    if operator == "~=":
        return Level.MAJOR if parts == 2 else Level.MINOR
    return Level.MAJOR if operator in ("<", "<=") else Level.OPEN


def _within_minor(clauses: Iterable[tuple[str, str]]) -> bool:
    """Do a lower and an upper bound leave no room but patches of one minor version?"""
    lower = [_release(version) for operator, version in clauses if operator in (">=", ">")]
    upper = [(_release(version), operator) for operator, version in clauses if operator in ("<", "<=")]
    if not lower or not upper:
        return False
    major, minor = (*max(lower), 0, 0)[:2]
    highest, operator = min(upper)
    end = (*highest, 0, 0, 0)
    if operator == "<" and end[:2] == (major, minor + 1) and not any(end[2:]):
        return True
    return end[:2] == (major, minor)


def _release(version: str) -> tuple[int, ...]:
    try:
        return Version(re.sub(r"\.\*$", "", version)).release
    except InvalidVersion:
        return ()
