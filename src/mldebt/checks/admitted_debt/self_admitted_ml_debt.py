"""DOC002: a comment in an ML module admits that something is not as it should be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome, Role
from mldebt.syntax.comments import said
from mldebt.terms import HasRole, IsMachineLearning, Term, all_of
from mldebt.traits.admissions import Admission, admitted
from mldebt.vocabulary import tokenise

_EXERCISES = frozenset({"exercise", "exercises", "homework", "homeworks", "assignment", "assignments", "kata", "katas"})
_AT_WORK = (Role.TRAIN.value, Role.SERVE.value, Role.PIPELINE.value)
LONGEST = 70  # characters of a comment in a message


class SelfAdmittedMlDebt(Rule):
    @on(cst.Module)
    def module(self, node: cst.Module, at: At) -> Iterator[Hit]:
        if _EXERCISES & set(tokenise(at.path)):
            return  # what is left for others to do
        for block in at.comments:
            lines = [said(comment) for comment in block]
            for comment, line in zip(block, lines, strict=True):
                text = line.lstrip(": ")
                admission = admitted(text, lines, self.options["markers"])
                if admission is not None:
                    shortened = text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
                    outcomes = (Outcome(_matters(admission, lines, at), Confidence.HIGH),)
                    yield Hit(comment, {"comment": shortened}, outcomes=outcomes)
                    break  # one admission, however many lines it takes


def _matters(admission: Admission, lines: Sequence[str], at: At) -> Term:
    """Is it about a model or its data: by what it says, or by where it stands? A wish that speaks of neither has
    to stand where a model is trained or served; anything else in a module that works with one."""
    if at.vocabulary.words("debt-subjects") & {token for line in lines for token in tokenise(line)}:
        return at.machine_learning
    directly = IsMachineLearning(at.path, directly=True)
    return directly if admission is Admission.WRONG else all_of(directly, HasRole(at.path, _AT_WORK))
