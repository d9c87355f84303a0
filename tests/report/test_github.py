"""Annotations: what GitHub shows at the lines of a pull request."""

from __future__ import annotations

import re

import pytest

from mldebt.model import Cell, Finding, Notice, Severity
from mldebt.report import REPORTS, ReportOptions
from mldebt.report.github import workflow_command
from tests.report.runs import CATALOGUE, finding, related, run, texts

COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def github(*findings: Finding, notices: tuple[Notice, ...] = (), git_top: str = "/checkouts") -> list[str]:
    made = run(*findings, notices=notices, git_top=git_top)
    return REPORTS["github"](made, CATALOGUE, ReportOptions(show=(Severity.NOTE,)), texts()).splitlines()


def test_an_annotation_is_where_the_checkout_has_the_file() -> None:
    assert github(finding()) == [
        "::warning title=THR001 hard-coded-score-threshold,file=shop/serve/api.py,line=8,endLine=8,col=8,endColumn=20"
        "::the score is compared with 0.75"
    ]


def test_the_levels_are_those_of_github() -> None:
    lines = github(*(finding(severity=severity) for severity in Severity))
    assert [line.split(" ")[0] for line in lines] == ["::error", "::warning", "::notice"]


def test_what_spans_lines_has_no_columns() -> None:
    """GitHub refuses the annotation else."""
    (line,) = github(finding(span=(3, 5, 9, 2)))
    assert "line=3,endLine=9::" in line


def test_notebooks_and_other_places_are_told() -> None:
    (line,) = github(finding("nb.ipynb", cell=Cell(3, None, None, 2), related=(related("a.py", 4, "0.5"),)))
    assert line.endswith("::the score is compared with 0.75 (cell 3, line 2; also 0.5 at shop/a.py:4)")


def test_ten_of_a_level_the_worst_first_and_the_rest_is_counted() -> None:
    mild = [finding(span=(n, 1, n, 2), severity=Severity.NOTE) for n in range(1, 13)]
    loud = [finding(span=(n, 1, n, 2)) for n in range(20, 45)]
    bad = [finding(span=(n, 1, n, 2), severity=Severity.ERROR) for n in range(50, 53)]
    lines = github(*mild, *loud, *bad)
    assert [line.split(" ")[0] for line in lines[:-1]] == ["::error"] * 3 + ["::warning"] * 10 + ["::notice"] * 10
    assert lines[-1] == (
        "mldebt: 15 warnings, 2 notes more: GitHub shows 10 annotations of a level, the other reports all"
    )


def test_a_run_that_cannot_be_trusted_says_so_first() -> None:
    fatal = Notice("rule-crashed", "THR001 crashed", "a.py", 3, fatal=True)
    quiet = Notice("syntax-error", "cannot be parsed", "b.py", 3)
    lines = github(*(finding(severity=Severity.ERROR, span=(n, 1, n, 2)) for n in range(1, 12)), notices=(quiet, fatal))
    assert lines[0] == "::error title=mldebt rule-crashed,file=shop/a.py,line=3::THR001 crashed"
    assert len(lines) == 11
    assert lines[-1].startswith("mldebt: 2 errors more")


def test_nothing_found_is_nothing_written() -> None:
    assert github() == []


@pytest.mark.parametrize(
    ("message", "path"),
    [
        ("100% bad\r\nnext", "src/a,b:c.py"),
        ("::error::x", "%0A.py"),
        ("x\n::set-output name=a::b", "a\r\n::error::.py"),
    ],
)
def test_nothing_ends_a_command_early(message: str, path: str) -> None:
    (line,) = github(finding(path, message=message))
    assert COMMAND.fullmatch(line)
    assert workflow_command("error", message, {"file": path}).count("\n") == 0


def test_commands_are_written_as_the_library_writes_them() -> None:
    """The right side is what @actions/core printed; tests/integration asks it again."""
    told = workflow_command("error", "100% bad\nnext", {"title": "T: a,b%", "file": "src/a,b:c.py", "line": 3})
    assert told == "::error title=T%3A a%2Cb%25,file=src/a%2Cb%3Ac.py,line=3::100%25 bad%0Anext"
    assert workflow_command("notice", "x", {}) == "::notice::x"
