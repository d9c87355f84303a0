"""What the readers of configuration files give."""

from __future__ import annotations

from msgspec import Struct


class Entry(Struct, frozen=True):
    """One plain value: its dotted key, its text, and where the key stands (from 1)."""

    key: str
    value: str
    line: int
    column: int
    length: int
