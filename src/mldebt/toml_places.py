"""Where things stand in a TOML text: key path -> span, for keys, values and array items.

``tomli`` says what a text means and nothing about where; this scanner says where and nothing
about what. It takes text that ``tomli`` accepted, runs in linear time and without recursion.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NoReturn, TypeAlias

from msgspec import Struct

from mldebt.model import Span

KeyPath: TypeAlias = "tuple[str | int, ...]"

DEEPEST = 200
"""Key parts and nesting levels beyond this are refused: spans are kept per path, and paths add up."""

_BLANK = re.compile(r"[ \t]*")
_EMPTY = re.compile(r"[ \t\r\n]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"(?:\d{4}-\d\d-\d\d (?=\d\d:))?[^\s,\[\]{}#=\"']+")
_BASIC_STOP = re.compile(r'\\.|["\n]', re.DOTALL)
_LONG_STOP = {'"""': re.compile(r'\\.|"{3,5}', re.DOTALL), "'''": re.compile(r"'{3,5}")}
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b", '"': '"', "\\": "\\"}


class TomlPlacesError(ValueError):
    """The text is not TOML, or nests deeper than ``DEEPEST``. ``line`` and ``column`` are 1-based."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(f"{message} (at line {line}, column {column})")
        self.line = line
        self.column = column


class Comment(Struct, frozen=True):
    """A comment with its ``#``, without the end of its line."""

    line: int
    column: int
    text: str


class TomlPlaces(Struct, frozen=True):
    """Spans by key path; the parts of a path are keys and, inside arrays, indexes from 0.

    ``values``: what stands right of the ``=`` (quotes and brackets included), each array item,
    and for a table its header with brackets. A table that no header and no braces make (``a`` in
    ``a.b = 1`` or ``[a.b]``) has the span of the key part that first names it.
    ``keys``: the part of the key, or of the header, that names the path. Array items have none,
    items of an array of tables have that of their header. The root ``()`` is in neither.
    """

    values: dict[KeyPath, Span]
    keys: dict[KeyPath, Span]
    comments: tuple[Comment, ...]


def scan(text: str) -> TomlPlaces:
    """All places of a text that ``tomli.loads`` accepts. Raises ``TomlPlacesError`` and nothing else."""
    scanner = _Scanner(text)
    scanner.document()
    return TomlPlaces(scanner.values, scanner.keys, tuple(scanner.comments))


def places(text: str) -> dict[KeyPath, Span]:
    """``scan(text).values``."""
    return scan(text).values


def key_places(text: str) -> dict[KeyPath, Span]:
    """``scan(text).keys``."""
    return scan(text).keys


class _Open(Struct):
    """An array or inline table whose end has not been seen; ``count`` is None for a table."""

    path: KeyPath
    start: int
    count: int | None

    @property
    def end(self) -> str:
        return "}" if self.count is None else "]"


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self.values: dict[KeyPath, Span] = {}
        self.keys: dict[KeyPath, Span] = {}
        self.comments: list[Comment] = []
        self.counts: dict[KeyPath, int] = {}  # arrays of tables -> items so far

    def document(self) -> None:
        base: KeyPath = ()
        while self.skip():
            if self.text[self.position] == "[":
                base = self.header()
            else:
                self.value(self.assignment(base))

    def header(self) -> KeyPath:
        """Read ``[a.b]`` or ``[[a.b]]``; return the path that its keys stand under."""
        start = self.position
        brackets = 2 if self.text.startswith("[[", start) else 1
        self.position += brackets
        parts = self.key()
        self.expect("]" * brackets)
        path: KeyPath = ()
        for number, (part, span) in enumerate(parts, 1):
            path = (*path, part)
            self.keys.setdefault(path, span)
            self.values.setdefault(path, span)
            if number < len(parts) and path in self.counts:
                path = (*path, self.counts[path] - 1)
        here, last = self.span(start, self.position), parts[-1][1]
        if brackets == 2:
            count = self.counts[path] = self.counts.get(path, 0) + 1
            if count == 1:
                self.values[path] = here
            path = (*path, count - 1)
        self.keys[path], self.values[path] = last, here
        return path

    def assignment(self, base: KeyPath) -> KeyPath:
        """Read ``a.b =``; return the path of the value that follows."""
        parts = self.key()
        self.expect("=")
        self.blank()
        path = base
        for part, span in parts:
            path = (*path, part)
            self.keys.setdefault(path, span)
            self.values.setdefault(path, span)
        return path

    def key(self) -> list[tuple[str, Span]]:
        parts: list[tuple[str, Span]] = []
        while True:
            self.blank()
            start = self.position
            first = self.text[start : start + 1]
            if first in ("'", '"'):
                self.string(first)
                name = self.text[start + 1 : self.position - 1]
                name = _ESCAPE.sub(_unescape, name) if first == '"' else name
            else:
                self.match(_BARE_KEY, "a key")
                name = self.text[start : self.position]
            parts.append((name, self.span(start, self.position)))
            if len(parts) > DEEPEST:
                self.fail(f"a key of more than {DEEPEST} parts")
            self.blank()
            if not self.text.startswith(".", self.position):
                return parts
            self.position += 1

    def value(self, path: KeyPath) -> None:
        """Read one value, however nested, with a stack of our own."""
        stack: list[_Open] = []
        following: KeyPath | None = path
        while following is not None:
            path, start = following, self.position
            first = self.text[start : start + 1]
            if first in ("[", "{"):
                self.position += 1
                stack.append(_Open(path, start, 0 if first == "[" else None))
                if len(stack) + len(path) > DEEPEST:
                    self.fail(f"values nested more than {DEEPEST} levels deep")
            else:
                self.scalar()
                self.values[path] = self.span(start, self.position)
            following = self.next_item(stack, opened=first in ("[", "{"))

    def next_item(self, stack: list[_Open], *, opened: bool) -> KeyPath | None:
        """Close what ends here; return the path of the next item of what stays open, if any."""
        while stack:
            top = stack[-1]
            self.skip()
            if not opened and self.text.startswith(",", self.position):
                self.position += 1
                self.skip()
                opened = True
            if self.text.startswith(top.end, self.position):
                self.position += 1
                self.values[top.path] = self.span(top.start, self.position)
                stack.pop()
                opened = False
            elif not opened:
                self.fail(f"expected , or {top.end}")
            elif top.count is None:
                return self.assignment(top.path)
            else:
                top.count += 1
                return (*top.path, top.count - 1)
        return None

    def scalar(self) -> None:
        quotes = self.text[self.position : self.position + 3]
        if quotes in _LONG_STOP:
            self.long_string(quotes)
        elif quotes[:1] in ("'", '"'):
            self.string(quotes[:1])
        else:
            self.match(_SCALAR, "a value")

    def string(self, quote: str) -> None:
        if quote == "'":
            end = self.text.find("'", self.position + 1)
        else:
            found = _BASIC_STOP.search(self.text, self.position + 1)
            while found and found[0][0] == "\\":
                found = _BASIC_STOP.search(self.text, found.end())
            end = found.start() if found and found[0] == '"' else -1
        if end < 0:
            self.fail("a string without an end")
        self.position = end + 1

    def long_string(self, quotes: str) -> None:
        stop = _LONG_STOP[quotes]
        found = stop.search(self.text, self.position + 3)
        while found and found[0][0] == "\\":
            found = stop.search(self.text, found.end())
        if not found:
            self.fail("a string without an end")
        self.position = found.end()

    def skip(self) -> bool:
        """Pass over white space, line ends and comments; say whether anything is left."""
        text = self.text
        while True:
            self.match(_EMPTY, "")
            if not text.startswith("#", self.position):
                return self.position < len(text)
            end = text.find("\n", self.position)
            end = len(text) if end < 0 else end
            here = self.span(self.position, self.position)
            self.comments.append(Comment(here.line, here.column, text[self.position : end].rstrip("\r")))
            self.position = end

    def blank(self) -> None:
        self.match(_BLANK, "")

    def expect(self, token: str) -> None:
        if not self.text.startswith(token, self.position):
            self.fail(f"expected {token}")
        self.position += len(token)

    def match(self, pattern: re.Pattern[str], meaning: str) -> None:
        found = pattern.match(self.text, self.position)
        if not found:
            self.fail(f"expected {meaning}")
        self.position = found.end()

    def span(self, start: int, end: int) -> Span:
        line, end_line = bisect_right(self.lines, start), bisect_right(self.lines, end)
        return Span(line, start - self.lines[line - 1] + 1, end_line, end - self.lines[end_line - 1] + 1)

    def fail(self, message: str) -> NoReturn:
        here = self.span(self.position, self.position)
        raise TomlPlacesError(message, here.line, here.column)


def _unescape(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    if code:
        number = int(code, 16)
        return chr(number) if number <= 0x10FFFF else "\ufffd"
    return _ESCAPED.get(found[4], found[4])
