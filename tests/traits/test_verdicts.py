"""What counts as a decision of the business, and what is a label, a message or a class."""

from __future__ import annotations

import libcst as cst
import pytest

from mldebt import vocabulary
from mldebt.traits.verdicts import Verdict, Verdicts


def of_branch(body: str) -> Verdict | None:
    node = cst.parse_statement(f"if x:\n    {body}\n")
    assert isinstance(node, cst.If)
    return Verdicts(vocabulary.load()).of_suite(node.body)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return 'approved'", ("approved",)),
        ("outcome = 'Manual Review'", ("manual_review",)),
        ("outcome: str = 'High Risk - Reject'", ("high_risk", "reject")),
        ("return Decision.DECLINE", ("decline",)),
        ("return REJECTED", ("rejected",)),
        ("return {'decision': 'deny', 'score': p}", ("deny",)),
        ("return {'eligible': False}", ("eligible",)),
        ("return Answer(outcome='blocked')", ("blocked",)),
        ("return ('refused', p)", ("refused",)),
        ("return 'approve' if p > 0.5 else 'reject'", ("approve",)),
        ("return f'REJECTED: {p}'", ("rejected",)),
        ("approved = True", ("approved",)),
        ("row['flagged'] = True", ("flagged",)),
        ("queue.append('escalate')", ("escalate",)),
        ("block_account(user)", ("block",)),
        ("raise LoanDenied(user)", ("denied",)),
    ],
)
def test_a_verdict_is_read(body: str, words: tuple[str, ...]) -> None:
    found = of_branch(body)

    assert found is not None
    assert found.words == words


@pytest.mark.parametrize(
    "body",
    [
        "return 'cat'",
        "return 'the model is not good enough to be approved for release'",
        "return 'code_block'",
        "return '/review/path'",
        "flag = True",
        "is_fraud = True",
        "return approve",
        "layer.block = True",
        "raise ValueError('rejected')",
        "logger.info('blocked')",
        "flag(user)",
        "pass",
    ],
)
def test_what_only_holds_the_word_is_none(body: str) -> None:
    assert of_branch(body) is None


def test_a_boolean_says_its_name() -> None:
    found = of_branch("approved = False")

    assert found is not None
    assert found.name == "approved = False"
