"""Code that training and serving must share: functions by their shape, lists of columns."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from mldebt.model import Place


class FunctionShape(Struct, frozen=True):
    """A function that prepares data. ``statements`` are numbers of its statements, equal where they do the
    same under other names."""

    KIND: ClassVar[str] = "function-shape"
    VERSION: ClassVar[int] = 1

    name: str
    statements: tuple[int, ...]
    place: Place
    snippet: str
    source_line: str


class ColumnList(Struct, frozen=True):
    """A literal list of columns under a ``name`` that says so."""

    KIND: ClassVar[str] = "column-list"
    VERSION: ClassVar[int] = 1

    name: str
    columns: tuple[str, ...]
    place: Place
    symbol: str
    snippet: str
    source_line: str
