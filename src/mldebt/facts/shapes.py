"""Code that training and serving must share: functions by their shape, lists of columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from mldebt.model import Place


@dataclass(frozen=True, slots=True)
class FunctionShape:
    """A function that prepares data. ``statements`` are numbers of its statements, equal where they do the
    same under other names."""

    KIND: ClassVar[str] = "function-shape"
    VERSION: ClassVar[int] = 1

    name: str
    statements: tuple[int, ...]
    place: Place
    snippet: str
    source_line: str


@dataclass(frozen=True, slots=True)
class ColumnList:
    """A literal list of columns under a ``name`` that says so."""

    KIND: ClassVar[str] = "column-list"
    VERSION: ClassVar[int] = 1

    name: str
    columns: tuple[str, ...]
    place: Place
    symbol: str
    snippet: str
    source_line: str
