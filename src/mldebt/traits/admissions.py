"""Comments in which somebody admits that what stands here should not stay."""

from __future__ import annotations

import re
from collections.abc import Collection

LONGEST = 600  # characters of a comment that are read
FEWEST = 3  # words that an admission has beside its marker

_MARKER = re.compile(r"(?<![-\w.])(?:TODO|FIXME|HACK|XXX|KLUDGE)\b(?!-)")
_WORDS = re.compile(
    r"\b(?:hack(?:y|ish)?|work-?around|kludge|quick[ -]fix|temp(?:orary)? (?:fix|hack|solution|workaround|measure)|"
    r"dirty fix|should be (?:removed|refactored|made configurable)|hard-?coded for (?:now|the demo|demo))\b",
    re.IGNORECASE,
)
_TICKET = re.compile(
    r"\b[A-Z][A-Z0-9]+-\d+\b|(?:^|[\s(])#\d+\b|https?://\S+/(?:issues|pull|browse|merge_requests|ticket)s?/"
)
_PLAIN = re.compile(r"[^\W\d_]{2,}")


def admitted(text: str, block: str, markers: Collection[str] = ()) -> bool:
    """Does the comment ``text`` admit debt? ``block`` is all that the lines around it say: what quotes a
    ticket or an issue there has been taken up by somebody. ``markers`` are further words that admit it."""
    text = text[:LONGEST]
    if _TICKET.search(block[:LONGEST]):
        return False
    found = _MARKER.search(text) or _WORDS.search(text)
    if found is None:
        lowered = text.lower()
        if not any(marker.lower() in lowered for marker in markers):
            return False
    rest = text if found is None else f"{text[: found.start()]} {text[found.end() :]}"
    return len(_PLAIN.findall(rest)) >= FEWEST or len(_PLAIN.findall(block[:LONGEST])) >= FEWEST + 2
