"""THR009: a comment beside a threshold admits that the number is a guess."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on, spelled
from mldebt.gate import Gate
from mldebt.model import Confidence, Outcome
from mldebt.syntax.asked import binds_number, defaults_to_number, gives_number
from mldebt.syntax.names import number
from mldebt.traits.comments import comments_at
from mldebt.traits.scores import sure
from mldebt.traits.thresholds import Knob, assigned, read_threshold
from mldebt.vocabulary import tokenise

LONGEST = 80  # characters of a comment in a message


class ProvisionalThreshold(Rule):
    opened_by = Gate(tokens=("threshold-markers",))

    @on(cst.Comparison)
    def comparison(self, node: cst.Comparison, at: At) -> Iterator[Hit]:
        for cut in at.cuts(node):
            comment = _admission(node, at)
            if comment:
                high, medium, low = sure(cut.score, at.path)
                outcomes = (
                    Outcome(high, Confidence.HIGH),
                    Outcome(medium, Confidence.MEDIUM),
                    Outcome(low, Confidence.LOW),
                )
                yield self._hit(node, spelled(cut.literal), comment, cut.score.concept, outcomes)
            return

    @on(cst.Assign, cst.AnnAssign, like=binds_number)
    def constant(self, node: cst.Assign | cst.AnnAssign, at: At) -> Iterator[Hit]:
        for given in assigned(node):
            knob = read_threshold(at.vocabulary, given.name, given.value)
            yield from self._named(node, knob, given.literal, at)

    @on(cst.Param, like=defaults_to_number)
    def default(self, node: cst.Param, at: At) -> Iterator[Hit]:
        value = number(node.default) if node.default is not None else None
        if value is not None and node.default is not None:
            yield from self._named(node, read_threshold(at.vocabulary, node.name.value, value), node.default, at)

    @on(cst.Call, like=gives_number)
    def argument(self, node: cst.Call, at: At) -> Iterator[Hit]:
        for argument in at.passed(node):
            yield from self._named(argument.node, argument.knob, argument.literal, at)

    def _named(self, node: cst.CSTNode, knob: Knob | None, literal: cst.BaseExpression, at: At) -> Iterator[Hit]:
        comment = _admission(node, at) if knob is not None else ""
        if knob is not None and comment:
            yield self._hit(node, spelled(literal), comment, knob.concept, knob.outcomes(at.path))

    def _hit(self, node: cst.CSTNode, value: str, comment: str, concept: str, outcomes: tuple[Outcome, ...]) -> Hit:
        shortened = comment if len(comment) <= LONGEST else f"{comment[: LONGEST - 3]}..."
        return Hit(
            node,
            {"value": value, "comment": shortened},
            outcomes=outcomes,
            concept=f"threshold:{concept}",
            value=value,
        )


def _admission(node: cst.CSTNode, at: At) -> str:
    """The comment beside ``node`` that admits its number is provisional, "" when none does."""
    for comment in comments_at(node, at.parents):
        tokens = tokenise(comment)
        settled = at.vocabulary.found("threshold-marker-stops", tokens)
        if at.vocabulary.found("threshold-markers", tokens) and not settled:
            return comment
    return ""
