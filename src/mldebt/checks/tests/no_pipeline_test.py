"""TST004: the program that trains is started by no test and no CI job."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from mldebt.model import Confidence, Outcome, Role
from mldebt.practices import FIT, SAVE, Practices, practices, where
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where
from mldebt.reads import Node
from mldebt.vocabulary import tokenise

# What fits only what prepares data.
_PREPARING = frozenset({"preprocess", "preprocessing", "preprocessor", "features", "feature", "etl", "clean", "data"})
_ROLES = (Role.TRAIN, Role.PIPELINE, Role.SCRIPT)
FEW = 3  # programs that train: more, where nothing is tested at all, are experiments


class NoPipelineTest(ProjectRule):
    """One hit a component: at the first program that trains, when none of them is run by a test or by CI."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        known = practices(project)
        by_component: dict[str, list[Where]] = {}
        for site in _programs(known):
            by_component.setdefault(project.component(site.place.path), []).append(site)
        for component, sites in sorted(by_component.items()):
            untried = not known.has_trials(sites[0].place.path) and not known.started_by_ci
            if (untried and len(sites) > FEW) or any(_is_run(known, site.place.path) for site in sites):
                continue
            program = posixpath.basename(sites[0].place.path)
            yield ProjectHit(
                sites=tuple(sites[:1]),
                key=component,
                fields={"program": program},
                outcome=Outcome(confidence=Confidence.MEDIUM),
                related=tuple(sites[1:6]),
            )


def _programs(known: Practices) -> Iterator[Where]:
    """What trains when it is started: files that are programs, and pipelines."""
    project = known.project
    for entry in known.defined("entry"):
        if project.role(entry.place.path) in _ROLES and _trains(known, entry.place.path):
            yield where(entry)
    entries = {entry.place.path for entry in known.defined("entry")}
    for path, acts in known.trained.items():
        plain = path not in entries and project.role(path) in _ROLES
        if plain and _trains(known, path) and (_reads_arguments(known, path) or any(not act.symbol for act in acts)):
            yield where(acts[0])
            entries.add(path)
    for path in known.importers("pipeline-markers", known.acts):
        fits = list(known.acts_of(FIT, [path]))
        prepares = _PREPARING & set(tokenise(posixpath.basename(path)))
        if path not in entries and fits and not prepares and _trains(known, path):
            yield where(fits[0])


def _reads_arguments(known: Practices, path: str) -> bool:
    """Is the file a program by a function that reads the command line?"""
    calls = known.project.calls
    return any("ArgumentParser" in each for name in calls.names(path) for each in calls.references((path, name)))


def _trains(known: Practices, path: str) -> bool:
    """Does the program fit a model and keep it, itself or in what it calls, or is it named so?"""
    reached = _started(known, path)
    fitting = {(act.place.path, act.symbol) for act in known.acts_of(FIT)}
    keeping = {(act.place.path, act.symbol) for act in known.acts_of(SAVE)}
    keeping |= {(act.place.path, act.symbol) for acts in known.trained.values() for act in acts}
    named = {"train", "trainer", "training", "finetune"} & set(tokenise(posixpath.basename(path)))
    return bool(fitting & reached) and (bool(keeping & reached) or bool(named))


def _started(known: Practices, path: str) -> set[Node]:
    """What may run when the program does: by its statements, or as a command that a decorator makes of a function."""
    calls = known.project.calls
    return set(calls.reached([(path, ""), *((path, each) for each in calls.names(path) if "." not in each)]))


def _is_run(known: Practices, path: str) -> bool:
    """Is the program started by CI, or what it starts reached by a test?"""
    module = path.removesuffix(".py").replace("/", ".")
    for started in known.started_by_ci:
        program = started.program
        if posixpath.basename(program) == posixpath.basename(path) or module.endswith(program.removeprefix(".")):
            return True
    fitting = {(act.place.path, act.symbol) for act in known.acts_of(FIT) if act.symbol}
    through = fitting & _started(known, path)
    if through & known.tested:
        return True
    name = posixpath.basename(path)
    return any(name in trial.calls or name.removesuffix(".py") in trial.symbol for trial in known.run)
