"""MOD001: a deep or boosted model is trained, and nothing simpler was ever tried."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mldebt.facts.functions import FunctionFact
from mldebt.facts.sites import ModelSite
from mldebt.model import Confidence, Outcome, Role
from mldebt.practices import Practices, practices, where
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where
from mldebt.reads import of_each_file
from mldebt.vocabulary import Vocabulary, tokenise


class NoBaseline(ProjectRule):
    """One hit a component: its first deep or boosted model, when neither a simple estimator nor anything
    called a baseline is near it."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        known = practices(project)
        sites: dict[str, list[tuple[Where, str]]] = {}
        for path in known.trained:
            sites.setdefault(project.component(path), []).extend(_strong(known, path))
        baselines = set(_simple(project))
        for component, found in sorted(sites.items()):
            if not found or any(known.near(found[0][0].place.path, other) for other in baselines):
                continue
            site, name = min(found, key=lambda each: (each[0].place.path, each[0].place.span))
            yield ProjectHit(
                sites=(site,),
                key=component,
                fields={"estimator": name},
                variant="loop" if name in project.vocabulary.words("training-steps") else "",
                outcome=Outcome(confidence=Confidence.MEDIUM),
            )


def _is_layer(site: ModelSite) -> bool:
    """Is it a part of a network that a class puts together, and not one that is trained by itself?"""
    return site.name == "Sequential" and site.symbol.endswith(("__init__", ".build", ".setup"))


def _strong(known: Practices, path: str) -> Iterator[tuple[Where, str]]:
    """The deep or boosted models of a file that trains: where they are made, else where they learn. What was
    trained elsewhere and is only tuned here has its baseline there."""
    strong = known.project.vocabulary.words("strong-estimators")
    sites = list(known.project.of(path, ModelSite))
    made = [each for each in sites if each.kind == "estimator" and each.name in strong and not _is_layer(each)]
    for each in made:
        yield Where(each.place, each.symbol, each.name, each.name), each.name
    if made or any(each.kind == "loader" for each in sites):
        return
    for act in known.trained[path]:
        name = act.name if act.name in known.project.vocabulary.words("training-steps") else act.subject
        if name == act.name or name in strong:
            yield where(act), name


def _simple(project: Project) -> Iterator[str]:
    """The files with a simple estimator, or with something that is called a baseline."""
    yield from (path for path in project.answering(_is_simple) if project.role(path) is not Role.TEST)
    yield from project.answering(_is_baseline)


@of_each_file(ModelSite)
def _is_simple(path: str, sites: Sequence[ModelSite], words: Vocabulary) -> bool:
    """Is a simple estimator made in the file?"""
    simple = words.words("simple-estimators")
    return any(each.kind == "estimator" and each.name in simple for each in sites)


@of_each_file(FunctionFact)
def _is_baseline(path: str, functions: Sequence[FunctionFact], words: Vocabulary) -> bool:
    """Has the file something that is called a baseline, or a simple estimator?"""
    simple = words.words("simple-estimators")
    return "baseline" in tokenise(path) or any(
        {"baseline", "naive"} & set(tokenise(each.name))
        or any(call.rpartition(".")[2].removesuffix("()") in simple for call in each.calls)
        for each in functions
    )
