"""The evidence sheet: what the code shows for each test of the ML Test Score, and one row a model.

Nothing here is a verdict. "Found" names places, "declared" repeats the configuration, "not found" means
that nothing of the kind is in the repository, and what code cannot show says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from mldebt.config import Declaration
from mldebt.looks import Looks, Spot
from mldebt.model import Finding
from mldebt.model_rows import ModelRow, model_rows
from mldebt.project import Project
from mldebt.score import ScoreTest, load

MAX_SITES = 3  # places that a test of the sheet names

FOUND, DECLARED, EXPIRED, MISSING, UNSEEN = (
    "found",
    "declared",
    "declaration expired",
    "not found",
    "not statically visible",
)


class Answer(Struct, frozen=True):
    """What is known of one test."""

    test: ScoreTest
    state: str
    spots: tuple[Spot, ...] = ()
    said: str = ""  # where it is, or why it cannot be seen


class Sheet(Struct, frozen=True):
    answers: tuple[Answer, ...]
    models: tuple[ModelRow, ...]
    declarations: tuple[Declaration, ...] = ()


def evidence(project: Project, findings: Sequence[Finding], today: date) -> Sheet:
    """The sheet of a project whose run gave ``findings``."""
    looks = Looks(project, findings)
    declared = project.config.evidence
    answers = tuple(_answer(test, looks, declared, today) for test in load())
    return Sheet(answers, tuple(model_rows(project, declared, today)), declared)


def _answer(test: ScoreTest, looks: Looks, declared: Sequence[Declaration], today: date) -> Answer:
    spots = tuple(dict.fromkeys(looks.of(test.look)))[:MAX_SITES] if test.look else ()
    if spots:
        return Answer(test, FOUND, spots)
    said = [each for each in declared if each.topic == test.topic]
    if said:
        valid = [each for each in said if not each.until or each.until >= today.isoformat()]
        words = "; ".join(f"{each.name}: {each.elsewhere}" for each in valid or said)
        return Answer(test, DECLARED if valid else EXPIRED, said=words)
    return Answer(test, MISSING if test.look else UNSEEN, said=test.why)
