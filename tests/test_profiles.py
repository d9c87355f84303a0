"""Profiles: which rules are silent, and how loud the others are, for whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldebt import catalogue, profiles, selectors
from mldebt.config import Flags
from mldebt.errors import ConfigError
from mldebt.model import Outcome, Role, Severity
from mldebt.rule_spec import FAMILIES, RuleSpec
from mldebt.run import Request, execute

SPECS = catalogue.load().specs
ALL = tuple(profiles.load().values())

API = """
import joblib
from fastapi import FastAPI

app = FastAPI()
model = joblib.load("churn.joblib")


@app.post("/churn")
def churn(row: list[float]):
    return {"churn": float(model.predict([row])[0])}
"""


def severities(root: Path, **flags: object) -> dict[str, Severity]:
    outcome = execute(Request(root, root=str(root), flags=Flags(jobs=1, **flags)))  # type: ignore[arg-type]  # by name
    return {finding.code: finding.severity for finding in outcome.run.findings}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "api.py").write_text(API, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("profile", ALL, ids=lambda profile: profile.name)
def test_every_selector_means_a_rule(profile: profiles.Profile) -> None:
    for selector in (*profile.silent, *profile.notes, *profile.warnings):
        assert selector in FAMILIES or selectors.meant(selector, SPECS), selector


def test_the_default_changes_nothing() -> None:
    default = profiles.load()[profiles.DEFAULT]
    for spec in SPECS:
        for role, severity in spec.roles:
            assert default.heard(spec, role, severity) is severity


@pytest.mark.parametrize("spec", [spec for spec in SPECS if spec.absence], ids=lambda spec: spec.code)
def test_what_is_not_there_is_a_note_and_in_strict_a_warning(spec: RuleSpec) -> None:
    assert spec.severity is Severity.NOTE
    assert {severity for _, severity in spec.roles} == {Severity.NOTE}
    strict = profiles.load()["strict"]
    assert all(strict.heard(spec, role, severity) is Severity.WARNING for role, severity in spec.roles)


def test_a_run_is_as_loud_as_its_profile(project: Path) -> None:
    assert severities(project)["OPS001"] is Severity.NOTE
    assert severities(project, profile="strict")["OPS001"] is Severity.WARNING
    assert severities(project, profile="serving")["OPS002"] is Severity.WARNING
    assert "OPS001" not in severities(project, profile="research")


def test_what_is_declared_to_be_elsewhere_is_not_missed_until_its_last_day(project: Path) -> None:
    declared = '[evidence.churn]\nmonitoring = { elsewhere = "dashboard 12"%s }\n'
    for ending, silent in (("", True), (", until = 2099-12-31", True), (", until = 2020-01-31", False)):
        (project / "mldebt.toml").write_text(declared % ending, encoding="utf-8")
        assert ("OPS001" not in severities(project)) is silent
        assert "OPS002" in severities(project), "another topic"


def test_a_declaration_for_a_component_is_heard_in_it_alone(project: Path) -> None:
    for name in ("api", "web"):
        (project / name).mkdir()
        (project / name / "api.py").write_text(API, encoding="utf-8")
    parts = "".join(f'[[component]]\nname = "{name}"\npaths = ["{name}/"]\n' for name in ("api", "web"))
    (project / "api.py").unlink()
    (project / "mldebt.toml").write_text(
        f'{parts}[evidence.api]\nmonitoring = {{ elsewhere = "dashboard 12" }}\n', encoding="utf-8"
    )
    outcome = execute(Request(project, root=str(project), flags=Flags(jobs=1)))
    assert [each.place.path for each in outcome.run.findings if each.code == "OPS001"] == ["web/api.py"]


def test_a_component_has_a_profile_of_its_own(project: Path) -> None:
    (project / "api").mkdir()
    (project / "api.py").rename(project / "api" / "api.py")
    (project / "mldebt.toml").write_text(
        '[[component]]\nname = "api"\npaths = ["api/"]\nprofile = "serving"\n', encoding="utf-8"
    )
    outcome = execute(Request(project, root=str(project), flags=Flags(jobs=1)))
    assert {finding.code: finding.severity for finding in outcome.run.findings}["OPS001"] is Severity.WARNING
    assert outcome.run.summary.profile == "default, serving for api"


def test_the_configuration_has_the_last_word(project: Path) -> None:
    (project / "mldebt.toml").write_text('profile = "research"\n[severity]\nOPS001 = "error"\n', encoding="utf-8")
    found = severities(project)
    assert found["OPS001"] is Severity.ERROR
    assert "OPS002" not in found


def test_an_unknown_profile_is_told_with_its_place(project: Path) -> None:
    (project / "mldebt.toml").write_text('profile = "strickt"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"mldebt.toml:1:11: profile: .*did you mean 'strict'"):
        severities(project)


def test_a_role_may_whisper() -> None:
    spec = catalogue.load().by_code("GLU003")
    serving = profiles.load()["serving"]
    assert serving.heard(spec, Role.SERVE, Severity.NOTE) is Severity.WARNING
    assert serving.heard(spec, Role.TRAIN, Severity.ERROR) is Severity.NOTE
    assert Outcome().severity is None
