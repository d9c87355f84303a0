"""DAT009: a model is trained on what another model answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.syntax.names import last_name
from mldebt.traits.lineage import Answer
from mldebt.vocabulary import tokenise


class ModelOnModel(Rule):
    @on(cst.Call, called=("fit", "train"))
    def call(self, node: cst.Call, at: At) -> Iterator[Hit]:
        if not node.args:
            return
        words = at.vocabulary.words
        story = at.story
        for fit in story.fits:
            if fit.node is not node or fit.kind != "model":
                continue
            said = {fit.name, *tokenise(fit.name), *tokenise(_learner(node)), *tokenise(at.path)}
            if words("calibrators") & said:
                return  # it is there to be fitted on answers, and is fitted anew with the model
            asked = [story.answers[number] for number in sorted(fit.data.answers | fit.target.answers)]
            other = [each for each in asked if each.learner != fit.learner and not _gives_codes(each, words)]
            if other:
                yield Hit(
                    node,
                    {"fit": node.func, "other": other[0].node.func},
                    outcomes=(Outcome(confidence=Confidence.MEDIUM),),
                    related=((other[0].node, "the other model answers here"),),
                )
            return


def _learner(node: cst.Call) -> str:
    return last_name(node.func.value) if type(node.func) is cst.Attribute else ""


def _gives_codes(answer: Answer, words: Callable[[str], frozenset[str]]) -> bool:
    """Is what is asked a part of the network in front, whose answer is no verdict but a representation?"""
    func = answer.node.func
    asked = last_name(func.value) if type(func) is cst.Attribute else last_name(func)
    return bool(words("representations") & set(tokenise(asked)))
