"""A source line and the caret line under it, as wide as a terminal."""

from __future__ import annotations

import unicodedata

from mldebt.report.printable import escape_at

_TAB = "    "
_ELLIPSIS = "…"
_BEFORE = 20  # cells that are kept left of the caret when a long line is cut


def draw(line: str, start: int, end: int, width: int) -> tuple[str, str]:
    """The line in at most ``width`` cells and carets under its characters ``start`` to ``end``
    (from 0, end exclusive). Tabs, wide characters and escapes keep the carets in place; of a
    long line the part around ``start`` is shown, so the cost is that of ``width``."""
    start = min(max(start, 0), len(line))
    end = min(max(end, start + 1), max(len(line), start + 1))
    first = 0 if len(line) <= width and start < width else max(0, start - _BEFORE)
    shown, carets, cells = [], [], 0
    if first:
        shown, carets, cells = [_ELLIPSIS], [" "], 1
    for index in range(first, min(len(line), first + width)):
        piece = _TAB if line[index] == "\t" else escape_at(line, index)
        size = sum(map(_cells, piece))
        if cells + size >= width:
            shown.append(_ELLIPSIS)
            break
        shown.append(piece)
        carets.append(("^" if start <= index < end else " ") * size)
        cells += size
    if start >= len(line):
        carets.append("^")
    return "".join(shown).rstrip(), "".join(carets).rstrip()


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
