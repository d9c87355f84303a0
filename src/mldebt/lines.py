"""Where the lines of a text begin."""

from __future__ import annotations

import re
from itertools import accumulate

_NEWLINE = re.compile(r"\r\n?|\n")


def line_starts(text: str) -> tuple[int, ...]:
    """Where lines begin: after LF, CR LF and CR, as Python and libcst have it. Form feeds, vertical
    tabs and Unicode's separators end no line."""
    if "\r" in text:
        return (0, *(found.end() for found in _NEWLINE.finditer(text)))
    return (0, *accumulate([len(line) + 1 for line in text.split("\n")[:-1]]))
