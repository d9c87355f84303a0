"""THR001: a model score is compared with a number written in the code."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Number, Rule, on
from mldebt.model import Confidence, Outcome, Severity
from mldebt.traits.display import is_display
from mldebt.traits.scores import Score, is_ordinary, read_score, sure

_ORDERINGS = (cst.LessThan, cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual)


class HardCodedScoreThreshold(Rule):
    @on(cst.Comparison)
    def compare(self, node: cst.Comparison, at: At) -> Iterator[Hit]:
        if any(not isinstance(target.operator, _ORDERINGS) for target in node.comparisons):
            return
        operands = [node.left, *(target.comparator for target in node.comparisons)]
        for left, right in zip(operands, operands[1:]):
            for scored, limit in ((left, right), (right, left)):
                found = self._threshold(scored, limit, at)
                if found is not None:
                    yield self._hit(node, scored, *found, at)
                    return

    def _threshold(self, scored: cst.BaseExpression, limit: cst.BaseExpression, at: At) -> tuple[Score, Number] | None:
        number = at.number(limit)
        if number is None or number.value == 100 or is_ordinary(number.value, frozenset(self.options["allowed-literals"])):
            return None
        if number.name and at.names.read(number.name).threshold:
            return None  # a named threshold is threshold-constant's business
        if at.number(scored) is not None:
            return None
        score = read_score(at.interpreter.evaluator, at.vocabulary, scored, number.value, f"{at.path}.{at.symbol}")
        return None if score is None else (score, number)

    def _hit(self, node: cst.Comparison, scored: cst.BaseExpression, score: Score, number: Number, at: At) -> Hit:
        high, medium, low = sure(score, at.path, self.options["min-weight"])
        variant, severity = "", None
        if is_display(at.parents, at.vocabulary):
            variant, severity = "display", Severity.NOTE
        elif at.klass is not None and at.symbol.endswith(".predict") and number.value == 0.5:
            variant, severity = "classifier-default", Severity.NOTE
        return Hit(
            node,
            {"score": scored, "value": number.text},
            variant=variant,
            outcomes=(
                Outcome(high, Confidence.HIGH, severity),
                Outcome(medium, Confidence.MEDIUM, severity),
                Outcome(low, Confidence.LOW, severity),
            ),
            concept=f"threshold:{score.concept}",
            value=number.text,
            flow=score.evidence.path if score.flows else (),
        )
