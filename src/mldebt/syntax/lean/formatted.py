"""Formatted strings, taken apart where that is easy: libcst's parser makes all their white space, too.

Easy are fields without braces, colons and equals signs of their own: ``{name}``, ``{row['a']:>8}``. What
comes to nothing here is libcst's to read.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import libcst as cst

from mldebt.syntax.lean.making import Node, dotted, maker

_formatted = maker(cst.FormattedString, "parts", "start", "end")
_text = maker(cst.FormattedStringText, "value")
_field = maker(cst.FormattedStringExpression, "expression", "conversion", "format_spec", equal=None)

_QUOTES = re.compile("([a-zA-Z]*)(\"\"\"|'''|\"|')")
_PART = re.compile(
    r"(?P<text>[^{}]+|\{\{|\}\})|\{(?P<read>[^{}!:=\\#]+)(?:!(?P<conversion>[rsa]))?(?P<spec>:[^{}]*)?\}"
)
_DOTTED = re.compile(r"\s*((?!yield\b)[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*\Z", re.ASCII)


def formatted(written: str, read: Callable[[str], Node]) -> Node | None:
    """The node of one formatted string, ``None`` when it is not easy; ``read`` makes those of expressions."""
    begins = _QUOTES.match(written)
    if begins is None or "\\N{" in written:
        return None
    position, end = begins.end(), len(written) - len(begins[2])
    parts: list[Node] = []
    text = ""
    while position < end:
        part = _PART.match(written, position, end)
        if part is None:
            return None
        position = part.end()
        if part["text"] is not None:
            text += part["text"]
            continue
        if text:
            parts.append(_text(text))
            text = ""
        spec = part["spec"]
        format_spec = None if spec is None else [_text(spec[1:])] if spec[1:] else []
        parts.append(_field(_read(part["read"], read), part["conversion"], format_spec))
    if text:
        parts.append(_text(text))
    return _formatted(parts, begins[0], begins[2])


def is_formatted(written: str) -> bool:
    """Is the string ``written`` one with fields?"""
    begins = _QUOTES.match(written)
    return begins is not None and "f" in begins[1].lower()


def _read(written: str, read: Callable[[str], Node]) -> Node:
    name = _DOTTED.match(written)
    return read(written) if name is None else dotted(name[1])
