"""DAT001: data goes from where it is read to a model, and nothing looks at what it is."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.gate import Gate
from mldebt.model import Confidence, Outcome
from mldebt.terms import TRUE, GivesData, IsMachineLearning, LooksAtData, Term, all_of, negate
from mldebt.traits.steps import LEARNING, TABLE_READS


class LoadToFitUnvalidated(Rule):
    """Told where the data is read; where a function of another file reads it, where that is called."""

    opened_by = Gate(words=LEARNING)

    @on(cst.Call, called=TABLE_READS, called_in=("data-loads",))
    def load(self, node: cst.Call, at: At) -> Iterator[Hit]:
        for number, load in at.story.loads.items():
            if load.node is node and number in at.story.learnt:
                yield from _hits(node, number, TRUE, at)
                return

    @on(cst.Call, called={"fit", "train"})
    def fit(self, node: cst.Call, at: At) -> Iterator[Hit]:
        for number, call in at.story.imported.items():
            if at.story.learnt.get(number) is node and at.origins.may_be_own(at.reference(call.func)):
                yield from _hits(call, number, GivesData(at.path, at.reference(call.func)), at)


def _hits(call: cst.Call, number: int, reads: Term, at: At) -> Iterator[Hit]:
    story = at.story
    if number in story.checked or story.sealed:
        return
    looked_at = (negate(LooksAtData(at.path, each)) for each in story.handed.get(number, ()))
    when = all_of(IsMachineLearning(at.path), reads, *looked_at)
    yield Hit(
        call,
        {"call": call.func},
        outcomes=(Outcome(when, Confidence.MEDIUM),),
        related=((story.learnt[number], "a model is given it here"),),
    )
