"""GitLab's report, reviewdog's and JUnit's: shapes and places as their consumers take them."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace

from mldebt.model import Edit, Finding, Fix, Notice, Severity, Span
from mldebt.report import REPORTS, ReportOptions
from tests.report.runs import CATALOGUE, finding, related, run, texts

ALL = ReportOptions(show=(Severity.NOTE,), rules_url="https://docs.example.org/debt/{code}")


def render(format_: str, *findings: Finding, notices: tuple[Notice, ...] = (), options: ReportOptions = ALL) -> str:
    made = run(*findings, notices=notices, git_top="/checkouts")
    return REPORTS[format_](made, CATALOGUE, options, texts())


def parse(format_: str, *findings: Finding) -> Any:
    return json.loads(render(format_, *findings))


def test_gitlab() -> None:
    made = finding(related=(related("b.py", 4, "0.5"),))
    assert parse("gitlab", made) == [
        {
            "type": "issue",
            "check_name": "THR001",
            "description": "THR001: the score is compared with 0.75 (also 0.5 at shop/b.py:4)",
            "fingerprint": made.fingerprint,
            "severity": "major",
            "categories": ["Complexity"],
            "location": {
                "path": "shop/serve/api.py",
                "positions": {"begin": {"line": 8, "column": 8}, "end": {"line": 8, "column": 20}},
            },
            "url": "https://docs.example.org/debt/THR001",
        }
    ]
    assert parse("gitlab") == []


def test_gitlab_joins_equal_fingerprints_so_none_are() -> None:
    prints = [issue["fingerprint"] for issue in parse("gitlab", finding(), finding(), finding("b.py"))]
    assert len(set(prints)) == 3
    assert prints[0] == finding().fingerprint


def test_the_severities_of_each() -> None:
    all_three = [finding(severity=severity) for severity in Severity]
    assert [issue["severity"] for issue in parse("gitlab", *all_three)] == ["critical", "major", "info"]
    told = parse("rdjson", *all_three)["diagnostics"]
    assert [diagnostic["severity"] for diagnostic in told] == ["ERROR", "WARNING", "INFO"]


def test_rdjson() -> None:
    assert parse("rdjson", finding()) == {
        "source": {"name": "mldebt"},
        "diagnostics": [
            {
                "message": "the score is compared with 0.75",
                "location": {
                    "path": "shop/serve/api.py",
                    "range": {"start": {"line": 8, "column": 8}, "end": {"line": 8, "column": 20}},
                },
                "severity": "WARNING",
                "code": {"value": "THR001", "url": "https://docs.example.org/debt/THR001"},
            }
        ],
    }


def test_a_fix_of_one_change_is_a_suggestion() -> None:
    edit = Edit("serve/api.py", Span(8, 8, 8, 20), "score > settings.limit")
    other = Edit("settings.py", Span(1, 1, 1, 1), "limit = 0.75\n")
    fixes = (Fix("Read it", "safe", (edit,)), Fix("Move it", "unsafe", (edit, other)))
    (told,) = parse("rdjson", replace(finding(), fixes=fixes))["diagnostics"]
    where = {"start": {"line": 8, "column": 8}, "end": {"line": 8, "column": 20}}
    assert told["suggestions"] == [{"range": where, "text": "score > settings.limit"}]


def test_a_page_that_only_this_machine_has_is_in_no_report() -> None:
    here = ReportOptions(pages_url="file:///opt/mldebt/_pages")
    for format_ in REPORTS:
        assert "file:" not in render(format_, finding(), options=here)


def test_junit() -> None:
    crash = Notice("rule-crashed", "THR001 crashed", "a.py", 3, fatal=True)
    suites = ElementTree.fromstring(render("junit", finding(), finding("b.py", code="FLG001"), notices=(crash,)))
    assert suites.attrib == {"name": "mldebt", "tests": "3", "failures": "2", "errors": "1"}
    assert [suite.attrib["name"] for suite in suites] == ["mldebt", "shop/serve/api.py", "shop/b.py"]
    (case,) = suites[1]
    assert case.attrib == {
        "classname": "shop/serve/api.py",
        "name": "THR001 shop/serve/api.py:8:8",
        "file": "shop/serve/api.py",
        "line": "8",
    }
    (failure,) = case
    assert failure.attrib == {"type": "THR001", "message": "the score is compared with 0.75"}
    assert failure.text == "shop/serve/api.py:8:8: warning: the score is compared with 0.75"


def test_junit_without_findings_is_one_test_that_passed() -> None:
    suites = ElementTree.fromstring(render("junit"))
    assert (suites.attrib["tests"], suites.attrib["failures"]) == ("1", "0")
    assert len(suites[0]) == 1


@pytest.mark.parametrize("format_", ["gitlab", "rdjson", "junit", "markdown", "github"])
def test_what_text_hides_they_hide(format_: str) -> None:
    hidden = finding("hidden.py", severity=Severity.NOTE)
    assert "hidden.py" not in render(format_, hidden, finding(), options=ReportOptions())
    assert "hidden.py" in render(format_, hidden, finding())
