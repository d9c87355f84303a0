"""A test that a score decides: which score, against what."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import libcst as cst
from msgspec import Struct

from mldebt.syntax.asked import is_truth
from mldebt.terms import FALSE, Carries, Term, any_of
from mldebt.traits.evaluate import Evaluator
from mldebt.traits.scores import read_score
from mldebt.traits.values import BY_FLOW, Evidence, Trait
from mldebt.vocabulary import Vocabulary

_ORDERINGS = frozenset({cst.LessThan, cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual})
_OF_MODELS = frozenset({"metric", "drift"})
_FRACTION = 0.5  # stands for a limit that is a name: what has a limit is all the more a score


class Decided(Struct, frozen=True):
    """A score that is compared with a limit. ``literal``: the limit is a number written in the code;
    ``asked``: what other files must say for it to be a model's answer, whatever it is called."""

    score: cst.BaseExpression
    weight: int
    evidence: Evidence
    literal: bool
    asked: Term = FALSE

    @property
    def flows(self) -> bool:
        """Known by where the score comes from."""
        return self.evidence.weight >= BY_FLOW


def may_decide(test: cst.BaseExpression) -> bool:
    """Can a score decide ``test``, by its form?"""
    for each in _parts(test):
        if type(each) is cst.Name or type(each) is cst.Attribute:
            return True
        if type(each) is cst.Comparison and type(each.comparisons[0].operator) in _ORDERINGS:
            return True
    return False


class ScoredTests(Struct, frozen=True):
    """Reads the tests of one file; ``path`` is the file's, for what other files must be asked."""

    evaluator: Evaluator
    vocabulary: Vocabulary
    path: str

    def decided(self, test: cst.BaseExpression, symbol: str) -> Decided | None:
        """The surest score that ``test`` compares with a limit; ``symbol`` is the function it stands in.
        A test on model quality or on drift alone (accuracy below 0.8) judges the model and decides about nobody."""
        around = f"{self.path}.{symbol}"
        found = [decided for part in _parts(test) for decided in self._compared(part, around)]
        deciding = [each for each in found if each.evidence.kind not in _OF_MODELS]
        return max(deciding, key=lambda each: each.weight, default=None)

    def _compared(self, node: cst.BaseExpression, around: str) -> Iterator[Decided]:
        if isinstance(node, (cst.Name, cst.Attribute)):
            evidence = self.evaluator.value(node).traits.get(Trait.DECISION)
            if evidence is not None:  # risky = score > 0.8; if risky: ...
                yield Decided(node, evidence.weight, evidence, literal=True)
        elif type(node) is cst.Comparison and all(type(each.operator) in _ORDERINGS for each in node.comparisons):
            operands = [node.left, *(each.comparator for each in node.comparisons)]
            for left, right in pairwise(operands):
                for scored, limit in ((left, right), (right, left)):
                    decided = self._score(scored, limit, around)
                    if decided is not None:
                        yield decided

    def _score(self, scored: cst.BaseExpression, limit: cst.BaseExpression, around: str) -> Decided | None:
        value, bound = self.evaluator.value(scored), self.evaluator.value(limit)
        if value.literal is not None or Trait.RANDOM in bound.traits:
            return None
        literal = isinstance(bound.constant, (int, float)) and bound.literal is not None
        if not literal and Trait.SCORE in bound.traits:
            return None  # two scores: the better one wins, nobody's limit decides
        prediction = value.traits.get(Trait.PREDICTION)
        if prediction is not None and prediction.weight >= BY_FLOW:
            return Decided(scored, prediction.weight, prediction, literal)
        amount = bound.constant if isinstance(bound.constant, (int, float)) else _FRACTION
        score = read_score(self.evaluator, self.vocabulary, scored, amount, around)
        asked = FALSE if score is not None and score.flows else self._asked(value.reference)
        if literal and amount == 0 and not (score is not None and score.flows):
            return None  # is there any: a limit would be somewhere in between
        if score is not None:
            return Decided(scored, score.weight, score.evidence, literal, asked)
        return None if asked == FALSE else Decided(scored, 0, Evidence(0), literal, asked)

    def _asked(self, reference: str) -> Term:
        """What other files must say for what is had from them to be what a model gives."""
        if not self.evaluator.origins.may_be_own(reference):
            return FALSE
        return any_of(*(Carries(self.path, reference, trait.value) for trait in (Trait.SCORE, Trait.PREDICTION)))


def _parts(test: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """The operands of ``and``, ``or`` and ``not``, in ``bool(...)`` as well; those of ``&`` and ``|`` between masks."""
    stack = [test]
    while stack:
        node = stack.pop()
        if type(node) is cst.BooleanOperation or (
            type(node) is cst.BinaryOperation and isinstance(node.operator, (cst.BitAnd, cst.BitOr))
        ):
            stack.extend((node.right, node.left))
        elif type(node) is cst.UnaryOperation:
            stack.append(node.expression)
        elif type(node) is cst.Call and is_truth(node):
            stack.append(node.args[0].value)
        else:
            yield node


def comparands(test: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """What the comparisons in ``test`` hold against each other."""
    for part in _parts(test):
        if type(part) is cst.Comparison:
            yield part.left
            yield from (each.comparator for each in part.comparisons)
