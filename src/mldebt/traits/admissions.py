"""Comments in which somebody admits that what stands here should not stay."""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Sequence

LONGEST = 600  # characters of a comment that are read
PROSE = 5  # lines of a comment that is an explanation
FEWEST = 3  # words that an admission has beside its marker

_MARKER = re.compile(r"(?<![-\w.])(?:TODO|FIXME|HACK|XXX|KLUDGE)\b(?!-)")
_WORDS = re.compile(
    r"\b(?:hack(?:y|ish)?(?! (?:by|from|of) )|work-?around|kludge|quick[ -]fix|dirty fix|"
    r"temp(?:orary)? (?:fix|hack|solution|workaround|measure)|should be (?:removed|refactored|made configurable)|"
    r"hard-?coded for (?:now|the demo|demo))\b",
    re.IGNORECASE,
)
_PAPERWORK = re.compile(
    r"\b(?:doc-?strings?|docs?|documentation|document|typos?|type hints?|typing|rename|spelling)\b", re.I
)
_READER = re.compile(r"\byours?\b", re.IGNORECASE)  # somebody else is to fill something in
_TICKET = re.compile(
    r"\b[A-Z][A-Z0-9]+-\d+\b|(?:^|[\s(])#\d+\b|https?://\S+/(?:issues|pull|browse|merge_requests|ticket)s?/"
)
_PLAIN = re.compile(r"[^\W\d_]{2,}")


class Admission(enum.Enum):
    """How much a comment admits: that something is not right, or only that more could be done."""

    WRONG = "wrong"
    WISH = "wish"


def admitted(text: str, block: Sequence[str], markers: Collection[str] = ()) -> Admission | None:
    """What the comment ``text`` admits. ``block`` is what the lines around it say, it among them: what quotes a
    ticket or an issue there has been taken up by somebody, and what explains at length explains no debt of its
    own, unless it is marked. ``markers`` are further words that admit it."""
    text = text[:LONGEST]
    marked = _MARKER.search(text)
    found = marked or (_WORDS.search(text) if len(block) < PROSE else None)
    if found is None:
        lowered = text.lower()
        if not any(marker.lower() in lowered for marker in markers):
            return None
    around = " ".join(block)[:LONGEST]
    if _TICKET.search(around):
        return None
    rest = text if found is None else f"{text[: found.start()]} {text[found.end() :]}"
    if len(_PLAIN.findall(rest)) < FEWEST and len(_PLAIN.findall(around)) < FEWEST + 2:
        return None
    if marked is None or marked[0] != "TODO" or _WORDS.search(around):
        return Admission.WRONG
    return None if _PAPERWORK.search(text) or _READER.search(text) else Admission.WISH
