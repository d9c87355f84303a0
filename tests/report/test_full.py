"""What a person sees at a terminal."""

from __future__ import annotations

import re
import time

import pytest

from mldebt.model import Cell, Finding
from mldebt.report import REPORTS, ReportOptions
from mldebt.report.excerpt import draw
from tests.report.runs import CATALOGUE, finding, related, run, texts

NOTEBOOK = '{"cells": [\n  "source": [\n    "s = \\"x\\"\\n",\n    "if score > 0.75:\\n"\n'


def full(*findings: Finding, options: ReportOptions | None = None, files: dict[str, str] | None = None) -> str:
    return REPORTS["full"](run(*findings), CATALOGUE, options or ReportOptions(), texts(files))


def test_a_finding_with_everything() -> None:
    found = finding(
        flow=(related("serve/api.py", 7, "predict_proba gives a score"),),
        related=(related("batch/job.py", 41, "0.45"),),
    )
    assert full(found) == (
        """\
serve/api.py:8:8: warning: the score is compared with 0.75 [THR001]
8 |     if score > 0.75:
  |        ^^^^^^^^^^^^
  = because  serve/api.py:7: predict_proba gives a score
  = also     batch/job.py:41: 0.45
  = why      The right number moves with every new model, but this one moves only with a release.
             Nobody sees it.
  = remedy   Store the threshold beside the model that it was chosen for.
  = cost     about 20 min, high confidence, hard-coded-score-threshold
"""
    )


def test_a_rule_is_explained_once() -> None:
    out = full(finding(), finding(span=(9, 1, 9, 5)), finding(code="FLG001"))
    assert out.count("= why") == 2
    assert out.count("= cost") == 3


def test_colour_only_when_asked() -> None:
    colored = full(finding(), options=ReportOptions(color=True))
    assert "\x1b[" in colored
    assert "\x1b" not in full(finding())
    assert re.sub("\x1b\\[[0-9;]*m", "", colored) == full(finding())


def test_hostile_source_cannot_reach_the_terminal() -> None:
    evil = 'score > 0.75 # \x1b[2J\u202e"'
    out = full(finding("e.py", (1, 1, 1, 13), message="\x1b[2J"), files={"e.py": f"{evil}\n"})
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_a_notebook_shows_the_line_of_its_cell() -> None:
    found = finding("nb.ipynb", (4, 9, 4, 21), cell=Cell(1, None, 4, 2), source_line="if score > 0.75:")
    out = full(found, files={"nb.ipynb": NOTEBOOK}).split("\n")
    assert out[0] == "nb.ipynb:4:9: warning: the score is compared with 0.75 (cell 1, line 2) [THR001]"
    assert out[1:3] == ["4 | if score > 0.75:", "  |    ^^^^^^^^^^^^"]


def test_without_the_file_the_kept_line_is_shown() -> None:
    assert "8 |     if score > 0.75:\n  |        ^^^^^^^^^^^^\n" in full(finding("gone.py"))


@pytest.mark.parametrize(
    ("line", "start", "end", "width", "drawn"),
    [
        ("if a > 1:", 3, 8, 80, ("if a > 1:", "   ^^^^^")),
        ("\tif a > 1:", 4, 9, 80, ("    if a > 1:", "       ^^^^^")),
        ("s = '模型'; a > 1", 10, 15, 80, ("s = '模型'; a > 1", "            ^^^^^")),
        ("x = 1", 5, 5, 80, ("x = 1", "     ^")),
        ("x = 1", 90, 95, 80, ("x = 1", "     ^")),
        ("y" * 50 + "a > 1" + "z" * 50, 50, 55, 40, ("…" + "y" * 20 + "a > 1" + "z" * 13 + "…", " " * 21 + "^" * 5)),
    ],
)
def test_carets_stand_under_what_is_meant(line: str, start: int, end: int, width: int, drawn: tuple[str, str]) -> None:
    assert draw(line, start, end, width) == drawn


def test_a_line_of_megabytes_costs_its_excerpt() -> None:
    start = time.perf_counter()
    shown, carets = draw("x" * 5_000_000, 4_000_000, 4_500_000, 100)
    assert len(shown) <= 100
    assert len(carets) <= 100
    assert time.perf_counter() - start < 60
