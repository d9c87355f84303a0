"""The contract of ``check --format json``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError
from msgspec.structs import replace

import mldebt.report
from mldebt.model import Cell, Confidence, Edit, Finding, Fix, Notice, Recipe, Run, Severity, Span, Status
from mldebt.report import REPORTS, ReportOptions
from tests.report.runs import CATALOGUE, ROOT, finding, related, run, texts

SCHEMA = json.loads((Path(mldebt.report.__file__).parent / "schemas" / "check.schema.json").read_text("utf-8"))


def render(made: Run, options: ReportOptions | None = None) -> str:
    return REPORTS["json"](made, CATALOGUE, options or ReportOptions(), texts())


def parse(made: Run, options: ReportOptions | None = None) -> Any:
    document = json.loads(render(made, options))
    Draft202012Validator(SCHEMA).validate(document)
    return document


def with_recipe(made: Finding) -> Finding:
    recipe = Recipe("name-constant", "Give it a name", "suggested")
    fix = Fix(recipe.title, recipe.safety, (Edit("nb.ipynb", Span(5, 9, 5, 21), "LIMIT"),))
    return replace(made, recipes=(recipe,), fixes=(fix,))


def test_the_schema_is_one_and_closed() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    document = parse(run(finding()))
    document["findings"][0]["surprise"] = 1
    with pytest.raises(ValidationError):
        Draft202012Validator(SCHEMA).validate(document)


def test_a_finding_with_everything() -> None:
    made = with_recipe(
        finding(
            "nb.ipynb",
            (5, 9, 5, 21),
            cell=Cell(3, None, 7, 2),
            related=(related("batch/job.py", 41, "0.45"),),
            flow=(related("nb.ipynb", 4, "predict_proba gives a score"),),
        )
    )
    document = parse(run(made))
    assert document["findings"] == [
        {
            "code": "THR001",
            "name": "hard-coded-score-threshold",
            "family": "THR",
            "debt": "model",
            "severity": "warning",
            "confidence": "high",
            "message": "the score is compared with 0.75",
            "path": "nb.ipynb",
            "line": 5,
            "column": 9,
            "end_line": 5,
            "end_column": 21,
            "cell": {"index": 3, "id": None, "execution_count": 7, "line": 2},
            "role": "serve",
            "component": "shop",
            "minutes": 20,
            "related": [{"path": "batch/job.py", "line": 41, "column": 5, "message": "0.45"}],
            "flow": [{"path": "nb.ipynb", "line": 4, "column": 5, "message": "predict_proba gives a score"}],
            "fixes": [
                {
                    "title": "Give it a name",
                    "safety": "suggested",
                    "edits": [
                        {
                            "path": "nb.ipynb",
                            "start_line": 5,
                            "start_column": 9,
                            "end_line": 5,
                            "end_column": 21,
                            "text": "LIMIT",
                        }
                    ],
                }
            ],
            "identity": "THR001|nb.ipynb|decide|score>0.75",
            "fingerprint": made.fingerprint,
            "status": "open",
            "novelty": None,
            "listed": True,
        }
    ]


def test_it_holds_what_others_hide_and_says_so() -> None:
    found = [finding(f"{status.value}.py", status=status) for status in Status]
    found += [finding("note.py", severity=Severity.NOTE), finding("unsure.py", confidence=Confidence.LOW)]
    document = parse(run(*found))
    assert {(one["path"], one["status"], one["listed"]) for one in document["findings"]} == {
        ("open.py", "open", True),
        ("suppressed.py", "suppressed", False),
        ("baselined.py", "baselined", False),
        ("superseded.py", "superseded", False),
        ("note.py", "open", False),
    }
    shown = parse(run(*found), ReportOptions(show=(Severity.NOTE,)))
    assert [one["listed"] for one in shown["findings"] if one["path"] == "note.py"] == [True]


def test_the_summary_counts() -> None:
    found = [finding(status=status) for status in Status] + [finding(severity=Severity.NOTE, minutes=5)]
    notices = (Notice("syntax-error", "cannot be parsed", "a.py", 3, 1),)
    document = parse(run(*found, notices=notices))
    assert document["summary"] == {
        "files": 12, "lines": 3400, "not_analysed": 1, "generated_or_vendored": 0,
        "rules": ["FLG001", "THR001"], "minutes": 25,
        "errors": 0, "warnings": 1, "notes": 1, "suppressed": 1, "baselined": 1, "superseded": 1,
    }  # fmt: skip
    assert document["notices"] == [
        {
            "kind": "syntax-error",
            "message": "cannot be parsed",
            "path": "a.py",
            "line": 3,
            "column": 1,
            "fatal": False,
        }
    ]


def test_no_machine_no_clock() -> None:
    here, there = run(finding()), run(finding(), root="/other/place", git_top="/other")
    assert ROOT not in render(here)
    assert render(here) == render(there)
    assert "1.234" not in render(here)


def test_a_finding_is_a_line_and_any_path_encodes() -> None:
    stray = finding(b"caf\xe9.py".decode("utf-8", "surrogateescape"), message="naïve\n模型")
    text = render(run(finding(), stray))
    text.encode("utf-8")
    assert sum('"code"' in line for line in text.splitlines()) == 2
    assert json.loads(text)["findings"][1]["path"] == stray.place.path
    assert "模型" in text
