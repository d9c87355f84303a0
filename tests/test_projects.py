"""Whole small repositories: what is reported is what their lines say, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mldebt.config import Flags
from mldebt.model import Severity
from mldebt.run import Outcome, Request, execute
from tests.expectations import Site, heard, sites, take

PROJECTS = Path(__file__).parent.parent / "fixtures" / "projects"
IN_DEBT = PROJECTS / "credit-service"
CLEAN = PROJECTS / "clean-service"


def check(root: Path, *paths: str, jobs: int = 1) -> Outcome:
    return execute(Request(root, paths or (".",), flags=Flags(jobs=jobs)))


@pytest.fixture(scope="module")
def in_debt(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[Site], Outcome]:
    root, expected = take(IN_DEBT, tmp_path_factory.mktemp("projects"))
    return root, expected, check(root)


def test_the_project_in_debt_reports_what_its_lines_say(in_debt: tuple[Path, set[Site], Outcome]) -> None:
    _, expected, outcome = in_debt
    found = sites(outcome)
    assert sorted(found - expected) == [], "reported, but not expected"
    assert sorted(expected - found) == [], "expected, but not reported"


def test_every_rule_of_the_first_families_is_shown(in_debt: tuple[Path, set[Site], Outcome]) -> None:
    _, expected, _ = in_debt
    wanted = "THR001 THR003 THR004 THR006 BIZ002 BIZ003 BIZ004 ENV001 ENV005 ENV006 FLG001 FLG008 PIN001 PIN003 PIN008"
    assert set(wanted.split()) <= {code for _, _, code in expected}


def test_every_file_was_read(in_debt: tuple[Path, set[Site], Outcome]) -> None:
    _, _, outcome = in_debt
    assert outcome.run.notices == ()
    assert outcome.run.summary.not_analysed == 0


def test_a_score_from_another_file_shows_its_way(in_debt: tuple[Path, set[Site], Outcome]) -> None:
    _, _, outcome = in_debt
    nightly = [each for each in heard(outcome) if each.place.path.endswith("nightly.py") and each.code == "THR001"]
    assert [each.flow != () for each in nightly] == [True]


def test_a_scattered_flag_names_its_other_files(in_debt: tuple[Path, set[Site], Outcome]) -> None:
    _, _, outcome = in_debt
    (flag,) = [each for each in heard(outcome) if each.code == "FLG001"]
    folder = "src/credit_service"
    others = {f"{folder}/features.py", f"{folder}/jobs/nightly.py", f"{folder}/train.py"}
    assert others <= {related.place.path for related in flag.related}


@pytest.mark.parametrize("folder", ["src/credit_service/jobs", "requirements"])
def test_a_folder_shows_its_part_of_the_whole(in_debt: tuple[Path, set[Site], Outcome], folder: str) -> None:
    root, expected, outcome = in_debt
    inside = {site for site in sites(check(root, folder)) if site[0].startswith(f"{folder}/")}
    assert inside == {site for site in sites(outcome) if site[0].startswith(f"{folder}/")}
    assert inside == {site for site in expected if site[0].startswith(f"{folder}/")}


def test_workers_change_nothing(in_debt: tuple[Path, set[Site], Outcome]) -> None:
    root, _, outcome = in_debt
    assert check(root, jobs=2).run.findings == outcome.run.findings


def test_the_project_that_paid_is_clean(tmp_path: Path) -> None:
    root, expected = take(CLEAN, tmp_path)
    outcome = check(root)
    assert expected == set()
    assert [each for each in heard(outcome) if each.severity.at_least(Severity.WARNING)] == []
    assert outcome.run.notices == ()


def test_the_notebook_is_one(in_debt: tuple[Path, set[Site], Outcome]) -> None:
    """Its expectations stand in JSON strings: the fixture is only worth something while it parses."""
    root, expected, _ = in_debt
    notebook = root / "notebooks" / "cut.ipynb"
    assert json.loads(notebook.read_text("utf-8"))["nbformat"] == 4
    assert {code for path, _, code in expected if path.endswith(".ipynb")} == {"ENV006", "THR001"}


WORKFLOWS = (
    "conda-app", "docker-multi-stage", "hatch-app", "library", "mlflow-project", "notebook-only", "pdm-app",
    "pip-tools-app", "pipenv-app", "poetry-app", "train-and-serve", "uv-workspace",
)  # fmt: skip


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_way_to_manage_packages(name: str, tmp_path: Path) -> None:
    """All that is said of versions, and nothing but what the lines say."""
    root, expected = take(PROJECTS / name, tmp_path)
    outcome = execute(Request(root, root=str(root), flags=Flags(jobs=1)))
    found = {site for site in sites(outcome) if site[2].startswith("PIN")}
    assert sorted(found - expected) == [], "reported, but not expected"
    assert sorted(expected - found) == [], "expected, but not reported"
    assert outcome.run.notices == ()
