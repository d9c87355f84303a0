"""DAT009: a model is trained on what another model answers."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome


class ModelOnModel(Rule):
    @on(cst.Call, called=("fit",))
    def call(self, node: cst.Call, at: At) -> Iterator[Hit]:
        if not isinstance(node.func, cst.Attribute) or not node.args:
            return
        story = at.story
        for fit in story.fits:
            if fit.node is not node or fit.kind != "model":
                continue
            asked = [story.answers[number] for number in sorted(fit.data.answers | fit.target.answers)]
            other = [each for each in asked if each.learner != fit.learner]
            if other:
                yield Hit(
                    node,
                    {"fit": node.func, "other": other[0].node.func},
                    outcomes=(Outcome(confidence=Confidence.MEDIUM),),
                    related=((other[0].node, "the other model answers here"),),
                )
            return
