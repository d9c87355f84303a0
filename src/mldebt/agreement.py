"""Is there a version that all places agree on, and which places stand against each other?

Versions are endless, bounds are few: whether specifiers have a version in common shows at the versions
that they name, and just above and below those.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from mldebt.ladder import end_of

MOST_CLAUSES = 200
"""Different clauses that are compared; a package with more is said nothing of."""
_LOCAL = re.compile(r"\+[\w.]+")


class Verdict(Struct, frozen=True):
    """``range``: what all admit, as PEP 440 text, "" when they leave it open; ``None`` when no version
    satisfies all. ``culprits`` are then the positions of those that stand against each other."""

    range: str | None
    culprits: tuple[int, ...] = ()


def agree(said: Sequence[tuple[str, ...]]) -> Verdict:
    """What places come to, each of which admits what one of its specifiers admits: a requirement has one,
    a lock one for each version that it holds. Text that is no specifier says nothing."""
    sets = [_parsed(each) for each in said]
    clauses = sorted({clause for each in sets for one in each for clause in one}, key=str)[: MOST_CLAUSES + 1]
    if not clauses or len(clauses) > MOST_CLAUSES:
        return Verdict("")
    points = _points(clauses)
    masks = {clause: _mask(clause, points) for clause in clauses}
    everything = (1 << len(points)) - 1
    admitted = [_admitted(each, masks, everything) for each in sets]
    left = everything
    for mask in admitted:
        left &= mask
    if not left:
        return Verdict(None, _culprits(admitted, everything))
    single = {clause for each in sets if len(each) == 1 for clause in each[0]}
    return Verdict(_narrowed(single, masks, everything))


def are_disjoint(one: str, other: str) -> bool:
    """Is there no version that both specifiers admit?"""
    return agree([(one,), (other,)]).range is None


def _parsed(said: Iterable[str]) -> tuple[SpecifierSet, ...]:
    """Nothing for what says nothing. Local versions (``+cpu``) make no difference."""
    found = []
    for text in said:
        try:
            one = SpecifierSet(_LOCAL.sub("", text))
            for clause in one:
                Version(clause.version.removesuffix(".*"))
        except (InvalidSpecifier, InvalidVersion):
            return ()
        found.append(one)
    return tuple(found) if all(len(one) for one in found) else ()


def _points(clauses: Iterable[Specifier]) -> list[Version]:
    found = {Version("0")}
    for clause in clauses:
        version = clause.version.removesuffix(".*")
        end = end_of(clause.operator.replace("!=", "=="), clause.version)
        texts = [version, *([".".join(map(str, end[0]))] if end is not None and end[0] else [])]
        for text in texts:
            named = Version(text)
            # Just above and below, where no other bound lies: more numbers than anybody writes.
            found.update((named, Version(f"{named.base_version}{'.0' * 4}.1"), *_below(named)))
    return sorted(found)


def _below(version: Version) -> Iterator[Version]:
    """The earliest of the same release, and one of the releases before it."""
    yield Version(f"{version.base_version}.dev0")
    release = [*version.release]
    while release and not release[-1]:
        release.pop()
    if release:
        yield Version(f"{version.epoch}!{'.'.join(map(str, [*release[:-1], release[-1] - 1]))}.99999999")


def _mask(clause: Specifier, points: Sequence[Version]) -> int:
    """The points that a clause admits, a bit each."""
    return sum(1 << at for at, point in enumerate(points) if clause.contains(point, prereleases=True))


def _admitted(alternatives: Iterable[SpecifierSet], masks: Mapping[Specifier, int], everything: int) -> int:
    found = 0
    for one in alternatives:
        mask = everything
        for clause in one:
            mask &= masks[clause]
        found |= mask
    return found if alternatives else everything


def _culprits(admitted: Sequence[int], everything: int) -> tuple[int, ...]:
    """Those that have nothing in common with another one; where only several together leave nothing, as
    few as do."""
    distinct = sorted(set(admitted))
    pairs = {one for one in distinct if any(not one & other for other in distinct)}
    if not pairs:
        pairs = set(distinct)
        for one in distinct:
            left = everything
            for other in pairs - {one}:
                left &= other
            pairs -= {one} if not left else set()
    return tuple(at for at, mask in enumerate(admitted) if mask in pairs)


def _narrowed(clauses: Iterable[Specifier], masks: Mapping[Specifier, int], everything: int) -> str:
    """The clauses without those that the others imply."""
    kept = sorted(clauses, key=lambda each: (each.operator == "!=", str(each)))
    for clause in sorted(kept, key=lambda each: (-masks[each].bit_count(), str(each))):
        rest = everything
        for other in kept:
            if other is not clause:
                rest &= masks[other]
        if not rest & ~masks[clause]:
            kept.remove(clause)
    return ",".join(map(str, kept))
