"""MOD001: a deep or boosted model is trained, and nothing simpler was ever tried."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.facts.functions import FunctionFact
from mldebt.facts.sites import ModelSite
from mldebt.model import Confidence, Outcome, Role
from mldebt.practices import Practices, practices
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where
from mldebt.vocabulary import tokenise


class NoBaseline(ProjectRule):
    """One hit a component: its first deep or boosted model, when neither a simple estimator nor anything
    called a baseline is near it."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        known = practices(project)
        words = project.vocabulary.words
        strong, simple = words("strong-estimators"), words("simple-estimators")
        sites: dict[str, list[ModelSite]] = {}
        baselines: set[str] = set()
        for path, site in project.facts(ModelSite):
            if site.kind == "estimator" and site.name in simple and project.role(path) is not Role.TEST:
                baselines.add(path)
            if site.kind == "estimator" and site.name in strong and path in _training(known):
                sites.setdefault(project.component(path), []).append(site)
        baselines |= set(_named(project))
        for component, found in sorted(sites.items()):
            path = found[0].place.path
            if any(known.near(path, other) for other in baselines):
                continue
            first = min(found, key=lambda site: (site.place.path, site.place.span))
            yield ProjectHit(
                sites=(Where(first.place, first.symbol, first.name, first.name),),
                key=component,
                fields={"estimator": first.name},
                outcome=Outcome(confidence=Confidence.MEDIUM),
            )


def _training(known: Practices) -> frozenset[str]:
    return frozenset(known.trainers)


def _named(project: Project) -> Iterator[str]:
    """The files with something that is called a baseline, or with a simple estimator."""
    simple = project.vocabulary.words("simple-estimators")
    for path, function in project.facts(FunctionFact):
        named = "baseline" in tokenise(path) or {"baseline", "naive"} & set(tokenise(function.name))
        if named or any(each.rpartition(".")[2].removesuffix("()") in simple for each in function.calls):
            yield path
