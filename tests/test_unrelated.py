"""Collections of programs that share nothing: what one of them lacks or says otherwise tells nothing of the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldebt.config import Flags
from mldebt.run import Request, execute
from mldebt.unrelated import MANY, unrelated

PROGRAM = """\
import joblib
from sklearn.ensemble import GradientBoostingClassifier

DEPTH = {number}


def predict(rows):
    return joblib.load("model-{number}.joblib").predict(rows)


if __name__ == "__main__":
    model = GradientBoostingClassifier(max_depth=DEPTH, learning_rate=0.{number}, random_state=1)
    model.fit([[0], [1]], [0, 1])
    joblib.dump(model, "model-{number}.joblib")
"""
JOINED = frozenset({"CFG002", "DOC001", "TST001", "TST004", "TST005"})


def said(root: Path) -> set[str]:
    outcome = execute(Request(root, root=str(root), flags=Flags(jobs=1, profile="strict")))
    return {finding.code for finding in outcome.run.findings} & JOINED


@pytest.mark.parametrize(("count", "expected"), [(3, JOINED), (MANY, frozenset())])
def test_a_collection_is_not_one_program(tmp_path: Path, count: int, expected: frozenset[str]) -> None:
    for number in range(1, count + 1):
        (tmp_path / f"competition_{number}.py").write_text(PROGRAM.format(number=number), encoding="utf-8")
    assert said(tmp_path) == expected


def test_who_shares_code_is_related() -> None:
    alone = [f"lesson{number}.py" for number in range(MANY)]
    bound = {"train.py", "model.py"}
    assert unrelated([*alone, *bound], bound, lambda path: ".") == set(alone)


def test_a_few_scripts_beside_an_application_are_its_own() -> None:
    alone = [f"script{number}.py" for number in range(MANY)]
    parts = [f"part{number}.py" for number in range(MANY + 1)]
    assert unrelated([*alone, *parts], set(parts), lambda path: ".") == set()
    assert unrelated(alone[1:], set(), lambda path: ".") == set()
