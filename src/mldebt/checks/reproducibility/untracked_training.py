"""REP002: a model is trained and measured, and the run leaves no record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from mldebt.facts.fits import ModelFit
from mldebt.facts.functions import FunctionFact
from mldebt.model import Confidence, Outcome, Role
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where
from mldebt.reads import of_each_file
from mldebt.vocabulary import Vocabulary, tokenise

_PARTS = frozenset(
    {"fit", "clone", "cross", "validate", "validation", "evaluate", "benchmark"}
)  # of a training, or a test
# Models that are fitted to try something out, or to explain another one.
_PASSING = frozenset({"smoke", "lime", "shap", "explain", "explainer", "explainability", "interpretation"})
_LIKELY = Outcome(confidence=Confidence.MEDIUM)


class UntrackedTraining(ProjectRule):
    """One finding a module, at the first model that it trains. A notebook keeps what a run gave in itself."""

    def check(self, project: Project) -> Iterable[ProjectHit]:
        fits: dict[str, list[ModelFit]] = defaultdict(list)
        for path, fit in project.outside_tests(ModelFit):
            words = set(tokenise(fit.symbol.rpartition(".")[2]))
            if (
                words & _PARTS
                or _PASSING & set(tokenise(path))
                or project.is_notebook(path)
                or path in project.unrelated
            ):
                continue
            if project.role(path) is not Role.LIBRARY:
                fits[path].append(fit)
        tracking = {path for path in project.files if _imports_tracker(project, path)}
        tracking |= set(project.answering(_writes_down))
        tracking |= set(project.answering(_records))
        measuring = set(project.answering(_measures))
        for path, found in sorted(fits.items()):
            if path not in measuring or _around(project, path) & tracking:
                continue
            first = min(found, key=lambda each: each.place.span)
            component = project.component(path)
            elsewhere = any(project.component(each) == component for each in tracking)
            yield ProjectHit(
                (Where(first.place, first.symbol, first.snippet, first.source_line),),
                f"{component}:{path}:untracked",
                {"call": first.call},
                variant="elsewhere" if elsewhere else "",
                outcome=_LIKELY,
            )


def _imports_tracker(project: Project, path: str) -> bool:
    trackers = project.vocabulary.words("trackers")
    targets = project.targets(path)
    return any(each.partition(".")[0] in trackers or ".".join(each.split(".")[:2]) in trackers for each in targets)


@of_each_file(FunctionFact)
def _writes_down(path: str, functions: Sequence[FunctionFact], words: Vocabulary) -> bool:
    """Does the module write down what a run gave: with a tracker, or into a file?"""
    trackers, records = words.words("trackers"), words.words("run-records")
    for reference in (each for function in functions for each in function.calls):
        last = reference.rpartition(".")[2]
        if last in trackers or records & {last, ".".join(reference.split(".")[-2:])}:
            return True
    return False


@of_each_file(ModelFit)
def _records(path: str, fits: Sequence[ModelFit], words: Vocabulary) -> bool:
    """Has the module a fit that is recorded where it is made?"""
    return any(each.recorded for each in fits)


@of_each_file(FunctionFact)
def _measures(path: str, functions: Sequence[FunctionFact], words: Vocabulary) -> bool:
    measures = words.words("measures")
    return any(reference.rpartition(".")[2] in measures for each in functions for reference in each.calls)


def _around(project: Project, path: str) -> set[str]:
    """The module, and those whose functions call it or are called by it."""
    nodes = [(path, name) for name in project.calls.names(path)]
    near = (*project.calls.reaching(nodes, 4), *project.calls.reached(nodes, 2))
    return {each for each, _ in near} | {path}
