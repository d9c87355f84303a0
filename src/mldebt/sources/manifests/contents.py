"""What every manifest reader takes and gives, and how bytes become text."""

from __future__ import annotations

import codecs
import posixpath
import re
from collections.abc import Callable

from msgspec import Struct

from mldebt.facts import Fact
from mldebt.model import Notice, Place, Span
from mldebt.toml_places import Comment

LONGEST_SOURCE_LINE = 400
"""Source lines are kept for display only, once per pin; a longer one is cut."""


class ManifestFacts(Struct, frozen=True):
    """Everything that one manifest said. Comments are those of the format, never from strings.
    ``statements`` are the first and last lines of the requirements, in order: what a suppression
    on or above the first line holds for."""

    facts: tuple[Fact, ...] = ()
    notices: tuple[Notice, ...] = ()
    comments: tuple[Comment, ...] = ()
    statements: tuple[tuple[int, int], ...] = ()


def refused(kind: str, message: str, path: str) -> ManifestFacts:
    """A manifest of which nothing is known but why."""
    return ManifestFacts(notices=(Notice(kind, message[:500], path),))


class Reader(Struct, frozen=True):
    """One dialect. ``pattern`` is searched in the root-relative path; ``read`` takes that path and
    the decoded text and may raise whatever it likes; a file of more than ``limit`` bytes is not read."""

    dialect: str
    pattern: re.Pattern[str]
    read: Callable[[str, str], ManifestFacts]
    limit: int


_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CODING = re.compile(
    rb"^[ \t]*#[^\n]{0,200}?coding[:=][ \t]*"
    rb"((?:utf-?8|latin|iso-?8859|cp\d|windows-\d|koi8|shift|euc|gb|big5|mac)[-\w]{0,20})",
    re.IGNORECASE,
)


def decode(data: bytes) -> str:
    """Bytes of a manifest as text: by byte order mark, coding comment (as pip reads it), UTF-8 or,
    so that an accent in a comment costs nothing, Latin-1. The mark is not part of the text.

    Raises ``UnicodeError`` for what is no text (null bytes, a broken UTF-16).
    """
    return decode_as(data)[0]


def decode_as(data: bytes) -> tuple[str, str, bytes]:
    """As ``decode``, with the codec and the byte order mark that it was read with."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding), encoding, mark
    if b"\0" in data:
        raise UnicodeError("it holds null bytes")
    encoding = _declared(data) or "utf-8"
    try:
        return data.decode(encoding), encoding, b""
    except (UnicodeError, LookupError):
        return data.decode("latin-1"), "latin-1", b""


def _declared(data: bytes) -> str:
    for line in data[:1000].split(b"\n")[:2]:
        found = _CODING.match(line)
        if found:
            return found[1].decode()
    return ""


_LINE_END = re.compile(r"\r\n|\r|\n")


def split_lines(text: str) -> list[str]:
    """Physical lines without their ends; form feeds and the like do not end a line."""
    lines = _LINE_END.split(text)
    return lines[:-1] if not lines[-1] else lines


def displayed(line: str) -> str:
    """A source line for display."""
    return line[:LONGEST_SOURCE_LINE]


def place(path: str, line: int, column: int, length: int) -> Place:
    """A stretch of one line."""
    return Place(path, Span(line, column, line, column + length))


def resolve(base: str, target: str) -> str:
    """``target`` as written in a file of folder ``base`` (root-relative), without looking."""
    return posixpath.normpath(posixpath.join(base, target.replace("\\", "/")))
