"""Notebooks that are Python files: Databricks sources, jupytext's percent format, what nbconvert makes a script
of, ``# %%`` cells of editors.

The text stays what it is, and so do its places; what is added is the cell that a line is in. Cells are
counted from 1, all of them, as the notebook shows them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from mldebt.model import Cell
from mldebt.sources import SAME, SourceText
from mldebt.sources.cells import CellLines
from mldebt.sources.magics import only_python

_DATABRICKS = "# Databricks notebook source"
_COMMAND = re.compile(r"# COMMAND ----------\s*$")
_PERCENT = re.compile(r"#\s?%%(?!%)")
_CONVERTED = re.compile(r"# In ?\[[\d ]{0,6}\]:")
_JUPYTEXT = re.compile(r"#\s+jupytext:\s*$", re.MULTILINE)
_MAGIC_LINE = re.compile(r"^\s*[%!]", re.MULTILINE)
_IN_DATABRICKS = re.compile(r"# MAGIC ?")
_IN_JUPYTEXT = re.compile(r"# (?=[%!])")
HEADER = 3_000  # characters in which jupytext says what it wrote
FEWEST = 2  # marks from which a file is one of cells


class MarkedCell(Struct, frozen=True):
    """Its number, counted from 1, and its first and last line."""

    index: int
    first: int
    last: int


class MarkedMap(Struct, frozen=True):
    """The map of a file of cells. ``starts`` are the lines at which cells begin, in order, ``written`` all lines
    as they stand in the file, ``comment`` what such a file writes in front of a magic, if it is a notebook as a
    whole."""

    starts: tuple[int, ...]
    written: tuple[str, ...]
    comment: re.Pattern[str] | None = None

    @property
    def cells(self) -> Iterator[MarkedCell]:
        """What stands in front of the first mark (cell 0) and every cell."""
        for index, (first, after) in enumerate(pairwise((1, *self.starts, len(self.written) + 1))):
            yield MarkedCell(index, first, after - 1)

    def meant(self, cell: CellLines) -> list[str]:
        """The lines of a cell as the notebook shows them: magics without the comment that hides them."""
        own = self.written[cell.first - 1 : cell.last]
        return [self.comment.sub("", line, count=1) if self.comment and line[:1] == "#" else line for line in own]

    def to_physical(self, line: int, column: int) -> tuple[int, int, Cell | None]:
        number = bisect_right(self.starts, line)
        return line, column, Cell(number, None, None, line - self.starts[number - 1] + 1) if number else None

    def to_virtual(self, line: int, column: int) -> tuple[int, int] | None:
        return line, column


def marked(source: SourceText) -> tuple[SourceText, bool] | None:
    """``source`` with its cells, and whether it is a notebook as a whole (and not a script with ``# %%`` marks);
    ``None`` when it has no cells."""
    if source.map is not SAME or "# " not in source.text:
        return None
    lines = source.text.split("\n")
    if lines[0].rstrip() == _DATABRICKS:
        starts = [2, *(number + 1 for number, line in enumerate(lines, 1) if _COMMAND.match(line))]
        return _with_cells(source, lines, starts, _IN_DATABRICKS), True
    starts = [number + 1 for number, line in enumerate(lines, 1) if _CONVERTED.match(line)]
    if len(starts) >= FEWEST:
        return _with_cells(source, lines, starts, None), True
    if not _PERCENT.search(source.text):
        return None
    starts = [number + 1 for number, line in enumerate(lines, 1) if _PERCENT.match(line)]
    whole = source.text.startswith("# ---") and _JUPYTEXT.search(source.text[:HEADER]) is not None
    if not whole and len(starts) < FEWEST:
        return None
    return _with_cells(source, lines, starts, _IN_JUPYTEXT if whole else None), whole


def _with_cells(source: SourceText, lines: list[str], starts: list[int], comment: re.Pattern[str] | None) -> SourceText:
    text = source.text
    if _MAGIC_LINE.search(text):  # magics that were not commented out
        bounds = [1, *starts, len(lines) + 1]
        parts = [lines[first - 1 : after - 1] for first, after in pairwise(bounds)]
        text = "\n".join(line for part in parts for line in only_python(part))
    made = SourceText.of(source.path, text, source.encoding, source.bom)
    return replace(made, map=MarkedMap(tuple(starts), tuple(lines), comment))
