"""The evidence sheet: what is found, declared, expired, missing or out of sight, and the rows of models."""

from __future__ import annotations

import json
from datetime import date
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from mldebt.config import Flags
from mldebt.errors import ConfigError
from mldebt.evidence import Answer, Sheet, evidence
from mldebt.model_rows import stem
from mldebt.report.evidence import evidence_json, evidence_markdown, evidence_text
from mldebt.run import Request, execute
from mldebt.score import load

TODAY = date(2026, 11, 23)

TRAIN = """
import joblib
import torch
from shared import features
from sklearn.linear_model import Ridge

torch.manual_seed(7)


def train(rows, prices, last_rmse):
    model = Ridge().fit(features(rows), prices)
    rmse = 3.0
    if rmse > last_rmse:
        raise ValueError("worse")
    joblib.dump(model, "prices-3.joblib")
"""

API = """
import os

import joblib
from fastapi import FastAPI
from shared import features

app = FastAPI()
model = joblib.load("prices-3.joblib")


@app.post("/price")
def price(row: list[float]):
    answer = float(model.predict(features([row]))[0])
    return {"price": answer}
"""

FILES = {
    "train.py": TRAIN,
    "api.py": API,
    "shared.py": "def features(rows):\n    return rows\n",
    "tests/test_api.py": "from api import price\n\n\ndef test_price():\n    assert price([1.0])\n",
    "requirements.txt": "scikit-learn==1.5.2\nfastapi==0.115.6\n",
    "CODEOWNERS": "* @prices\n",
    ".github/dependabot.yml": "version: 2\nupdates: []\n",
    "mldebt.toml": """
[evidence.prices]
monitoring = { elsewhere = "dashboard 12", owner = "team-x", until = 2027-01-31 }
canary = { elsewhere = "the gateway", until = 2026-01-31 }
""",
}


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    return made(tmp_path, FILES)


def made(root: Path, files: dict[str, str]) -> Sheet:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    outcome = execute(Request(root, root=str(root), flags=Flags(jobs=1)))
    assert not [notice for notice in outcome.run.notices if notice.fatal]
    return evidence(outcome.project, outcome.run.findings, TODAY)


def answers(sheet: Sheet) -> dict[str, Answer]:
    return {answer.test.id: answer for answer in sheet.answers}


def test_there_are_28_tests_in_four_parts() -> None:
    ids = [test.id for test in load()]
    assert ids == [f"{part} {number}" for part in ("Data", "Model", "Infra", "Monitor") for number in range(1, 8)]
    assert all(bool(test.look) != bool(test.why) for test in load())


def test_what_the_code_shows_is_found_at_its_places(sheet: Sheet) -> None:
    found = {name: answer.spots[0].path for name, answer in answers(sheet).items() if answer.state == "found"}
    assert found["Infra 1"] == "train.py"
    assert found["Infra 2"] == "tests/test_api.py"
    assert found["Infra 4"] == "train.py"
    assert found["Monitor 1"] == ".github/dependabot.yml"
    assert found["Monitor 3"] == "shared.py"
    assert found["Model 1"] == "train.py"


def test_a_declaration_is_shown_as_one_and_ends(sheet: Sheet) -> None:
    known = answers(sheet)
    assert (known["Monitor 7"].state, known["Monitor 7"].said) == ("declared", "prices: dashboard 12")
    assert known["Infra 6"].state == "declaration expired"
    assert known["Model 5"].state == "not found"
    assert known["Data 2"].state == "not statically visible"


def test_a_model_has_a_row(sheet: Sheet) -> None:
    (row,) = sheet.models
    assert row.name == "prices"
    assert row.artefacts == ("prices-3.joblib",)
    assert [spot.path for spot in row.trainers] == ["train.py"]
    assert [spot.path for spot in row.servers] == ["api.py"]
    assert [spot.path for spot in row.tests] == ["tests/test_api.py"]
    assert row.owners == ("@prices",)
    assert row.serving_versions == ("scikit-learn ==1.5.2",) or "scikit-learn ==1.5.2" in row.training_versions
    assert row.declared == ("monitoring: dashboard 12", "canary: the gateway (expired)")


def test_an_empty_project_has_a_sheet(tmp_path: Path) -> None:
    sheet = made(tmp_path, {"a.py": "x = 1\n"})
    assert not sheet.models
    assert {answer.state for answer in sheet.answers} == {"not found", "not statically visible"}


def test_json_keeps_its_schema(sheet: Sheet) -> None:
    schema = json.loads(resources.files("mldebt.report.schemas").joinpath("evidence.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(evidence_json(sheet)))


def test_text_and_markdown_say_the_same(sheet: Sheet) -> None:
    text, markdown = evidence_text(sheet), evidence_markdown(sheet)
    for answer in sheet.answers:
        assert answer.test.id in text
        assert f"| {answer.test.id} |" in markdown
    assert "model prices" in text
    assert "| prices |" in markdown


@pytest.mark.parametrize(
    ("artefact", "name"),
    [
        ("models/churn-4.joblib", "churn"),
        ("churn_v3.1.pt", "churn"),
        ("models:/price/latest", "price"),
        ("models:/price@champion", "price"),
        ("net.onnx", "net"),
        ("2026", "2026"),
    ],
)
def test_a_model_is_called_by_its_artefact(artefact: str, name: str) -> None:
    assert stem(artefact) == name


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[evidence.a]\nmonitorin = { elsewhere = "x" }', "there is no topic 'monitorin'; did you mean 'monitoring'"),
        ("[evidence.a]\nmonitoring = {}", "elsewhere is missing"),
        ('[evidence.a]\nmonitoring = { elsewere = "x" }', "there is no such key; did you mean 'elsewhere'"),
        ('[evidence.a]\nmonitoring = { elsewhere = "x", until = "soon" }', "until"),
    ],
)
def test_a_wrong_declaration_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        made(tmp_path, {"mldebt.toml": text, "a.py": ""})
