"""The summary of a workflow step."""

from __future__ import annotations

import pytest

from mldebt.model import Finding, Notice, Severity, Status
from mldebt.report import REPORTS, ReportOptions
from mldebt.report.markdown import LIMIT, code, prose
from tests.report.runs import CATALOGUE, finding, run, texts


def markdown(*findings: Finding, notices: tuple[Notice, ...] = (), options: ReportOptions | None = None) -> str:
    made = run(*findings, notices=notices)
    return REPORTS["markdown"](made, CATALOGUE, options or ReportOptions(), texts())


def test_counts_then_a_table_the_worst_first() -> None:
    known = finding(status=Status.BASELINED)
    bad = finding("b.py", severity=Severity.ERROR, message="`a | b` is *bad*")
    assert markdown(finding(), known, bad, finding(severity=Severity.NOTE)) == (
        "## mldebt\n"
        "\n"
        "1 error, 1 warning, 1 note: about 1 h to repay; 1 known from the baseline. Read 12 files, 3,400 lines.\n"
        "Notes are counted and not listed.\n"
        "\n"
        "| severity | place | what | rule |\n"
        "|---|---|---|---|\n"
        "| error | `b.py:8` | `a \\| b` is \\*bad\\* | THR001 |\n"
        "| warning | `serve/api.py:8` | the score is compared with 0\\.75 | THR001 |\n"
    )


def test_nothing_found() -> None:
    assert markdown() == "## mldebt\n\nnothing found. Read 12 files, 3,400 lines.\n"


def test_rules_link_to_the_pages_of_the_team() -> None:
    out = markdown(finding(), options=ReportOptions(rules_url="https://docs.example.org/debt"))
    assert "| [THR001](<https://docs.example.org/debt/THR001>) |" in out


def test_notices_are_told() -> None:
    out = markdown(notices=(Notice("syntax-error", "cannot be <parsed>", "a|b.py", 3),))
    assert "- notice: `a\\|b.py`: cannot be \\<parsed\\>\n" in out


def test_it_never_outgrows_what_github_takes() -> None:
    long = [finding(f"{'d' * 250}/{n}.py", message=f"{n} " + "é" * 590) for n in range(2_000)]
    out = markdown(*long, finding("worst.py", severity=Severity.ERROR))
    size = len(out.encode())
    assert LIMIT - 3_000 < size <= LIMIT
    rows = out.count("\n| warning |") + out.count("\n| error |")
    assert f"\n{2_001 - rows:,} findings more, left out because a summary has room for no more.\n" in out
    assert out.index("worst.py") < out.index("0.py")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "`plain`"),
        ("a|b", "`a\\|b`"),
        ("a`b", "`` a`b ``"),
        ("``", "``` `` ```"),
    ],
)
def test_code(text: str, shown: str) -> None:
    assert code(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("`x` is 1", "`x` is 1"),
        ("odd ` one", "odd \\` one"),
        ("``", "\\`\\`"),
        ("[a](javascript:b)", "\\[a\\]\\(javascript\\:b\\)"),
        ("<img src=x>", "\\<img src=x\\>"),
        ("ask @team", "ask @\u2060team"),
        ("https://evil.example", "https\\:\\/\\/evil\\.example"),
        ("a | b", "a \\| b"),
    ],
)
def test_prose_shows_as_it_is(text: str, shown: str) -> None:
    assert prose(text) == shown
