"""What an editor holds open, as files of a project.

A notebook is one file here, as on the disk: the protocol gives its cells one by one, and ``Notebook``
writes them as the JSON that the rest of mldebt reads, a line of code a line of the file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from mldebt.model import Span
from mldebt.sources import SourceText
from mldebt.sources.notebook import NotebookMap, read


class Part(Struct, frozen=True):
    """A stretch of a file as an editor knows it: ``uri`` is that of the document or the cell, ``line`` and
    ``column`` are 1-based and count characters there."""

    uri: str
    line: int
    column: int
    end_line: int
    end_column: int


class Document(Protocol):
    """An open file. ``uris`` are all the documents that stand for it, each with its version and text."""

    @property
    def data(self) -> bytes: ...

    @property
    def texts(self) -> dict[str, str]: ...

    @property
    def versions(self) -> dict[str, int | None]: ...

    def part(self, span: Span) -> Part | None: ...


class TextFile(Struct, frozen=True):
    """A document that is a file of its own."""

    uri: str
    text: str
    version: int | None

    @property
    def data(self) -> bytes:
        return self.text.encode("utf-8", "surrogatepass")

    @property
    def texts(self) -> dict[str, str]:
        return {self.uri: self.text}

    @property
    def versions(self) -> dict[str, int | None]:
        return {self.uri: self.version}

    def part(self, span: Span) -> Part | None:
        return Part(self.uri, span.line, span.column, span.end_line, span.end_column)


class Cell(Struct, frozen=True):
    """A cell of an open notebook."""

    uri: str
    is_code: bool
    text: str
    version: int | None = None
    execution_count: int | None = None


class Notebook:
    """A notebook document; ``language`` is that of its first code cell."""

    def __init__(self, path: str, cells: Sequence[Cell], language: str = "python") -> None:
        self._cells = tuple(cells)
        self.data = _as_json(self._cells, language)
        source = read(path, self.data)
        self._map = source.map if isinstance(source, SourceText) and isinstance(source.map, NotebookMap) else None

    @property
    def texts(self) -> dict[str, str]:
        return {cell.uri: cell.text for cell in self._cells if cell.is_code}

    @property
    def versions(self) -> dict[str, int | None]:
        return {cell.uri: cell.version for cell in self._cells if cell.is_code}

    def part(self, span: Span) -> Part | None:
        """The cell in which a stretch of the JSON begins; what goes on in another cell ends with the line."""
        start = self._place(span.line, span.column)
        if start is None:
            return None
        end = self._place(span.end_line, span.end_column)
        if end is None or end[0] != start[0]:
            line = self._cells[start[0]].text.split("\n")[start[1] - 1]
            end = (start[0], start[1], len(line) + 1)
        return Part(self._cells[start[0]].uri, start[1], start[2], end[1], end[2])

    def _place(self, line: int, column: int) -> tuple[int, int, int] | None:
        """A place in the JSON as the cell's index from 0, and line and column in it."""
        virtual = self._map.to_virtual(line, column) if self._map else None
        if self._map is None or virtual is None:
            return None
        found = self._map.lines[virtual[0] - 1]
        return self._map.cells[found.cell].index - 1, found.number, virtual[1]


def _as_json(cells: Sequence[Cell], language: str) -> bytes:
    document = {
        "cells": [
            {
                "cell_type": "code" if cell.is_code else "markdown",
                "execution_count": cell.execution_count,
                "metadata": {},
                "outputs": [],
                "source": [f"{line}\n" for line in cell.text.split("\n")] if cell.text else [],
            }
            for cell in cells
        ],
        "metadata": {"language_info": {"name": language}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass")
