"""Open notebooks as files, and where the comments of suppressions go: without a server."""

from __future__ import annotations

import json

import pytest

from mldebt.lsp.documents import Cell, Notebook
from mldebt.model import Span
from mldebt.sources import SourceText
from mldebt.sources.notebook import read

CELLS = (
    Cell("u:0", False, "# Title"),
    Cell("u:1", True, 'x = "é😀\\\\"\n\ty = 1', 3),
    Cell("u:2", True, ""),
    Cell("u:3", True, "%time f()\nz = 'a\\tb' + \"q\"\n", 7, 12),
)


def test_a_place_in_the_json_is_one_in_its_cell() -> None:
    """Every character of every code cell, there and back."""
    book = Notebook("a.ipynb", CELLS)
    source = read("a.ipynb", book.data)
    assert isinstance(source, SourceText)
    seen = set()
    for number, found in enumerate(source.map.lines, 1):  # type: ignore[attr-defined]  # it is a notebook's map
        for column in range(1, len(source.line_text(number)) + 1):
            line, physical, _ = source.map.to_physical(number, column)
            part = book.part(Span(line, physical, line, physical))
            assert part is not None
            text = next(cell.text for cell in CELLS if cell.uri == part.uri)
            assert (part.line, part.column) == (found.number, column)
            assert part.line <= len(text.split("\n"))
            seen.add(part.uri)
    assert seen == {"u:1", "u:3"}


def test_it_is_a_notebook_with_versions_and_counts() -> None:
    book = Notebook("a.ipynb", CELLS)
    document = json.loads(book.data)
    assert [cell["cell_type"] for cell in document["cells"]] == ["markdown", "code", "code", "code"]
    assert document["cells"][3]["execution_count"] == 12
    assert book.versions == {"u:1": 3, "u:2": None, "u:3": 7}
    assert set(book.texts) == {"u:1", "u:2", "u:3"}


def test_what_goes_on_in_another_cell_ends_with_the_line() -> None:
    book = Notebook("a.ipynb", CELLS)
    source = read("a.ipynb", book.data)
    assert isinstance(source, SourceText)
    start, _, _ = source.map.to_physical(1, 1)
    end, _, _ = source.map.to_physical(4, 1)
    part = book.part(Span(start, 9, end, 9))
    assert part is not None
    assert (part.uri, part.line, part.end_line) == ("u:1", 1, 1)
    assert part.end_column == len(CELLS[1].text.split("\n")[0]) + 1


@pytest.mark.parametrize("place", [(1, 1), (10_000, 1), (1, 10_000)])
def test_what_is_in_no_cell_is_nowhere(place: tuple[int, int]) -> None:
    assert Notebook("a.ipynb", CELLS).part(Span(*place, *place)) is None


def test_a_notebook_in_another_language_holds_nothing() -> None:
    book = Notebook("a.ipynb", CELLS, "r")
    assert book.part(Span(20, 8, 20, 9)) is None
