"""What files say that only stands on other lines now.

Most edits move what stands below them and change nothing else of it. A rule about the project may ask which of two
places comes first, and whether they are on one line; it measures no distances. So where all that it looked at
has kept its order, it finds what it found, on the lines where that stands now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from mldebt.facts import FileFacts, of_name
from mldebt.model import Cell, Finding, Place, Related

_LINES = frozenset({"line", "end_line"})  # the fields that are lines of a file

Pairs = set[tuple[int, int]]
"""Lines of a file, each with the one on which the same stands now."""


class Moves:
    """What files said beside what they say now, as far as it is of some ``kinds`` of facts. ``others`` are the kinds
    of which files say something else, by path."""

    def __init__(self, files: Iterable[tuple[FileFacts, FileFacts]], kinds: Iterable[str]) -> None:
        self.others: dict[str, set[str]] = {}
        self._lines: dict[str, Mapping[int, int]] = {}
        wanted = sorted(kinds)
        for then, now in files:
            self._compare(then, now, wanted)

    def _compare(self, then: FileFacts, now: FileFacts, kinds: Iterable[str]) -> None:
        others = self.others[now.path] = set()
        together: Pairs = set()
        moved: set[str] = set()
        for kind in kinds:
            pairs: Pairs = set()
            if not _match(of_name(then.facts, kind), of_name(now.facts, kind), pairs):
                others.add(kind)
                continue
            together |= pairs
            if any(before != after for before, after in pairs):
                moved.add(kind)
        if all(one[0] < next_[0] and one[1] < next_[1] for one, next_ in pairwise(sorted(together))):
            if moved:
                self._lines[now.path] = dict(together)
        else:
            others |= moved

    def moved(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...] | None:
        """The findings where they stand now; ``None`` when that of one is not known."""
        if not any(place.path in self._lines for each in findings for place in _places(each)):
            return findings
        try:
            return tuple(map(self._moved, findings))
        except KeyError:
            return None

    def _moved(self, finding: Finding) -> Finding:
        return replace(
            finding,
            place=self._place(finding.place),
            related=self._related(finding.related),
            flow=self._related(finding.flow),
        )

    def _related(self, some: tuple[Related, ...]) -> tuple[Related, ...]:
        return tuple(replace(each, place=self._place(each.place)) for each in some)

    def _place(self, place: Place) -> Place:
        lines = self._lines.get(place.path)
        if lines is None:
            return place
        span = place.span
        return replace(place, span=replace(span, line=lines[span.line], end_line=lines[span.end_line]))


def _places(finding: Finding) -> Iterable[Place]:
    yield finding.place
    yield from (each.place for each in (*finding.related, *finding.flow))


def _match(then: object, now: object, pairs: Pairs) -> bool:
    """Are both the same but for their lines, which are added to ``pairs``?"""
    if type(then) is not type(now):
        return False
    if isinstance(then, tuple) and isinstance(now, tuple):
        return len(then) == len(now) and all(_match(one, other, pairs) for one, other in zip(then, now, strict=True))
    if not isinstance(then, Struct) or isinstance(then, Cell):  # a cell counts lines of its own
        return then == now
    for name in then.__struct_fields__:
        one, other = getattr(then, name), getattr(now, name)
        if name in _LINES:
            pairs.add((one, other))
        elif not _match(one, other, pairs):
            return False
    return True
