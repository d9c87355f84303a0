"""THR010: a quality gate compares a metric with a number written in the code."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on, spelled
from mldebt.model import Confidence, Outcome
from mldebt.syntax.names import last_name, number
from mldebt.traits.gates import gated, is_gate
from mldebt.traits.scores import is_ordinary, sure

LEAST = 5  # the weight from which a metric is probably one: a gate around it says so, too


class HardCodedQualityGate(Rule):
    @on(cst.Comparison)
    def compare(self, node: cst.Comparison, at: At) -> Iterator[Hit]:
        for cut in at.cuts(node):
            named = at.names.read(last_name(_behind_output(cut.scored))).kind
            if "metric" not in (cut.score.evidence.kind, named) or not is_gate(at.parents, at.vocabulary):
                return
            high, medium, low = sure(cut.score, at.path, LEAST)
            value = spelled(cut.literal)
            yield Hit(
                node,
                {"metric": cut.scored, "value": value},
                outcomes=(
                    Outcome(high, Confidence.HIGH),
                    Outcome(medium, Confidence.MEDIUM),
                    Outcome(low, Confidence.LOW),
                ),
                concept=f"threshold:{cut.score.concept}",
                value=value,
                flow=cut.score.evidence.path if cut.score.flows else (),
            )
            return

    @on(cst.Call, called_in=("gate-conditions",))
    def condition(self, node: cst.Call, at: At) -> Iterator[Hit]:
        """``ConditionLessThanOrEqualTo(left=JsonGet(...), right=6.0)``"""
        compared = gated(node, at.vocabulary)
        if compared is None:
            return
        metric, limit = compared
        amount = number(limit)
        if amount is not None and not is_ordinary(amount, frozenset()):
            fields: dict[str, str | cst.CSTNode] = {"metric": metric, "value": spelled(limit)}
            yield Hit(node, fields, outcomes=(Outcome(confidence=Confidence.HIGH),), value=spelled(limit))


def _behind_output(node: cst.BaseExpression) -> cst.BaseExpression:
    """The step ``f1`` of a pipeline, of its ``f1.output``."""
    return node.value if type(node) is cst.Attribute and node.attr.value == "output" else node
