"""What all notebooks have, .ipynb files and Python files of cells alike: cells in one text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from mldebt.model import Notice
from mldebt.sources import SourceMap, SourceText


class CellLines(Protocol):
    """A cell by its number, which counts all cells from 1, and its lines in the text, ``last`` before ``first``
    when it has none there."""

    @property
    def index(self) -> int: ...
    @property
    def first(self) -> int: ...
    @property
    def last(self) -> int: ...


class CellMap(SourceMap, Protocol):
    """The map of a text that is made of cells."""

    @property
    def cells(self) -> Iterable[CellLines]:
        """The cells of code, in their order."""
        ...

    def meant(self, cell: CellLines) -> list[str]:
        """The lines of a cell as they are shown to people: with the magics that are no Python."""
        ...


def without_broken_cells(
    source: SourceText, cells: CellMap, refused: Callable[[str], str | None]
) -> tuple[SourceText, list[Notice]]:
    """The notebook without the cells that ``refused`` gives a reason for, and a notice for each."""
    lines = source.text.split("\n")
    notices = []
    for cell in cells.cells:
        own = lines[cell.first - 1 : cell.last]
        reason = refused("".join(f"{line}\n" for line in own)) if any(line.strip() for line in own) else None
        if reason is not None:
            line, column, _ = cells.to_physical(cell.first, 1)
            message = f"cell {cell.index} was left out: {reason}"
            notices.append(Notice("broken-cell", message, source.path, line, column))
            lines[cell.first - 1 : cell.last] = [""] * len(own)
    return SourceText.of(source.path, "\n".join(lines), source.encoding, source.bom, cells), notices
