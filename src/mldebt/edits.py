"""Files as fixes see them: text by place, edits of it, and the bytes with edits made.

Places are physical. What an edit does not touch stays byte for byte what it was: encoding, byte
order mark, line ends. In a notebook, text goes through the escapes of JSON strings on its way.
"""

from __future__ import annotations

import codecs
import json
import re
from bisect import bisect_right
from collections.abc import Iterable

from msgspec import Struct

from mldebt.lines import line_starts
from mldebt.model import Edit, Notice, Span
from mldebt.sources import python as python_source
from mldebt.sources.manifests.contents import decode_as

_LINE_END = re.compile(r"\r\n?|\n")


class RefusedError(Exception):
    """A fix that is not made; the message says why, in words that continue "not fixed: "."""


class Document(Struct, frozen=True):
    """The text of one file, and how it is written. ``of`` makes it."""

    path: str
    data: bytes
    text: str
    starts: tuple[int, ...]
    encoding: str
    mark: bytes
    newline: str

    @classmethod
    def of(cls, path: str, data: bytes) -> Document:
        """Raises ``RefusedError`` for bytes that would not come back as they were."""
        try:
            text, encoding, mark = _decoded(path, data)
            same = mark + text.encode(encoding) == data
        except UnicodeError as error:
            raise RefusedError(f"{path} is not text: {error}") from None
        if not same:
            raise RefusedError(f"the encoding of {path} does not survive a change")
        first = _LINE_END.search(text)
        return cls(path, data, text, line_starts(text), encoding, mark, first[0] if first else "\n")

    @property
    def is_notebook(self) -> bool:
        return self.path.endswith(".ipynb")

    def offset(self, line: int, column: int) -> int:
        """Where in ``text`` a place is. Raises ``RefusedError`` for a place that is not in the file."""
        if not 1 <= line <= len(self.starts) or column < 1:
            raise RefusedError(f"{self.path} has changed: it has no line {line}")
        end = self.starts[line] if line < len(self.starts) else len(self.text)
        at = self.starts[line - 1] + column - 1
        if at > end:
            raise RefusedError(f"{self.path} has changed: line {line} is shorter")
        return at

    def written(self, span: Span) -> str:
        """What stands in the file there; in a notebook without the escapes of JSON."""
        raw = self.text[self.offset(span.line, span.column) : self.offset(span.end_line, span.end_column)]
        return _unescaped(raw) if self.is_notebook else raw

    def line(self, number: int) -> str:
        """A physical line without its end; "" off the ends of the file."""
        if not 1 <= number <= len(self.starts):
            return ""
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return self.text[self.starts[number - 1] : end].rstrip("\r\n")

    def span(self, start: int, end: int) -> Span:
        """Two offsets in ``text`` as a span."""
        (line, column), (end_line, end_column) = self._position(start), self._position(end)
        return Span(line, column, end_line, end_column)

    def edit(self, span: Span, text: str) -> Edit:
        """``text`` in the stead of ``span``. Line ends of ``text`` become those of the file."""
        if self.is_notebook:
            if span.line != span.end_line or _LINE_END.search(text):
                raise RefusedError("a change of several lines of a notebook is not made")
            return Edit(self.path, span, json.dumps(text, ensure_ascii=self.text.isascii())[1:-1])
        return Edit(self.path, span, _LINE_END.sub(lambda _: self.newline, text))

    def insert(self, line: int, column: int, text: str) -> Edit:
        """``text`` in front of what stands there."""
        return self.edit(Span(line, column, line, column), text)

    def edited(self, edits: Iterable[Edit]) -> bytes:
        """The bytes with the edits made. Raises ``RefusedError`` for edits that overlap or lie outside,
        and for text that the file's encoding has no bytes for."""
        try:
            return self.mark + self.rewritten(edits).encode(self.encoding)
        except UnicodeEncodeError as error:
            character = ascii(error.object[error.start])
            raise RefusedError(f"the encoding of {self.path} ({self.encoding}) has no {character}") from None

    def rewritten(self, edits: Iterable[Edit]) -> str:
        """``text`` with the edits made. Raises ``RefusedError`` for edits that overlap or lie outside."""
        parts: list[str] = []
        at = 0
        for edit in sorted(edits):
            start = self.offset(edit.span.line, edit.span.column)
            end = self.offset(edit.span.end_line, edit.span.end_column)
            if start < at or end < start:
                raise RefusedError(f"two changes of {self.path}:{edit.span.line} overlap")
            parts += [self.text[at:start], edit.text]
            at = end
        return "".join([*parts, self.text[at:]])

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1


def _decoded(path: str, data: bytes) -> tuple[str, str, bytes]:
    """Text, codec and byte order mark, as the reader of the file has them."""
    if path.endswith(".ipynb"):
        mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
        return data[len(mark) :].decode("utf-8"), "utf-8", mark
    if not path.endswith((".py", ".pyi")):
        return decode_as(data)
    source = python_source.read(path, data)
    if isinstance(source, Notice):
        raise UnicodeError(source.message)
    mark = codecs.BOM_UTF8 if source.bom else b""
    return data[len(mark) :].decode(source.encoding), source.encoding, mark


def _unescaped(raw: str) -> str:
    try:
        text = json.loads(f'"{raw}"')
    except ValueError:
        raise RefusedError("the place is not within one string of the notebook") from None
    assert isinstance(text, str)
    return text
