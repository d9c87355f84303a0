"""GitHub's ``primaryLocationLineHash``: what its alerts are recognised by when lines move.

Written from a description of the algorithm and held to vectors of the original. A hash covers
100 UTF-16 units from the start of a line, without spaces and tabs, as a polynomial in 37 modulo
2**64; equal hashes in a file are numbered.
"""

from __future__ import annotations

import sys
from array import array
from collections import Counter
from collections.abc import Iterable
from operator import mul

_WINDOW = 100
_MODULUS = 1 << 64
_POWERS = [pow(37, _WINDOW - 1 - n, _MODULUS) for n in range(_WINDOW)]
_LINE_FEED = 10
_END = 65535  # stands for the end of the file
_UTF16 = "utf-16-le" if sys.byteorder == "little" else "utf-16-be"


def hash_lines(data: bytes, lines: Iterable[int]) -> dict[int, str]:
    """``hash:number`` for each of ``lines`` (from 1) that the file has; other lines cost their hash
    alone, those after the last wanted one nothing."""
    wanted = set(lines)
    last = max(wanted, default=0)
    text = data.decode("utf-8", "replace")  # keeps a byte order mark, as the original does
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace(" ", "").replace("\t", "")
    units = array("H", text.encode(_UTF16, "surrogatepass"))
    units.extend([_END] + [0] * _WINDOW)
    seen: Counter[int] = Counter()
    hashes: dict[int, str] = {}
    start, end = 0, len(units) - _WINDOW
    for line in range(1, last + 1):
        key = sum(map(mul, units[start : start + _WINDOW], _POWERS)) % _MODULUS
        seen[key] += 1
        if line in wanted:
            hashes[line] = f"{key:x}:{seen[key]}"
        try:
            start = units.index(_LINE_FEED, start, end) + 1
        except ValueError:
            break
    return hashes
