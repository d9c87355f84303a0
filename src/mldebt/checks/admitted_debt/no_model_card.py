"""DOC001: a model is saved, and no page says what it is, what it was trained on and where it ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mldebt.facts.acts import Act
from mldebt.facts.functions import FunctionFact
from mldebt.facts.workflow import Document
from mldebt.model import Confidence, Outcome
from mldebt.practices import SAVE, practices, where
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule
from mldebt.reads import of_each_file
from mldebt.vocabulary import Vocabulary, tokenise

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
        written = [*described, *project.answering(_writes_card)] if saves else []
        for component, act in sorted(saves.items()):
            if not any(known.near(act.place.path, page) for page in written):
                yield ProjectHit(
                    sites=(where(act),),
                    key=component,
                    fields={"call": act.name},
                    outcome=Outcome(confidence=Confidence.MEDIUM),
                )


@of_each_file(FunctionFact)
def _writes_card(path: str, functions: Sequence[FunctionFact], words: Vocabulary) -> bool:
    """Has the file a function that writes a model card, or does it call one?"""
    names = (name for each in functions for name in (each.name, *(call.rpartition(".")[2] for call in each.calls)))
    return any("card" in name.lower() and {"card", "model"} <= set(tokenise(name)) for name in names)


def _describes(page: Document) -> bool:
    topics = set(page.topics)
    if page.kind == "model-card":
        return True
    return page.kind == "readme" and "model" in topics and len(topics) >= ENOUGH
