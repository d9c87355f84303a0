"""DOC002: a comment in an ML module admits that something is not as it should be."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.traits.admissions import admitted
from mldebt.vocabulary import tokenise

_EXERCISES = frozenset({"exercise", "exercises", "homework", "homeworks", "assignment", "assignments", "kata", "katas"})
LONGEST = 70  # characters of a comment in a message


class SelfAdmittedMlDebt(Rule):
    @on(cst.Module)
    def module(self, node: cst.Module, at: At) -> Iterator[Hit]:
        if _EXERCISES & set(tokenise(at.path)):
            return  # what is left for others to do
        outcomes = (Outcome(at.machine_learning, Confidence.HIGH),)
        for block in at.comments:
            said = " ".join(comment.value.lstrip("#").strip() for comment in block)
            for comment in block:
                text = comment.value.lstrip("#: ").strip()
                if admitted(text, said, self.options["markers"]):
                    shortened = text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
                    yield Hit(comment, {"comment": shortened}, outcomes=outcomes)
                    break  # one admission, however many lines it takes
