"""Python files: decoded as Python itself does (PEP 263)."""

from __future__ import annotations

import codecs
import encodings
import pkgutil
import re
from collections.abc import Mapping
from encodings.aliases import aliases

from msgspec import Struct

from mldebt.lines import line_starts
from mldebt.model import Cell, Notice
from mldebt.sources import SourceText, text

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_NO_CODE = re.compile(rb"^[ \t\f]*(?:#.*)?$")
_LINE_END = re.compile(rb"\r\n?|\n")

_FEED_BEFORE_CODE = re.compile(r"(?<![^\r\n])[ \t\f]*\f(?=[ \t]*[^\s#])")

_USUAL = {"utf_8": "utf-8", "utf8": "utf-8", "latin_1": "iso-8859-1", "iso_8859_1": "iso-8859-1", "ascii": "ascii"}

_REFUSED = frozenset({"idna", "punycode", "mbcs", "oem", "undefined", "unicode_escape", "raw_unicode_escape"})
"""Text codecs of Python that no source is written in; some take quadratic time, some depend on the machine."""


def read(path: str, data: bytes) -> SourceText | Notice:
    """The text of a Python file. Line ends stay as they are; a form feed in front of code is left out."""
    found = _decode(path, data)
    return _without_feeds(found) if isinstance(found, SourceText) and "\f" in found.text else found


class FeedMap(Struct, frozen=True):
    """The map of a file in which lines lost their first characters: line -> how many."""

    dropped: Mapping[int, int]

    def to_physical(self, line: int, column: int) -> tuple[int, int, Cell | None]:
        return line, column + self.dropped.get(line, 0), None

    def to_virtual(self, line: int, column: int) -> tuple[int, int] | None:
        return line, max(column - self.dropped.get(line, 0), 1)


def _without_feeds(source: SourceText) -> SourceText:
    """libcst reads a form feed in front of code and does not write it back, so every offset after it
    would be wrong. Python starts to count the indentation anew there: what stands before goes too."""
    dropped: dict[int, int] = {}
    for found in _FEED_BEFORE_CODE.finditer(source.text):
        dropped[source.position(found.start())[0]] = len(found[0])
    if not dropped:
        return source
    kept = _FEED_BEFORE_CODE.sub("", source.text)
    return SourceText(source.path, kept, line_starts(kept), source.encoding, source.bom, FeedMap(dropped))


def _decode(path: str, data: bytes) -> SourceText | Notice:
    bom = data.startswith(codecs.BOM_UTF8)
    body = data[3:] if bom else data
    written, line = _declared(body)
    if not written:
        return text.decode(path, body, "utf-8", bom=bom)
    encoding = _codec(written)
    if encoding is None:
        return Notice("undecodable", f"declares an unknown encoding: {written}", path, line, 1)
    if bom and encoding != "utf-8":
        return Notice("undecodable", f"begins with a UTF-8 mark and declares {written}", path, line, 1)
    return text.decode(path, body, encoding, bom=bom)


def _declared(body: bytes) -> tuple[str, int]:
    """The encoding that one of the first two lines declares, as written, and that line; ("", 0) if none."""
    start = 0
    for number in (1, 2):
        end = _LINE_END.search(body, start)
        line = body[start : end.start()] if end else body[start:]
        found = _COOKIE.match(line)
        if found:
            return found[1].decode("ascii", "replace"), number
        if end is None or not _NO_CODE.match(line):
            break
        start = end.end()
    return "", 0


def _codec(written: str) -> str | None:
    """The name of Python's own codec for ``written``. Codecs that packages register are not asked:
    the file under review must not choose code to run."""
    name = re.sub(r"[^a-z0-9]+", "_", written.lower())
    name = re.sub(r"^(utf_8|latin_1|iso_8859_1|iso_latin_1)_.*", r"\1", name)  # as Python: utf-8-unix is utf-8
    name = aliases.get(name, name)
    if name in _USUAL:
        return _USUAL[name]
    if name in _REFUSED or name not in {module.name for module in pkgutil.iter_modules(encodings.__path__)}:
        return None
    try:
        "".encode(name)  # refuses codecs that are not of text
        return codecs.lookup(name).name
    except (LookupError, TypeError, ValueError):
        return None
