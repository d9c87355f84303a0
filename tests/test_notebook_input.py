"""Notebooks as they come: each is read as far as it goes, beside a healthy cell that is always heard."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from mldebt.config import Flags
from mldebt.model import Run
from mldebt.run import Request, execute
from mldebt.tree import LARGEST

HEALTHY = "import torch\nrude = torch.sigmoid(net(batch)).item() > 0.83\n"


def cell(source: str | list[str], **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source,
    }
    return {**made, **more}


def notebook(*cells: dict[str, Any], language: str = "python") -> str:
    metadata = {"kernelspec": {"name": language, "language": language, "display_name": language}}
    return json.dumps({"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def run(folder: Path, data: bytes) -> Run:
    (folder / "scores.ipynb").write_bytes(data)
    flags = Flags(jobs=1, select=("THR001", "NBK"))
    return execute(Request(folder, root=str(folder), flags=flags, cached=False)).run


CELLS = {
    "bash": "%%bash\nfor i in 1 2; do\n  echo $i\ndone",
    "sql": "%%sql\nselect * from rows where (",
    "writefile": "%%writefile model.py\nthis is { no python",
    "help": "?torch.sigmoid\ntorch.sigmoid??",
    "shell": "!pip install torch==2.4.0\nfiles = !ls *.py",
    "line magic": "%matplotlib inline\n%time x = 1",
    "await": "import asyncio\nawait asyncio.sleep(1)\nasync with lock:\n    pass",
    "syntax error": "def broken(:\n    return",
    "unfinished string": 'text = """never closed',
    "python 2": "print 'hello'",
    "empty": "",
    "carriage returns": "x = 1\r\ny = 2\r\n",
    "null byte": "x = 1\0",
    "surrogate": "x = '\ud83d'",
    "deep": "x = " + "(" * 400 + "1" + ")" * 400,
}


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_of_something_else_costs_no_other(name: str, tmp_path: Path) -> None:
    found = run(tmp_path, notebook(cell(CELLS[name]), cell(HEALTHY)).encode())

    assert not [notice for notice in found.notices if notice.fatal]
    heard = [each for each in found.findings if each.code == "THR001"]
    assert len(heard) == 1, found.notices
    assert heard[0].place.cell is not None
    assert (heard[0].place.cell.index, heard[0].place.cell.line) == (2, 2)


@pytest.mark.parametrize("name", ["syntax error", "unfinished string", "python 2"])
def test_a_cell_that_is_lost_is_named(name: str, tmp_path: Path) -> None:
    notices = run(tmp_path, notebook(cell(HEALTHY), cell(CELLS[name])).encode()).notices

    assert [notice.kind for notice in notices] == ["broken-cell"]
    assert "cell 2" in notices[0].message
    assert notices[0].line > 1


SHAPES = {
    "no cells": '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    "no cells key": '{"metadata": {}, "nbformat": 4}',
    "cells of nothing": '{"cells": [null, 3, "x", []], "metadata": {}, "nbformat": 4}',
    "odd cells": '{"cells": [{"cell_type": "code", "source": 3, "outputs": 7, "metadata": null}], "nbformat": 4}',
    "odd outputs": '{"cells": [{"cell_type": "code", "source": "1", "outputs": [null, {"output_type": 4}]}]}',
    "other language": notebook(cell("x <- read.csv('a.csv')"), language="R"),
    "julia": notebook(cell("x = [1 2; 3 4]"), language="julia"),
}


@pytest.mark.parametrize("name", SHAPES)
def test_odd_notebooks_say_nothing(name: str, tmp_path: Path) -> None:
    found = run(tmp_path, SHAPES[name].encode())

    assert not found.findings
    assert not [notice for notice in found.notices if notice.fatal]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "malformed-notebook"),
        (b"{", "malformed-notebook"),
        (b"[]", "malformed-notebook"),
        (b'{"cells": [}', "malformed-notebook"),
        (b"\xff\xfe{", "undecodable"),
        (b"[" * 100_000, "malformed-notebook"),
        (b"<html>", "malformed-notebook"),
    ],
)
def test_what_is_no_notebook_is_a_notice(data: bytes, kind: str, tmp_path: Path) -> None:
    found = run(tmp_path, data)

    assert [notice.kind for notice in found.notices] == [kind]
    assert not found.findings


def test_a_byte_order_mark_moves_nothing(tmp_path: Path) -> None:
    text = notebook(cell(HEALTHY)).encode()
    plain = run(tmp_path, text).findings
    marked = run(tmp_path, b"\xef\xbb\xbf" + text).findings

    assert [each.place for each in plain] == [each.place for each in marked]
    assert plain


def test_cells_of_one_id_are_told_apart(tmp_path: Path) -> None:
    found = run(tmp_path, notebook(cell(HEALTHY, id="same"), cell(HEALTHY, id="same")).encode()).findings

    heard = [each for each in found if each.code == "THR001"]
    assert [each.place.cell.index for each in heard if each.place.cell is not None] == [1, 2]
    assert len({each.fingerprint for each in heard}) == 2


def test_large_outputs_cost_memory_that_is_bounded(tmp_path: Path) -> None:
    image = {"output_type": "display_data", "data": {"image/png": "A" * 15_000_000}, "metadata": {}}
    data = notebook(cell("x = 1", outputs=[image]), cell(HEALTHY)).encode()
    tracemalloc.start()
    try:
        found = run(tmp_path, data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert "THR001" in [each.code for each in found.findings]
    assert peak < 12 * len(data)


def test_an_output_of_a_hundred_megabytes_is_a_notice(tmp_path: Path) -> None:
    path = tmp_path / "scores.ipynb"
    with path.open("wb") as file:
        file.write(b'{"cells": [{"cell_type": "code", "outputs": [{"data": {"image/png": "')
        file.seek(100_000_000)
        file.write(b'"}}], "source": ["x = 1"]}], "metadata": {}, "nbformat": 4}')
    assert path.stat().st_size > LARGEST
    tracemalloc.start()
    try:
        run_ = execute(Request(tmp_path, root=str(tmp_path), flags=Flags(jobs=1), cached=False)).run
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert [notice.kind for notice in run_.notices] == ["too-large"]
    assert peak < 60_000_000


def test_a_tag_suppresses_in_the_whole_cell(tmp_path: Path) -> None:
    tagged = cell(HEALTHY, metadata={"tags": ["mldebt: ignore[THR001] accepted -- shown in the course"]})
    found = run(tmp_path, notebook(tagged, cell(HEALTHY)).encode())

    statuses = [each.status.value for each in found.findings if each.code == "THR001"]
    assert statuses == ["suppressed", "open"]


def test_a_tag_that_cannot_be_understood_is_a_notice(tmp_path: Path) -> None:
    found = run(tmp_path, notebook(cell(HEALTHY, metadata={"tags": ["mldebt: ignore"]})).encode())

    assert [notice.kind for notice in found.notices] == ["bad-suppression"]
