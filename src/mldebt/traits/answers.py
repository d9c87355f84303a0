"""Is an expression what a model said: a prediction, or a score of a model's own?"""

from __future__ import annotations

import libcst as cst
from msgspec import Struct

from mldebt.model import Confidence, Outcome, Severity
from mldebt.terms import FALSE, Carries, IsMachineLearning, Term, all_of, any_of
from mldebt.traits.evaluate import Evaluator
from mldebt.traits.values import BY_FLOW, MEASURES, Evidence, Trait, Value
from mldebt.vocabulary import tokenise

_PREDICTIONS = frozenset({"prediction", "predictions", "predicted", "forecast"})
STRONG = 6  # the weight from which a name alone says that it is a model's answer


class Answer(Struct, frozen=True):
    """What a model said. ``weight`` is 10 by flow, less by name; ``asked`` is what other files must say
    for it to be one by flow; ``handed``: it is a parameter that is called a prediction."""

    weight: int
    evidence: Evidence
    asked: Term = FALSE
    handed: bool = False

    @property
    def flows(self) -> bool:
        """Known by where it comes from."""
        return self.weight >= BY_FLOW

    def outcomes(self, path: str, model_code: Term, severity: Severity | None = None) -> tuple[Outcome, ...]:
        """How sure a rule is of a finding about this answer; names count only in model code."""
        if self.flows:
            return (Outcome(self.evidence.when, Confidence.HIGH, severity),)
        learning = IsMachineLearning(path)
        inside = learning if self.handed else all_of(learning, model_code)
        named = Outcome(inside, Confidence.MEDIUM if self.handed or self.weight >= STRONG else Confidence.LOW, severity)
        return (Outcome(self.asked, Confidence.HIGH, severity), named)


def read_answer(evaluator: Evaluator, path: str, node: cst.CSTNode) -> Answer | None:
    """What says that ``node`` is a model's answer, in the file ``path``; ``None`` when nothing does."""
    return answer_of(evaluator, path, evaluator.value(node))


def answer_of(evaluator: Evaluator, path: str, value: Value) -> Answer | None:
    """The same of a value."""
    if value.literal is not None or Trait.RANDOM in value.traits:
        return None
    prediction = value.traits.get(Trait.PREDICTION)
    counted = value.traits.get(Trait.COUNT)
    if counted is not None and (prediction is None or not _may_be_answer(counted)):
        return None
    if prediction is not None and prediction.weight >= BY_FLOW:
        return Answer(prediction.weight, prediction)
    score = value.traits.get(Trait.SCORE)
    if score is not None and score.kind in MEASURES:
        score = None
    if score is not None and score.weight >= BY_FLOW:
        return Answer(score.weight, score)
    asked: Term = FALSE
    if evaluator.origins.may_be_own(value.reference):
        carried = (Carries(path, value.reference, trait.value) for trait in (Trait.PREDICTION, Trait.SCORE))
        asked = any_of(*carried)
    if score is not None:
        handed = value.parameter >= 0 and bool(_PREDICTIONS & set(tokenise(score.detail)))
        return Answer(score.weight, score, asked, handed)
    return None if asked == FALSE else Answer(0, Evidence(0), asked)


def _may_be_answer(counted: Evidence) -> bool:
    """Is it a count only by its name (``minutes``), or the place of the largest, which is the class?"""
    return counted.weight < BY_FLOW or counted.detail.rpartition(".")[2] == "argmax"
