"""TST001: a public function asks a model, and no test reaches it."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.engine import ProjectHit, ProjectRule
from mldebt.facts.acts import Definition
from mldebt.practices import practices, where
from mldebt.project import Project
from mldebt.vocabulary import tokenise

# Words of functions that work on the model itself: what they give is looked at by people.
_OWN_WORK = frozenset(
    {
        "train",
        "fit",
        "evaluate",
        "evaluation",
        "plot",
        "main",
        "run",
        "test",
        "validate",
        "benchmark",
        "objective",
        "tune",
        "cross",
        "epoch",
        "step",
        "visualize",
        "visualise",
        "show",
        "demo",
        "compare",
        "export",
        "explain",
        "load",
        "get",
        "build",
        "create",
        "init",
        "setup",
        "warmup",
    }
)


class PredictUntested(ProjectRule):
    """One hit a class or module-level function: a class whose predictions are tested somewhere is tested.
    In a component without any test, one hit at the first of them."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        known = practices(project)
        verbs = project.vocabulary.words("inference-verbs") | {"inference"}
        wanted = [
            each for each in known.definitions if each.kind in {"predictor", "handler"} and _is_public(each, verbs)
        ]
        untested: dict[tuple[str, str], list[Definition]] = {}
        tested: set[tuple[str, str]] = set()
        for each in wanted:
            owner = (each.place.path, each.symbol.partition(".")[0])
            if known.is_tested(each):
                tested.add(owner)
            else:
                untested.setdefault(owner, []).append(each)
        alone: dict[str, list[Definition]] = {}
        for owner, found in untested.items():
            if owner in tested:
                continue
            if known.has_trials(owner[0]):
                yield _hit(found)
            else:
                alone.setdefault(project.component(owner[0]), []).append(found[0])
        for found in alone.values():
            yield _hit(found)


def _is_public(definition: Definition, verbs: frozenset[str]) -> bool:
    """Is it there for others to ask: by its name, and not one that only hands on?"""
    if not definition.public or definition.thin or not definition.predicts:
        return False
    if definition.kind == "handler":
        return True
    tokens = tokenise(definition.symbol.rpartition(".")[2])
    if not tokens or tokens[0] in _OWN_WORK:
        return definition.symbol.endswith("__call__")
    return not _OWN_WORK & set(tokens) and bool(
        set(tokens) & (verbs - {"fit", "train", "retrain", "evaluate", "transform"})
    )


def _hit(found: list[Definition]) -> ProjectHit:
    sites = [where(each) for each in found]
    function = sites[0].symbol
    return ProjectHit(sites=tuple(sites), key=f"{sites[0].place.path}:{function}", fields={"function": function})
