"""How loud a rule is by default, and what reading its findings has earned it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mldebt.catalogue import load
from mldebt.model import Severity
from mldebt.rule_spec import RuleSpec

READ = ("THR", "BIZ", "ENV", "FLG")  # the families whose findings are read one by one
LEAST = 0.81  # the lower bound of 46 right of 50
REPOSITORIES = 5
BENCHMARK = Path(__file__).parent.parent / "benchmarks" / "accuracy"
SPECS = [spec for spec in load().specs if spec.family in READ]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.code)
def test_a_rule_is_as_loud_as_it_was_right(spec: RuleSpec) -> None:
    loudest = min((spec.severity, *(level for _, level in spec.roles)), key=lambda each: each.rank)
    if loudest is Severity.NOTE:
        return
    assert spec.accuracy is not None, "nobody has read its findings"
    assert spec.accuracy.loud is not None, "nobody has read the loud ones"
    assert spec.accuracy.loud.low >= LEAST
    assert spec.accuracy.fresh is not None
    assert spec.accuracy.fresh.repositories >= REPOSITORIES


def test_judged_findings_are_places_and_verdicts_and_hold_no_code() -> None:
    rows = [json.loads(line) for line in (BENCHMARK / "judged.jsonl").read_text("utf-8").splitlines()]
    wanted = {"repo", "commit", "path", "line", "code", "severity", "verdict", "reader", "why"}
    assert all(wanted <= set(row) <= wanted | {"fresh"} for row in rows)
    assert {row["verdict"] for row in rows} == {"right", "wrong", "unsure"}
    assert max(len(row["why"]) for row in rows) <= 160
