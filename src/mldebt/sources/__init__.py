"""Sources: bytes -> text with a map back to the file, one reader a kind of file.

``SourceText.text`` is what a parser gets. Everything downstream counts lines and columns in it
and asks the source for places; that a line of the text is a line of the file holds for plain
files only.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Protocol

from msgspec import Struct

from mldebt.lines import line_starts
from mldebt.model import Cell, Place, Span


class SourceMap(Protocol):
    """From lines and columns of a text to those of its file and back; all 1-based characters."""

    def to_physical(self, line: int, column: int) -> tuple[int, int, Cell | None]:
        """Where a character of the text stands in the file. Total: places off the end are clipped."""
        ...

    def to_virtual(self, line: int, column: int) -> tuple[int, int] | None:
        """Where a character of the file stands in the text; None when it is no part of it."""
        ...


class SameMap(Struct, frozen=True):
    """The map of a plain file: the text is the file. A byte order mark is in neither."""

    def to_physical(self, line: int, column: int) -> tuple[int, int, Cell | None]:
        return line, column, None

    def to_virtual(self, line: int, column: int) -> tuple[int, int] | None:
        return line, column


SAME = SameMap()


class SourceText(Struct, frozen=True):
    """The text of one file. ``starts`` are the offsets at which its lines begin; ``encoding`` is
    the codec it was read with and ``bom`` whether the file begins with a byte order mark, so that
    a fix writes what it found."""

    path: str
    text: str
    starts: tuple[int, ...]
    encoding: str = "utf-8"
    bom: bool = False
    map: SourceMap = SAME

    @classmethod
    def of(
        cls, path: str, text: str, encoding: str = "utf-8", bom: bool = False, source_map: SourceMap = SAME
    ) -> SourceText:
        """A source whose lines are those of ``text``."""
        return cls(path, text, line_starts(text), encoding, bom, source_map)

    @property
    def lines(self) -> int:
        """How many lines there are; an empty one behind the last line end is none."""
        return len(self.starts) - (self.starts[-1] == len(self.text))

    def line_text(self, line: int) -> str:
        """A line without its end; "" off the ends of the text."""
        if not 1 <= line <= len(self.starts):
            return ""
        end = self.starts[line] if line < len(self.starts) else len(self.text)
        return self.text[self.starts[line - 1] : end].rstrip("\r\n")

    def offset(self, line: int, column: int) -> int:
        """The offset in ``text`` of a line and column, clipped to the text."""
        if line > len(self.starts):
            return len(self.text)
        return min(self.starts[max(line, 1) - 1] + max(column, 1) - 1, len(self.text))

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset in ``text``."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def place(self, span: Span) -> Place:
        """A span of the text as a place in the file."""
        line, column, cell = self.map.to_physical(span.line, span.column)
        end_line, end_column, _ = self.map.to_physical(span.end_line, span.end_column)
        return Place(self.path, Span(line, column, end_line, end_column), cell)


def utf16_column(line: str, column: int) -> int:
    """A column in characters as one in UTF-16 code units, both 1-based; ``line`` is its line's text."""
    return 1 + len(line[: column - 1].encode("utf-16-le", "surrogatepass")) // 2 + _beyond(line, column)


def byte_column(line: str, column: int) -> int:
    """A column in characters as one in UTF-8 bytes, both 1-based; ``line`` is its line's text."""
    return 1 + len(line[: column - 1].encode("utf-8", "surrogatepass")) + _beyond(line, column)


def _beyond(line: str, column: int) -> int:
    return max(column - 1 - len(line), 0)
