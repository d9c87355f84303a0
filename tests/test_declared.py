"""Rules that depend on a version: what the project declares, and what that leaves open."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldebt.config import Flags
from mldebt.declared import Declared, meets
from mldebt.model import Confidence, Finding
from mldebt.run import Request, execute

API = """
import mlflow
from fastapi import FastAPI

app = FastAPI()
model = mlflow.pyfunc.load_model("models:/price/Production")


@app.post("/price")
def price(rows: list[list[float]]):
    return {"price": model.predict(rows)}
"""


@pytest.mark.parametrize(
    ("specifiers", "answer"),
    [
        (["==2.14.1"], True),
        (["==2.3.0"], False),
        (["==2.*"], None),
        ([">=2.10"], True),
        ([">=2.3"], None),
        (["<2.9"], False),
        (["<3"], None),
        (["~=2.9"], True),
        ([">=2.3,<2.9"], False),
        (["==2.14.1", "==2.3.0"], None),
        (["latest"], None),
        ([], None),
    ],
)
def test_a_lower_bound_is_met_or_not_or_left_open(specifiers: list[str], answer: bool | None) -> None:
    assert meets([Declared("requirements.txt", each) for each in specifiers], ">=2.9") is answer


def found(root: Path, requirements: str) -> Finding | None:
    (root / "api.py").write_text(API, encoding="utf-8")
    (root / "requirements.txt").write_text(requirements, encoding="utf-8")
    run = execute(Request(root, root=str(root), flags=Flags(jobs=1, select=("OPS002",)))).run
    return next(iter(run.findings), None)


def test_the_finding_says_on_which_version_it_rests(tmp_path: Path) -> None:
    finding = found(tmp_path, "fastapi==0.115.6\nmlflow==2.14.1\n")
    assert finding is not None
    assert finding.confidence is Confidence.MEDIUM
    assert [(each.place.path, each.place.span.line, each.message) for each in finding.related] == [
        ("requirements.txt", 2, "mlflow ==2.14.1")
    ]


def test_an_older_version_is_silent(tmp_path: Path) -> None:
    assert found(tmp_path, "mlflow==2.3.0\n") is None


def test_an_unknown_version_is_a_guess(tmp_path: Path) -> None:
    finding = found(tmp_path, "fastapi==0.115.6\n")
    assert finding is not None
    assert finding.confidence is Confidence.LOW
