"""The text of a file by the places of ``ast``: lines and bytes."""

from __future__ import annotations

import re
from typing import Any

from mldebt.lines import line_starts


class Text:
    """``begin`` and ``end`` are offsets of characters."""

    __slots__ = ("_is_ascii", "starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = line_starts(text)
        self._is_ascii = text.isascii()

    def begin(self, node: Any) -> int:
        return self._offset(node.lineno, node.col_offset)

    def end(self, node: Any) -> int:
        offset = self._offset(node.end_lineno, node.end_col_offset)
        if self.text[offset - 1 : offset] == ";":  # ``ast`` counts what ends the last line of a block to the block
            return offset - 1
        return offset

    def of(self, node: Any) -> str:
        """How ``node``, an expression, is written."""
        if self._is_ascii:  # asked of every literal
            starts = self.starts
            begin = starts[node.lineno - 1] + node.col_offset
            return self.text[begin : starts[node.end_lineno - 1] + node.end_col_offset]
        return self.text[self.begin(node) : self.end(node)]

    def begins_line(self, node: Any) -> bool:
        """Does nothing stand before ``node`` on its line?"""
        start = self.starts[node.lineno - 1]
        return self.text[start : start + node.col_offset].strip(" \t\f") == ""

    def _offset(self, line: int, column: int) -> int:
        start = self.starts[line - 1]
        if self._is_ascii:
            return start + column
        written = self.text[start : start + column]  # as many characters as bytes are enough
        return start + column if written.isascii() else start + len(written.encode()[:column].decode(errors="ignore"))


_QUOTE = re.compile("[a-zA-Z]*(\"\"\"|'''|\"|')")
_STRING = re.compile(
    "[a-zA-Z]*(?:\"\"\"(?:[^\\\\\"]+|\\\\.|\"(?!\"\"))*\"\"\"|'''(?:[^\\\\']+|\\\\.|'(?!''))*'''"
    "|\"(?:[^\\\\\"]+|\\\\.)*\"|'(?:[^\\\\']+|\\\\.)*')",
    re.DOTALL,
)
_BETWEEN = re.compile(r"(?:[\s\\]+|#[^\r\n]*)*")


def is_one(written: str) -> bool:
    """Is ``written`` one string, not several that are joined? Says no when it cannot tell."""
    begins = _QUOTE.match(written)
    if begins is None:
        return False
    quote = begins[1]
    return written.endswith(quote) and quote not in written[begins.end() : -len(quote)]


def joined_strings(written: str) -> list[str] | None:
    """The strings that are joined in ``written``, ``None`` when some of them are formatted."""
    strings: list[str] = []
    position = 0
    while position < len(written):
        found = _STRING.match(written, position)
        if found is None:
            return None
        strings.append(found[0])
        position = between_end(written, found.end())
    return strings


def between_end(text: str, position: int) -> int:
    """Where the blanks, line ends and comments end that begin at ``position``."""
    found = _BETWEEN.match(text, position)
    return position if found is None else found.end()
