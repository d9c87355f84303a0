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


def has_ceiling(specifier: str) -> bool:
    """Does it keep out the releases to come?"""
    return any(operator in ("==", "===", "~=", "<", "<=") for operator, _ in _clauses(specifier))


def crosses(specifier: str, *, minor: bool = False) -> bool:
    """Do lower and upper bound admit a release and its next breaking one: another major version, below
    1.0 or with ``minor`` another minor one? False where a bound is missing."""
    clauses = _clauses(specifier)
    lower = [_release(version) for operator, version in clauses if operator in (">=", ">", "~=", "==", "===")]
    upper = [bound for operator, version in clauses if (bound := end_of(operator, version)) is not None]
    if not lower or not upper or not max(lower):
        return False
    start = (*max(lower), 0)
    parts = 2 if minor or start[0] == 0 else 1
    following = (*start[: parts - 1], start[parts - 1] + 1)
    end, inside = min(upper)
    padded = (*end, *(0,) * (len(following) - len(end)))
    return padded >= following if inside else padded > (*following, *(0,) * (len(padded) - len(following)))


def end_of(operator: str, version: str) -> tuple[tuple[int, ...], bool] | None:
    """Where a clause ends, and whether that release itself is admitted."""
    release = _release(version)
    if operator in ("<", "<="):
        return release, operator == "<="
    if operator == "~=" and len(release) > 1:
        return (*release[:-2], release[-2] + 1), False
    if operator == "==" and version.endswith(".*") and release:
        return (*release[:-1], release[-1] + 1), False
    return (release, True) if operator in ("==", "===") else None


def admits(specifier: str, version: str) -> bool:
    """Does the specifier admit this release? Text that is no specifier or version admits all."""
    try:
        return SpecifierSet(specifier).contains(Version(version), prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return True


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
