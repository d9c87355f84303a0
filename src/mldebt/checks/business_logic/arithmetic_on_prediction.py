"""BIZ003: a prediction is corrected by arithmetic with a number or a business quantity."""

from __future__ import annotations

import math
from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.syntax.names import number
from mldebt.traits.answers import Answer, read_answer
from mldebt.traits.arithmetic import (
    MONEY,
    Bent,
    bent,
    is_blended,
    is_centred,
    is_computing,
    is_distance,
    is_interval,
    is_kept,
    is_second_bound,
)
from mldebt.traits.values import BY_FLOW, Trait

LARGEST_SHIFT = 50  # whole numbers above are where a scale begins: degrees, years
_UNITS = frozenset({0, 1, -1, 2, 255, 256, 127.5, 1000, 1024, 60, 3600, 24, 180, 360})


class ArithmeticOnPrediction(Rule):
    @on(cst.BinaryOperation)
    def operation(self, node: cst.BinaryOperation, at: At) -> Iterator[Hit]:
        found = bent(node.operator, node.left, node.right, at.interpreter.evaluator)
        if found is None or not self._corrects(found) or self._goes_on(found, at):
            return
        answer = read_answer(at.interpreter.evaluator, at.path, found.answer)
        if answer is None or not self._counts(answer, found, at) or is_computing(at.symbol, at.vocabulary):
            return
        if is_blended(node, at.parents) or not is_kept(at.parents):
            return
        if (
            is_centred(node, at.parents)
            or is_second_bound(node, at.parents)
            or (not found.scales and is_distance(at.parents))
        ):
            return
        yield self._hit(node, node, answer, "interval" if is_interval(node, at.parents) else "", at)

    @on(cst.AugAssign)
    def augmented(self, node: cst.AugAssign, at: At) -> Iterator[Hit]:
        found = bent(node.operator, node.target, node.value, at.interpreter.evaluator)
        if found is None or found.answer is not node.target or not self._corrects(found):
            return
        answer = read_answer(at.interpreter.evaluator, at.path, node.target)
        if answer is None or not self._counts(answer, found, at) or is_computing(at.symbol, at.vocabulary):
            return
        yield self._hit(node, node, answer, "", at)

    def _goes_on(self, found: Bent, at: At) -> bool:
        """Is what is bent here bent already, ``p * 1.1`` of ``p * 1.1 - 0.99``? Then it is one correction. In
        ``p * 1.1 + fee`` the sum speaks."""
        inner = found.answer
        if type(inner) is not cst.BinaryOperation or (found.factor == MONEY and not found.scales):
            return False
        before = bent(inner.operator, inner.left, inner.right, at.interpreter.evaluator)
        return before is not None and self._corrects(before)

    def _corrects(self, found: Bent) -> bool:
        """A number that is no unit, or money."""
        if found.factor == MONEY:
            return True
        value = abs(found.factor)
        if found.factor in _UNITS or value in _UNITS or found.factor in self.options["allow-factors"]:
            return False
        if value == 0 or not math.isfinite(value) or math.log10(value).is_integer():
            return False
        return not found.scales or not _is_whole(found)  # a product with a whole number is a scale: stars, percent

    def _counts(self, answer: Answer, found: Bent, at: At) -> bool:
        """Sums are weaker signs than products: they need a prediction, not a name; and those with a whole number an
        estimate, not the number of a class."""
        if not found.scales and found.factor != MONEY and _is_whole(found):
            traits = at.value(found.answer).traits
            counted, score = traits.get(Trait.COUNT), traits.get(Trait.SCORE)
            known = [each for each in (counted, score) if each is not None and each.weight >= BY_FLOW]
            return answer.flows and not known and abs(found.factor) <= LARGEST_SHIFT
        return answer.flows or (found.scales and answer.weight >= 4) or answer.weight == 0

    def _hit(self, node: cst.CSTNode, shown: cst.CSTNode, answer: Answer, variant: str, at: At) -> Hit:
        return Hit(
            node,
            {"expression": shown},
            variant=variant,
            outcomes=answer.outcomes(at.path, at.model_code),
            value=_value(node),
            flow=answer.evidence.path if answer.flows else (),
        )


def _is_whole(found: Bent) -> bool:
    return float(found.factor).is_integer()


def _value(node: cst.CSTNode) -> str:
    side = node.value if type(node) is cst.AugAssign else node.right if type(node) is cst.BinaryOperation else node
    literal = number(side)
    return "" if literal is None else f"{literal:g}"
