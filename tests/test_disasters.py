"""The three disasters of the taxonomy: what tells of each before it happens, and that it is quiet after the repair."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldebt.config import Flags
from mldebt.model import Severity
from mldebt.run import Request, execute
from tests.expectations import heard, sites, take

PROJECTS = Path(__file__).parent.parent / "fixtures" / "projects"

TOLD = {
    "catalogue-restructure": {"THR008", "BIZ001"},  # category ids in code, on the day that the catalogue changes
    "fraud-decay": {"OPS001", "OPS002", "OPS004", "TST005", "THR001"},  # from 95 % to 72 % with nobody watching
    "clinical-feed": {"DAT002", "DAT006", "GLU003"},  # a feed that changes its columns, in silence
}


@pytest.mark.parametrize("disaster", TOLD)
def test_it_is_told_of_before(disaster: str, tmp_path: Path) -> None:
    root, expected = take(PROJECTS / f"{disaster}-before", tmp_path)
    outcome = execute(Request(root, root=str(root), flags=Flags(jobs=1)))
    assert {code for _, _, code in expected} == TOLD[disaster]
    assert {site for site in sites(outcome) if site[2] in TOLD[disaster]} == expected
    assert outcome.run.notices == ()


@pytest.mark.parametrize("disaster", TOLD)
def test_it_is_quiet_after_the_repair(disaster: str, tmp_path: Path) -> None:
    root, expected = take(PROJECTS / f"{disaster}-after", tmp_path)
    outcome = execute(Request(root, root=str(root), flags=Flags(jobs=1)))
    assert expected == set()
    assert [site for site in sites(outcome) if site[2] in TOLD[disaster]] == []
    assert [each for each in heard(outcome) if each.severity.at_least(Severity.WARNING)] == []
    assert outcome.run.notices == ()


@pytest.mark.parametrize("disaster", TOLD)
def test_strict_says_it_aloud(disaster: str, tmp_path: Path) -> None:
    root, _ = take(PROJECTS / f"{disaster}-before", tmp_path)
    outcome = execute(Request(root, root=str(root), flags=Flags(jobs=1, profile="strict")))
    absences = {each.code: each.severity for each in heard(outcome) if each.code in {"OPS001", "OPS004", "TST005"}}
    assert set(absences.values()) <= {Severity.WARNING}
    assert bool(absences) == (disaster == "fraud-decay")
