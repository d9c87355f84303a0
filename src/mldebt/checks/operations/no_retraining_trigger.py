"""OPS004: a model is served, and nothing trains it anew or raises an alarm when it gets old."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mldebt.facts.acts import Act
from mldebt.facts.functions import FunctionFact
from mldebt.facts.workflow import Schedule
from mldebt.model import Confidence, Outcome
from mldebt.practices import FIT, Practices, practices, where
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule
from mldebt.reads import of_each_file
from mldebt.vocabulary import Vocabulary, tokenise

_TRAINING = frozenset({"train", "training", "trainer", "retrain", "retraining", "fit", "finetune", "model", "models"})
# What runs programs that a pipeline names in a string, or in another repository.
_OPAQUE = ("Operator", "Component", "ContainerOp", "Step", "Task", "load_component_from_file")
_PLAIN = frozenset({"PythonOperator", "EmptyOperator", "DummyOperator", "BranchPythonOperator", "ShortCircuitOperator"})


class NoRetrainingTrigger(ProjectRule):
    """One hit a component that trains: its first fit, when a model is served nearby, and neither a schedule,
    an orchestrator, nor a monitor of drift is."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        known = practices(project)
        served = {each.place.path for each in known.answering}
        scheduled = {path for path, _ in project.facts(Schedule)}
        scheduled |= {path for path in known.importers("pipeline-markers") if _may_train(known, path)}
        scheduled |= (
            set(known.importers("schedulers"))
            | set(known.importers("drift-monitors"))
            | set(project.answering(_schedules))
        )
        fits: dict[str, Act] = {}
        starting = set(_starting(project, known.importers("pipeline-markers")))
        for path in sorted(known.trainers, key=lambda each: (not _is_training(each), each)):
            acts = sorted(known.acts_of(FIT, [path]), key=lambda act: act.name == "fit_transform")
            fits.setdefault(project.component(path), acts[0])
        for component, act in sorted(fits.items()):
            path = act.place.path
            if not any(known.near(path, other) or _shares_top(path, other) for other in served):
                continue
            if starting or any(known.near(path, other) or _is_at_top(other) for other in scheduled):
                continue
            yield ProjectHit(
                sites=(where(act),),
                key=component,
                fields={"call": act.name},
                outcome=Outcome(confidence=Confidence.MEDIUM),
            )


def _may_train(known: Practices, path: str) -> bool:
    """Does what a pipeline runs reach training, speak of it, or run what cannot be looked into?"""
    calls = known.project.calls
    functions = [(path, name) for name in calls.names(path)]
    reached = calls.reached(functions)
    fitting = {(act.place.path, act.symbol) for act in known.acts_of(FIT)}
    if fitting.intersection(reached):
        return True
    called = [each for node in functions for each in (node[1], *calls.references(node), *calls.handed(node))]
    if _TRAINING & {token for each in (path, *called) for token in tokenise(each)}:
        return True
    made = {each.rpartition(".")[2].removesuffix("()") for each in called}
    return any(each.endswith(_OPAQUE) and each not in _PLAIN for each in made)


def _starting(project: Project, orchestrated: Iterable[str]) -> Iterator[str]:
    """The pipelines that train, wherever they lie: a DAG is often in a folder of the scheduler's own."""
    for path in orchestrated:
        names = ((name, *project.calls.references((path, name))) for name in project.calls.names(path))
        if _is_training(path) or any(_is_training(each) for found in names for each in found):
            yield path


def _is_training(name: str) -> bool:
    return bool({"train", "retrain", "training", "retraining", "finetune"} & set(tokenise(name)))


def _shares_top(path: str, other: str) -> bool:
    """Are both in one folder of the repository, as the parts of one system are?"""
    return path.partition("/")[0] == other.partition("/")[0] and "/" in path


def _is_at_top(path: str) -> bool:
    """A workflow or a file at the root speaks for the whole repository."""
    return path.startswith((".github/", ".gitlab", ".circleci/")) or "/" not in path


@of_each_file(FunctionFact)
def _schedules(path: str, functions: Sequence[FunctionFact], words: Vocabulary) -> bool:
    """Has the file calls that schedule: ``crontab(...)``, ``scheduler.add_job(...)``?"""
    known = words.words("scheduling-calls")
    names = (call.rpartition(".")[2].removesuffix("()") for each in functions for call in each.calls)
    return any(name in known or "retrain" in tokenise(name) for name in names)
