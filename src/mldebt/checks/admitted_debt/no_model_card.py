"""DOC001: a model is saved, and no page says what it is, what it was trained on and where it ends."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.facts.acts import Act
from mldebt.facts.functions import FunctionFact
from mldebt.facts.workflow import Document
from mldebt.model import Confidence, Outcome
from mldebt.practices import SAVE, practices, where
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule
from mldebt.vocabulary import tokenise

ENOUGH = 2  # of the topics data, metrics and limits, beside the model


class NoModelCard(ProjectRule):
    """One hit a component: the first place where a trained model is kept, when there is no model card and no
    README whose headings speak of the model and of its data, its metrics or its limits."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        known = practices(project)
        described = [path for path, each in project.facts(Document) if _describes(each)]
        saves: dict[str, Act] = {}
        for path in known.trainers:
            for act in known.acts_of(SAVE, [path]):
                saves.setdefault(project.component(path), act)
        written = [*described, *_written(project)] if saves else []
        for component, act in sorted(saves.items()):
            if not any(known.near(act.place.path, page) for page in written):
                yield ProjectHit(
                    sites=(where(act),),
                    key=component,
                    fields={"call": act.name},
                    outcome=Outcome(confidence=Confidence.MEDIUM),
                )


def _written(project: Project) -> Iterator[str]:
    """The files with a function that writes a model card, or that call one."""
    for path, function in project.facts(FunctionFact):
        names = (function.name, *(each.rpartition(".")[2] for each in function.calls))
        if any("card" in name.lower() and {"card", "model"} <= set(tokenise(name)) for name in names):
            yield path


def _describes(page: Document) -> bool:
    topics = set(page.topics)
    if page.kind == "model-card":
        return True
    return page.kind == "readme" and "model" in topics and len(topics) >= ENOUGH
