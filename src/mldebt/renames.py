"""Files that go by another name: what git calls similarity, of the contents that are at hand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import PurePosixPath

from msgspec import Struct

LEAST = 0.5
"""The share of bytes in lines that both files have, from which on one is the other renamed; git's default."""
LEAST_WORDS = 0.8
"""The same for words: a formatter that passed over a file on the way leaves few of its lines and all its words."""
MAX_PAIRS = 4_000
"""Pairs that are compared line by line; beyond, only files with equal contents or equal names are."""

_WORD = re.compile(rb"\w+")


def renames(gone: Mapping[str, bytes], new: Mapping[str, bytes]) -> dict[str, str]:
    """For files that are gone, the new ones that they have become: the most similar pairs first, each file once."""
    by_content: dict[bytes, list[str]] = {}
    for path in sorted(new):
        by_content.setdefault(new[path], []).append(path)
    found: dict[str, str] = {}
    for path in sorted(gone):
        equal = by_content.get(gone[path], [])
        if equal and gone[path].strip():
            found[path] = equal.pop(_nearest(path, equal))
    left = {path: _Contents.of(gone[path]) for path in gone if path not in found}
    taken = set(found.values())
    free = {path: _Contents.of(new[path]) for path in new if path not in taken}
    few = len(left) * len(free) <= MAX_PAIRS
    scored = sorted(
        (-score, old != new_path, old, new_path)
        for old, old_contents in left.items()
        for new_path, new_contents in free.items()
        if _suffix(old) == _suffix(new_path) and (few or _name(old) == _name(new_path))
        if (score := old_contents.likeness(new_contents))
    )
    for _, _, old, new_path in scored:
        if old not in found and new_path not in taken:
            found[old] = new_path
            taken.add(new_path)
    return found


def _nearest(path: str, others: list[str]) -> int:
    """The number of the one with the same name, else of the first."""
    return next((number for number, other in enumerate(others) if _name(other) == _name(path)), 0)


def _name(path: str) -> str:
    return PurePosixPath(path).name


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix


class _Contents(Struct, frozen=True):
    lines: Counter[bytes]
    words: Counter[bytes]

    @classmethod
    def of(cls, data: bytes) -> _Contents:
        lines = Counter(line.strip() for line in data.splitlines() if line.strip())
        return cls(lines, Counter(_WORD.findall(data)))

    def likeness(self, other: _Contents) -> float:
        """How alike two files are; 0 where one is not the other renamed."""
        by_lines = _similarity(self.lines, other.lines)
        if by_lines >= LEAST:
            return by_lines
        by_words = _similarity(self.words, other.words)
        return by_words if by_words >= LEAST_WORDS else 0.0


def _similarity(one: Counter[bytes], other: Counter[bytes]) -> float:
    """Of the bytes of the larger, the share that stands in both."""
    sizes = [sum(len(item) * number for item, number in each.items()) for each in (one, other)]
    if min(sizes) < max(sizes) * LEAST or not max(sizes):
        return 0.0
    shared = sum(len(item) * min(number, other[item]) for item, number in one.items() if item in other)
    return shared / max(sizes)
