"""DAT001: data goes from where it is read to a model, and nothing looks at what it is."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.gate import Gate
from mldebt.model import Confidence, Outcome
from mldebt.terms import IsMachineLearning
from mldebt.traits.steps import LEARNING


class LoadToFitUnvalidated(Rule):
    opened_by = Gate(words=LEARNING)

    @on(cst.Call, called_in=("data-loads",))
    def call(self, node: cst.Call, at: At) -> Iterator[Hit]:
        story = at.story
        for number, load in story.loads.items():
            if load.node is node and number in story.learnt and number not in story.checked:
                yield Hit(
                    node,
                    {"call": node.func},
                    outcomes=(Outcome(IsMachineLearning(at.path), Confidence.MEDIUM),),
                    related=((story.learnt[number], "a model is given it here"),),
                )
                return
