"""What notebooks install."""

from __future__ import annotations

import json
import time

import pytest

from mldebt.facts.pins import Pin
from mldebt.sources import SourceText
from mldebt.sources.cell_markers import marked
from mldebt.sources.manifests.in_code import read_source
from mldebt.sources.notebook import read


def pins(*cells: str) -> list[Pin]:
    source = [[line + "\n" for line in cell.split("\n")] for cell in cells]
    written = json.dumps(
        {"cells": [{"cell_type": "code", "source": lines} for lines in source], "nbformat": 4}, indent=1
    )
    notebook = read("a.ipynb", written.encode())
    assert isinstance(notebook, SourceText)
    found = read_source(notebook)
    assert found.notices == ()
    assert all(
        json.dumps(one.source_line)[1:-1] in written.split("\n")[one.place.span.line - 1]
        for one in found.facts
        if isinstance(one, Pin)
    )
    return [one for one in found.facts if isinstance(one, Pin)]


def said(*cells: str) -> list[tuple[str, str]]:
    return [(one.name, one.specifier) for one in pins(*cells)]


def test_magics_and_shell_lines() -> None:
    cell = "import a\n%pip install -q torch==2.9.1\n!pip3 install 'numpy>=2'\n  ! pip install x\n"
    cell += "%conda install -y faiss=1.8\npip install y"
    assert said(cell) == [("torch", "==2.9.1"), ("numpy", ">=2"), ("x", ""), ("faiss", "==1.8.*"), ("y", "")]


def test_the_cell_is_known() -> None:
    first, second = pins("%pip install a", "x = 1\n!{sys.executable} -m pip install b==1 \\\n  c")[1:]
    assert (first.name, second.name, first.specifier) == ("b", "c", "==1")
    assert first.place == second.place
    assert first.place.cell is not None
    assert (first.place.cell.index, first.place.cell.line) == (2, 2)


def test_variables_are_not_known() -> None:
    (pin,) = pins("!pip install torch=={VERSION} {extra}")
    assert (pin.name, pin.unresolved) == ("torch", True)


def test_cells_of_the_shell_and_of_others() -> None:
    assert said("%%bash\npip install a\necho pip install b") == [("a", "")]
    assert said("%%capture\n!pip install a") == [("a", "")]
    assert said("%%writefile setup.sh\npip install a", "%%sql\n!pip install a") == []


def test_what_installs_nothing() -> None:
    assert (
        said(
            "# !pip install a", "print('%pip install a')", "!pip list", "%pip install -r needs.txt .", "!npm install a"
        )
        == []
    )


def test_a_long_notebook_takes_no_time() -> None:
    started = time.perf_counter()
    pins("!pip install " + "a " * 20_000, *["%pip install a \\"] * 500)
    assert time.perf_counter() - started < 10


DATABRICKS = """\
# Databricks notebook source
# MAGIC %pip install torch==2.9.1 \\
# MAGIC   lightgbm

# COMMAND ----------

# MAGIC %md
# MAGIC %pip install words

# COMMAND ----------

# MAGIC %sh
# MAGIC pip install xgboost

# COMMAND ----------

# pip install nothing
%pip install shap
"""
JUPYTEXT = """\
# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %%
# !pip install torch==2.9.1
# pip install nothing

# %%
# %pip install lightgbm
"""
SCRIPT = "# %%\n# !pip install nothing\nimport torch\n# %%\n!pip install shap\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (DATABRICKS, [("torch", 2, 1), ("lightgbm", 2, 1), ("xgboost", 13, 3), ("shap", 18, 4)]),
        (JUPYTEXT, [("torch", 8, 1), ("lightgbm", 12, 2)]),
        (SCRIPT, [("shap", 5, 2)]),
    ],
    ids=["databricks", "jupytext", "script"],
)
def test_python_files_of_cells(text: str, expected: list[tuple[str, int, int]]) -> None:
    found = marked(SourceText.of("a.py", text))
    assert found is not None
    said = read_source(found[0])
    assert said.notices == ()
    pins = [one for one in said.facts if isinstance(one, Pin)]
    assert [(one.name, one.place.span.line, one.place.cell and one.place.cell.index) for one in pins] == expected
