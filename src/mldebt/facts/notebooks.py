"""What a notebook says of its cells, and names that its code uses before it has them."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from mldebt.model import Place


class CodeCell(Struct, frozen=True):
    """A code cell with code in it, at its first line. ``count`` is its execution count (``None``: not run, or
    cleared); ``error`` the name of the exception whose traceback is saved with it, "" for none."""

    place: Place
    count: int | None
    error: str
    source_line: str


class NotebookFact(Struct, frozen=True):
    """One notebook: its code cells in the order in which they stand."""

    KIND: ClassVar[str] = "notebook"
    VERSION: ClassVar[int] = 1

    cells: tuple[CodeCell, ...]


class UnboundName(Struct, frozen=True):
    """A name that is used in a cell and defined in none above it; ``below``: one further down defines it."""

    KIND: ClassVar[str] = "unbound-name"
    VERSION: ClassVar[int] = 1

    name: str
    below: bool
    place: Place
    source_line: str
