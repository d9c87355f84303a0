"""What standard error says at the end."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from mldebt.model import Comparison, Confidence, Finding, Notice, Novelty, Paid, Run, Severity, Status
from mldebt.report import ReportOptions, summarise
from mldebt.report.summary import find_causes
from tests.report.runs import CATALOGUE, finding, run


def lines(made: Run, options: ReportOptions | None = None) -> list[str]:
    text = summarise(made, CATALOGUE, options or ReportOptions())
    assert text.endswith("\n")
    return text[:-1].split("\n")


def test_nothing_found() -> None:
    assert lines(run()) == [
        "read 12 files, 3,400 lines in 1.2 s",
        "nothing found",
        "next: mldebt inventory thresholds",
    ]


def test_nothing_new() -> None:
    known = replace(run(finding(status=Status.BASELINED)), comparison=Comparison(("old.txt",)))
    assert lines(replace(known, findings=(replace(known.findings[0], novelty=Novelty.KNOWN),)))[1:3] == [
        "nothing new",
        "against old.txt: 0 new, 1 known",
    ]


def test_nothing_read() -> None:
    assert lines(run(files=0))[-1] == "next: mldebt rules"


def test_only_notes() -> None:
    assert lines(run(finding(severity=Severity.NOTE)))[1:] == [
        "1 note (not listed): about 20 min to repay",
        "next: mldebt check --show notes",
    ]
    shown = lines(run(finding(severity=Severity.NOTE)), ReportOptions(show=(Severity.NOTE,)))
    assert shown[-1] == "next: mldebt explain THR001"


def test_a_run_with_everything() -> None:
    found = [finding(f"a{n}.py", symbol="f", concept="threshold:confidence") for n in range(3)]
    found += [
        finding("flags.py", code="FLG001", severity=Severity.ERROR, minutes=90, message="read in 4 files"),
        finding("known.py", status=Status.BASELINED),
        finding("agreed.py", status=Status.SUPPRESSED),
        finding("unsure.py", confidence=Confidence.LOW, severity=Severity.ERROR),
        finding("note.py", severity=Severity.NOTE),
    ]
    notices = (Notice("syntax-error", "bad", "b.py"), Notice("syntax-error", "bad", "c.py"), Notice("undecodable", "x"))
    assert lines(run(*found, notices=notices)) == [
        "read 12 files, 3,400 lines in 1.2 s",
        "not analysed: 3 files (notices: 2 syntax-error, 1 undecodable)",
        "1 error, 3 warnings, 1 note (not listed): about 2 h 50 min to repay; 1 suppressed",
        "worst causes:",
        "  error     1 place  1 h 30 min  read in 4 files [FLG001] flags.py:8",
        "  warning  3 places         1 h  threshold confidence [THR001] a0.py:8",
        "next: mldebt explain FLG001",
    ]


@pytest.mark.parametrize(
    ("notices", "told"),
    [
        ((), "not analysed: 7 files (7 generated or vendored)"),
        ((Notice("undecodable", "x"),), "not analysed: 8 files (7 generated or vendored; notices: 1 undecodable)"),
    ],
)
def test_files_of_others_are_counted_apart(notices: tuple[Notice, ...], told: str) -> None:
    made = run(notices=notices)
    summary = replace(made.summary, not_analysed=7 + len(notices), foreign=7)
    assert lines(replace(made, summary=summary))[1] == told


def test_a_run_that_was_compared() -> None:
    found = [
        replace(finding("new.py"), novelty=Novelty.NEW),
        replace(finding("back.py"), novelty=Novelty.RETURNED),
        replace(finding("known.py", status=Status.BASELINED), novelty=Novelty.KNOWN),
        replace(finding("unsure.py", confidence=Confidence.LOW), novelty=Novelty.NEW),
    ]
    compared = replace(run(*found), comparison=Comparison(("main", "old.txt"), (Paid("THR001|a.py||x>1", 2),), 4))
    assert lines(compared)[1:3] == [
        "2 warnings: about 40 min to repay",
        "against main and old.txt: 1 new, 1 known, 1 returned, 2 paid, 4 paid this month",
    ]


def test_causes_are_grouped_and_ranked() -> None:
    found = [
        finding("a.py", symbol="f"),
        finding("a.py", symbol="f", span=(9, 1, 9, 2)),
        finding("a.py", symbol="g", minutes=500),
        finding("b.py", symbol="f", minutes=600),
        finding("c.py", severity=Severity.ERROR, concept="flag:new"),
        finding("d.py", concept="flag:new"),
    ]
    causes = find_causes(found)
    assert [[one.place.path for one in cause.findings] for cause in causes] == [
        ["c.py", "d.py"],
        ["a.py", "a.py"],
        ["b.py"],
        ["a.py"],
    ]
    assert find_causes(reversed(found))[0].worst == causes[0].worst


def test_at_most_five_causes() -> None:
    found = [finding(f"{n}.py") for n in range(9)]
    assert sum("[THR001]" in line for line in lines(run(*found))) == 5


@pytest.mark.parametrize(
    ("found", "command"),
    [
        ([finding(code="FLG001"), finding(code="FLG001"), finding()], "explain FLG001"),
        ([finding(code="FLG001"), finding()], "explain FLG001"),
        ([finding(severity=Severity.ERROR), finding(code="FLG001"), finding(code="FLG001")], "explain THR001"),
        ([replace(finding(), status=Status.SUPPRESSED)], "inventory thresholds"),
    ],
)
def test_the_next_command(found: list[Finding], command: str) -> None:
    assert lines(run(*found))[-1] == f"next: mldebt {command}"


def test_hostile_names_stay_in_their_line() -> None:
    text = summarise(run(finding("a\nb.py", concept="flag:\x1b[2J\n")), CATALOGUE, ReportOptions())
    assert "\x1b" not in text
    assert text.count("\n") == 5


def test_colour_only_when_asked() -> None:
    assert "\x1b" in summarise(run(finding()), CATALOGUE, ReportOptions(color=True))
    assert "\x1b" not in summarise(run(finding()), CATALOGUE, ReportOptions())
