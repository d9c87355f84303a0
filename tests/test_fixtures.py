"""Every rule on its fixtures: the bad ones are reported where their lines say, the good ones are silent."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mldebt import catalogue
from mldebt.config import Flags
from mldebt.rule_spec import RuleSpec
from mldebt.run import Request, execute
from tests.expectations import sites, take

STRICT = Flags(jobs=1, profile="strict")  # in which every rule speaks
FIXTURES = Path(__file__).parent.parent / "fixtures"
SPECS = {spec.name: spec for spec in catalogue.load().specs}
CASES = [
    pytest.param(SPECS[folder.name], case, id=f"{SPECS[folder.name].code}-{case.stem}")
    for folder in sorted(FIXTURES.glob("*/*"))
    if folder.parent.name != "projects" and folder.name in SPECS
    for case in sorted(folder.iterdir())
    if not case.name.startswith((".", "_")) and case.suffix != ".fixed"
]


@pytest.mark.parametrize(("spec", "case"), CASES)
def test_a_fixture_is_reported_as_its_lines_say(spec: RuleSpec, case: Path, tmp_path: Path) -> None:
    root, expected = take(case, tmp_path)
    wanted = {site for site in expected if site[2] == spec.code}
    assert bool(wanted) == case.name.startswith("bad"), "bad fixtures expect something, good ones nothing"
    outcome = execute(Request(root, root=str(root), flags=STRICT, today=date(2026, 11, 23)))
    assert not [notice for notice in outcome.run.notices if notice.fatal]
    assert {site for site in sites(outcome) if site[2] == spec.code} == wanted
    offered = {(each.code, recipe.name, recipe.safety) for each in outcome.run.findings for recipe in each.recipes}
    assert offered <= {(rule.code, fix.recipe, fix.safety) for rule in SPECS.values() for fix in rule.fixes}


def test_every_fixture_folder_belongs_to_a_rule() -> None:
    folders = {folder.name for folder in FIXTURES.glob("*/*") if folder.is_dir() and folder.parent.name != "projects"}
    assert folders <= set(SPECS)


@pytest.mark.parametrize("spec", [spec for spec in SPECS.values() if spec.family != "SUP"], ids=lambda spec: spec.code)
def test_a_rule_is_shown_from_all_sides(spec: RuleSpec) -> None:
    (folder,) = (each for each in FIXTURES.glob(f"*/{spec.name}") if each.parent.name != "projects")
    cases = [each for each in folder.iterdir() if not each.name.startswith((".", "_")) and ".fixed" not in each.name]
    bad, good = ([each for each in cases if each.name.startswith(kind)] for kind in ("bad", "good"))
    assert min(len(bad), len(good)) >= 3
    if spec.family in {"THR", "BIZ", "ENV", "FLG"}:  # what they are about crosses files
        assert any(each.is_dir() and sum(1 for file in each.rglob("*") if file.is_file()) > 1 for each in bad)
