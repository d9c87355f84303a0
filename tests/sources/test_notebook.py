"""Notebooks: what is code, and where each character of it stands in the JSON."""

# ruff: noqa: E501 - a case is a line

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebt.model import Notice, Span
from mldebt.sources import SourceText
from mldebt.sources.cells import without_broken_cells
from mldebt.sources.notebook import NotebookMap, read

CELLS: list[dict[str, object]] = [
    {"cell_type": "markdown", "metadata": {}, "source": ["# Title\n", "text"]},
    {
        "cell_type": "code",
        "execution_count": 7,
        "id": "ab12",
        "metadata": {"tags": ["parameters"]},
        "outputs": [{"data": {"text/plain": ['"source": ["x"]']}, "output_type": "execute_result"}],
        "source": ["%matplotlib inline\n", "import torch\n", "s = '😀'; bad = torch.sigmoid(x) > 0.72"],
    },
    {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": 'a = "é\\t"\nb = 2\n'},
]


def notebook(cells: list[dict[str, object]], indent: int | None = 1, ascii_only: bool = True) -> bytes:
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, indent=indent, ensure_ascii=ascii_only).encode()


def source(data: bytes) -> SourceText:
    found = read("n.ipynb", data)
    assert isinstance(found, SourceText), found
    return found


def test_cells_are_joined_in_order_and_magics_are_opaque() -> None:
    assert source(notebook(CELLS)).text == (
        "pass\nimport torch\ns = '😀'; bad = torch.sigmoid(x) > 0.72\na = \"é\\t\"\nb = 2\n"
    )


@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_every_character_is_found_in_the_file(indent: int | None, ascii_only: bool) -> None:
    data = notebook(CELLS, indent, ascii_only)
    found = source(data)
    lines = data.decode().split("\n")
    for number, text in enumerate(found.text.split("\n")[:-1], 1):
        if text == "pass":
            continue
        for column, character in enumerate(text, 1):
            place = found.place(Span(number, column, number, column + 1))
            written = lines[place.span.line - 1][place.span.column - 1 : place.span.end_column - 1]
            assert json.loads(f'"{written}"') == character


def test_a_place_names_its_cell() -> None:
    place = source(notebook(CELLS)).place(Span(3, 10, 3, 13))
    assert place.cell is not None
    assert (place.cell.index, place.cell.id, place.cell.execution_count, place.cell.line) == (2, "ab12", 7, 3)
    assert source(notebook(CELLS)).place(Span(5, 1, 5, 2)).cell == type(place.cell)(3, None, None, 2)


def test_a_place_leads_back() -> None:
    found = source(notebook(CELLS))
    for line, column in [(2, 1), (3, 5), (3, 20), (4, 6), (5, 1)]:
        physical = found.map.to_physical(line, column)
        assert found.map.to_virtual(physical[0], physical[1]) == (line, column)


MAGICS = [
    (["%pip install torch"], "pass\n"),
    (["!pip install \\\n", "  torch pandas\n", "x = 1"], "pass\n\nx = 1\n"),
    (["%%bash\n", "rm -rf /\n", "for x in *; do"], "\n\n\n"),
    (["%%time\n", "x = 1"], "pass\nx = 1\n"),
    (["files = !ls\n", "y = %timeit -o f()"], "files = None\ny = None\n"),
    (["?print\n", "print?\n", "df.head??"], "pass\npass\npass\n"),
    (["x = a % b\n", "y = a != b\n", "if not x: pass"], "x = a % b\ny = a != b\nif not x: pass\n"),
    (["if x:\n", "    !ls\n", "await f()"], "if x:\n    pass\nawait f()\n"),
    (["\n", "%%sql select 1\n", "from x"], "\n\n\n"),
    (["%md\n", "Some *words*"], "\n\n"),
    (["%sql\n", "select 1"], "\n\n"),
    (["%sql select 1\n", "x = 1"], "pass\nx = 1\n"),
    ([], ""),
]


@pytest.mark.parametrize(("lines", "text"), MAGICS)
def test_what_is_no_python_is_opaque(lines: list[str], text: str) -> None:
    assert source(notebook([{"cell_type": "code", "source": lines}])).text == text


def test_nbformat_3_and_other_languages() -> None:
    old = {
        "worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1"], "prompt_number": 3, "language": "python"}]}]
    }
    found = source(json.dumps(old).encode())
    assert (found.text, found.place(Span(1, 1, 1, 2)).cell.execution_count) == ("x = 1\n", 3)  # type: ignore[union-attr]  # there is one
    foreign = {"metadata": {"kernelspec": {"language": "R"}}, "cells": [{"cell_type": "code", "source": ["x <- 1"]}]}
    assert source(json.dumps(foreign).encode()).text == ""


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "malformed-notebook"), (b"{", "malformed-notebook"), (b"[]", "malformed-notebook"), (b"\xff", "undecodable"),
        (b"[" * 100_000, "malformed-notebook"),
    ],
)  # fmt: skip
def test_broken_notebooks_are_notices(data: bytes, kind: str) -> None:
    found = read("n.ipynb", data)
    assert isinstance(found, Notice)
    assert found.kind == kind


@pytest.mark.parametrize(
    "document",
    [{}, {"cells": 3}, {"cells": [3, None, {}]}, {"cells": [{"cell_type": "code", "source": 3}]}, {"worksheets": [3]},
     {"cells": [{"cell_type": "code", "source": [3, {"a": ["x"]}, "y = 1"], "id": 4, "metadata": 3}]}],
)  # fmt: skip
def test_odd_shapes_are_read_as_far_as_they_go(document: dict[str, object]) -> None:
    source(json.dumps(document).encode())


def test_a_broken_cell_is_lost_alone() -> None:
    cells: list[dict[str, object]] = [
        {"cell_type": "code", "source": ["x = 1"]},
        {"cell_type": "code", "source": ["y = (\n", "z"]},
        {"cell_type": "code", "source": ["w = 3"]},
    ]
    whole = source(notebook(cells))
    assert isinstance(whole.map, NotebookMap)
    kept, notices = without_broken_cells(whole, whole.map, lambda text: "no" if "(" in text else None)
    assert kept.text == "x = 1\n\n\nw = 3\n"
    assert [(each.kind, each.message) for each in notices] == [("broken-cell", "cell 2 was left out: no")]
    assert isinstance(kept.map, NotebookMap)


def test_a_backslash_before_an_n_ends_no_line() -> None:
    made = source(notebook([{"cell_type": "code", "source": ["x = 'a\\\\n'\n", "y = '\\\\n"]}]))
    assert made.text == "x = 'a\\\\n'\ny = '\\\\n\n"


texts = st.text(st.characters(codec="utf-8", exclude_characters="\r\x0c"), max_size=12)


@given(st.lists(st.lists(texts, max_size=4), max_size=4), st.booleans(), st.sampled_from([None, 1]))
def test_any_notebook_keeps_its_lines(cells: list[list[str]], ascii_only: bool, indent: int | None) -> None:
    sources = [[*(f"{line}\n" for line in lines[:-1]), *lines[-1:]] for lines in cells]
    found = source(notebook([{"cell_type": "code", "source": lines} for lines in sources], indent, ascii_only))
    meant = sum(len("".join(lines).removesuffix("\n").split("\n")) for lines in sources if "".join(lines))
    assert found.text.count("\n") == meant
