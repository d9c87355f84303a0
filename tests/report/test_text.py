"""The line format that editors and matchers parse without being told how."""

from __future__ import annotations

import re

import pytest

from mldebt.model import Cell, Confidence, Finding, Severity, Status
from mldebt.report import REPORTS, ColumnUnit, ReportOptions
from tests.report.runs import CATALOGUE, ROOT, finding, related, run, texts

MATCHER = re.compile(r"^(.+?):(\d+):(\d+): (error|warning|note): (.*) \[([A-Z]+\d+)\]$")


def text(*findings: Finding, options: ReportOptions | None = None) -> str:
    made = run(*findings)
    return REPORTS["text"](made, CATALOGUE, options or ReportOptions(), texts())


def test_one_finding_is_one_line() -> None:
    assert text(finding()) == "serve/api.py:8:8: warning: the score is compared with 0.75 [THR001]\n"


def test_nothing_found_is_nothing_written() -> None:
    assert text() == ""


@pytest.mark.parametrize(
    ("number", "aside"),
    [
        (1, "(also 0.45 at a1.py:1)"),
        (3, "(also 0.45 at a1.py:1, 0.45 at a2.py:2, 0.45 at a3.py:3)"),
        (5, "(also 0.45 at a1.py:1, 0.45 at a2.py:2, 0.45 at a3.py:3 and 2 more)"),
    ],
)
def test_related_places_follow_the_message(number: int, aside: str) -> None:
    others = tuple(related(f"a{n}.py", n, "0.45") for n in range(1, number + 1))
    assert text(finding(related=others)).endswith(f"0.75 {aside} [THR001]\n")


def test_a_notebook_has_its_cell_beside_its_line() -> None:
    found = finding("nb.ipynb", cell=Cell(3, "a1", None, 2), related=(related("x.py", 4, "0.5"),))
    assert text(found) == (
        "nb.ipynb:8:8: warning: the score is compared with 0.75 (cell 3, line 2; also 0.5 at x.py:4) [THR001]\n"
    )


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("a.py", "compared with 'x\nforged.py:1:1: error: lies [THR001]'"),
        ("a\nforged.py", "plain"),
        ("a.py", "\x1b]0;title\x07\x1b[2J"),
        ("a.py", "\u202eright to left\u2066\u2028next\udcff"),
        ("a.py", "\r::error::injected"),
    ],
)
def test_hostile_sources_stay_in_their_line(path: str, message: str) -> None:
    out = text(finding(path, message=message, related=(related(path, 3, message),)))
    assert out.count("\n") == 1
    assert len(out.splitlines()) == 1
    assert MATCHER.match(out.rstrip("\n"))
    assert out.rstrip("\n").isprintable()
    out.encode("utf-8")


def test_what_is_listed() -> None:
    note = finding(severity=Severity.NOTE, span=(1, 1, 1, 2))
    unsure = finding(confidence=Confidence.LOW, severity=Severity.ERROR, span=(2, 1, 2, 2))
    closed = [finding(status=status, span=(3, 1, 3, 2)) for status in Status if status is not Status.OPEN]
    found = (note, unsure, *closed, finding())
    assert [line.split(":")[1] for line in text(*found).splitlines()] == ["8"]
    shown = text(*found, options=ReportOptions(show=(Severity.NOTE,)))
    assert [line.split(":")[1] for line in shown.splitlines()] == ["1", "8"]


@pytest.mark.parametrize(
    ("base", "shown"),
    [
        ("", "serve/api.py"),
        (ROOT, "serve/api.py"),
        (f"{ROOT}/serve", "api.py"),
        (f"{ROOT}/serve/v2", "../api.py"),
        ("/checkouts", "shop/serve/api.py"),
        ("/elsewhere", "../checkouts/shop/serve/api.py"),
    ],
)
def test_paths_are_relative_to_the_working_directory(base: str, shown: str) -> None:
    assert text(finding(), options=ReportOptions(path_base=base)).startswith(f"{shown}:8:8: ")


@pytest.mark.parametrize(("unit", "column"), [("characters", 14), ("utf16", 15), ("bytes", 17)])
def test_columns_in_every_unit(unit: str, column: int) -> None:
    made = run(finding("e.py", (1, 14, 1, 24)))
    options = ReportOptions(column_unit=ColumnUnit(unit))
    for line in ('s = "😀"; y = torch.load("x")', '\ufeffs = "😀"; y = torch.load("x")'):
        out = REPORTS["text"](made, CATALOGUE, options, texts({"e.py": f"{line}\n"}))
        assert out.startswith(f"e.py:1:{column}: ")
    missing = REPORTS["text"](made, CATALOGUE, options, texts())
    assert missing.startswith("e.py:1:14: ")
