"""Text of scanned repositories, made harmless for terminals and for formats of one line each."""

from __future__ import annotations

import re

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # controls: ESC starts terminal sequences, newlines start forged findings
    "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"  # line separators, and marks that reorder what is seen
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"  # invisible
    "\ud800-\udfff"  # lone halves, which no encoder takes
    "\ufffe\uffff]"  # no characters at all, which XML refuses
    # Continuous integration obeys these wherever they stand in a line of its log.
    "|#(?=#\\[|#vso\\[)"
)
_COMMAND = re.compile("^([ \t]*):(?=:)", re.MULTILINE)
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def escape(text: str) -> str:
    """``text`` in one line, with everything invisible or dangerous as a backslash escape."""
    return text if text.isascii() and text.isprintable() and "##" not in text else _UNSAFE.sub(_escaped, text)


def escape_at(text: str, index: int) -> str:
    """One character of ``text``, as ``escape`` would write it there."""
    match = _UNSAFE.match(text, index)
    return _escaped(match) if match else text[index]


def inert(text: str) -> str:
    """``text`` whose lines do not begin with ``::``, which GitHub's runner takes for a command to itself."""
    return _COMMAND.sub(r"\1\\x3a", text) if "::" in text else text


def _escaped(match: re.Match[str]) -> str:
    character = match.group()
    point = ord(character)
    if point < 0x100:
        return _NAMED.get(character, f"\\x{point:02x}")
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def shorten(text: str, limit: int) -> str:
    """At most ``limit`` characters, the last one an ellipsis when some were left out."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def amount(number: int, noun: str) -> str:
    """A number with its noun: ``1 file``, ``1,200 files``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def duration(minutes: int) -> str:
    """An effort as people say it: ``20 min``, ``1 h 30 min``, ``12 h``, ``5 d`` (of 8 hours)."""
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 10 and rest:
        return f"{hours} h {rest} min"
    return f"{hours} h" if hours < 40 else f"{hours // 8} d"
