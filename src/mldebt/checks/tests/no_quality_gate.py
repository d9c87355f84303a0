"""TST005: a model is saved or registered after training however good it is."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.facts.acts import Act
from mldebt.model import Confidence, Outcome
from mldebt.practices import FIT, SAVE, Practices, practices, where
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule
from mldebt.reads import Node
from mldebt.vocabulary import tokenise

_PUBLISHED = frozenset({"log_model", "register_model", "push_to_hub", "save_pretrained"})


class NoQualityGate(ProjectRule):
    """One hit a component: the first place where what was just trained is kept, when no comparison of a
    metric decides anything in the component."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        known = practices(project)
        fitting = {(each.place.path, each.symbol) for each in known.acts_of(FIT)}
        saves: dict[str, list[Act]] = {}
        for act in known.acts_of(SAVE):
            path = act.place.path
            if path in project.learning and not project.is_notebook(path) and _follows_training(known, act, fitting):
                saves.setdefault(project.component(path), []).append(act)
        for component, found in sorted(saves.items()):
            path = found[0].place.path
            if any(known.near(path, gate) for gate in known.gates) or _is_gated_by_name(known, path):
                continue
            found.sort(key=lambda act: (act.place.path, act.place.span))
            yield ProjectHit(
                sites=(where(found[0]),),
                key=component,
                fields={"call": found[0].name},
                outcome=Outcome(confidence=Confidence.MEDIUM),
                related=tuple(where(act) for act in found[1:6]),
            )


def _follows_training(known: Practices, act: Act, fitting: set[Node]) -> bool:
    """Does the function that keeps the model train one, itself or in what it calls?"""
    node = (act.place.path, act.symbol)
    return node in fitting or bool(fitting & set(known.project.calls.reached([node], 3)))


def _is_gated_by_name(known: Practices, path: str) -> bool:
    """Does a function nearby say that it lets models through, whatever it compares?"""
    words = known.project.vocabulary.words("gate-functions")
    for other in known.acts:
        if known.near(path, other):
            for name in known.project.calls.names(other):
                if words & set(tokenise(name.rpartition(".")[2])):
                    return True
    return False
