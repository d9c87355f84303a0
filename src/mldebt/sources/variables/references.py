"""``$NAME`` and ``${NAME:-default}`` in a text that a shell, docker or compose expands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

_REFERENCE = re.compile(
    r"\\.|\$\$"  # escaped: \$, and $$ of compose; the process id of a shell
    r"|\$(?:\{[!#]?([A-Za-z_]\w*)(?:(:?[-=])([^}\r\n]{0,200}))?|([A-Za-z_]\w*))",
    re.DOTALL,
)


class Reference(Struct, frozen=True):
    """One reference; ``offset`` is where its name begins, ``end`` where the search goes on (in its
    default, if it has one)."""

    name: str
    default: str | None
    offset: int
    end: int


def references(text: str, begin: int = 0, end: int | None = None) -> Iterator[Reference]:
    """The references between two offsets, also those in the defaults of others."""
    end = len(text) if end is None else end
    while True:
        found = _REFERENCE.search(text, begin, end)
        if found is None:
            return
        one = _reference(found)
        if one is not None:
            yield one
        begin = one.end if one is not None else found.end()


def reference_at(text: str, at: int, end: int) -> Reference | None:
    """The reference that begins with the ``$`` at an offset."""
    found = _REFERENCE.match(text, at, end)
    return _reference(found) if found is not None else None


def _reference(found: re.Match[str]) -> Reference | None:
    if found[4]:
        return Reference(found[4], None, found.start(4), found.end())
    if found[1]:
        return Reference(found[1], found[3], found.start(1), found.start(3) if found[2] else found.end())
    return None
