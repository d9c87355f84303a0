"""Notebooks that are Python files: which cell a line is in."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldebt.config import Flags
from mldebt.model import Cell
from mldebt.run import Request, execute
from mldebt.sources import SourceText
from mldebt.sources.cell_markers import marked

DATABRICKS = """\
# Databricks notebook source
import torch

# COMMAND ----------

# MAGIC %md
# MAGIC # Scores

# COMMAND ----------

score = torch.sigmoid(logits).item()
flagged = score > 0.83
"""
JUPYTEXT = """\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %%
import torch

# %% [markdown]
# # Scores

# %%
%time score = torch.sigmoid(logits).item()
flagged = score > 0.83
"""
CONVERTED = """\
#!/usr/bin/env python
# coding: utf-8

# # Scores

# In[1]:


import torch


# In[ ]:


%time score = torch.sigmoid(logits).item()
flagged = score > 0.83
"""
SCRIPT = "# %%\nimport torch\n\n# %%\nflagged = torch.sigmoid(logits).item() > 0.83\n"


@pytest.mark.parametrize(
    ("text", "line", "cell", "whole"),
    [
        (DATABRICKS, 2, Cell(1, None, None, 1), True),
        (DATABRICKS, 12, Cell(3, None, None, 3), True),
        (JUPYTEXT, 2, None, True),
        (JUPYTEXT, 16, Cell(3, None, None, 2), True),
        (CONVERTED, 4, None, True),
        (CONVERTED, 14, Cell(2, None, None, 2), True),
        (SCRIPT, 5, Cell(2, None, None, 1), False),
    ],
)
def test_a_line_is_in_its_cell(text: str, line: int, cell: Cell | None, whole: bool) -> None:
    found = marked(SourceText.of("a.py", text))
    assert found is not None
    source, is_notebook = found
    assert is_notebook is whole
    assert source.map.to_physical(line, 3) == (line, 3, cell)
    assert source.lines == SourceText.of("a.py", text).lines


@pytest.mark.parametrize(
    "text", ["", "x = 1\n", "# %% once\nx = 1\n", "x = '# %%'\n", "# %%% not a cell\n# %%% either\n"]
)
def test_other_files_have_no_cells(text: str) -> None:
    assert marked(SourceText.of("a.py", text)) is None


@pytest.mark.parametrize(
    ("text", "line", "index", "severity"),
    [(DATABRICKS, 12, 3, "note"), (JUPYTEXT, 16, 3, "note"), (SCRIPT, 5, 2, "warning")],
    ids=["databricks", "jupytext", "script"],
)
def test_a_finding_names_the_cell(text: str, line: int, index: int, severity: str, tmp_path: Path) -> None:
    text = text.replace("logits", "net(batch)")
    (tmp_path / "scores.py").write_text(text, encoding="utf-8")
    run = execute(Request(tmp_path, root=str(tmp_path), flags=Flags(jobs=1, select=("THR001",)), cached=False)).run
    assert [(each.place.span.line, each.severity.value) for each in run.findings] == [(line, severity)]
    cell = run.findings[0].place.cell
    assert cell is not None
    assert cell.index == index


@pytest.mark.parametrize("text", [DATABRICKS, JUPYTEXT], ids=["databricks", "jupytext"])
def test_a_broken_cell_is_lost_alone(text: str, tmp_path: Path) -> None:
    text = text.replace("import torch\n", "import torch\nprint torch\n").replace("logits", "net(batch)")
    text = text.replace("%time ", "").replace("score = torch", "import torch\nscore = torch")
    (tmp_path / "scores.py").write_text(text, encoding="utf-8")
    run = execute(Request(tmp_path, root=str(tmp_path), flags=Flags(jobs=1, select=("THR001",)), cached=False)).run
    broken = text.split("\n").index("print torch")  # the line in front of it, counted from 1
    assert [(each.kind, each.line) for each in run.notices] == [("broken-cell", broken)]
    assert len(run.findings) == 1


def test_a_broken_script_is_lost_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "scores.py").write_text(SCRIPT.replace("import torch", "print torch"), encoding="utf-8")
    run = execute(Request(tmp_path, root=str(tmp_path), flags=Flags(jobs=1), cached=False)).run
    assert [(each.kind, each.line) for each in run.notices] == [("syntax-error", 2)]
