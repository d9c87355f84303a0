"""TST004: the program that trains is started by no test and no CI job."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from mldebt.facts.acts import Definition
from mldebt.facts.workflow import Started
from mldebt.model import Confidence, Outcome, Role
from mldebt.practices import FIT, SAVE, Practices, practices, where
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule
from mldebt.vocabulary import tokenise


class NoPipelineTest(ProjectRule):
    """One hit a component: at the first program that trains, when none of them is run by a test or by CI."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        known = practices(project)
        started = [(path, each.program) for path, each in project.facts(Started) if each.by == "ci"]
        by_component: dict[str, list[Definition]] = {}
        for entry in known.defined("entry"):
            path = entry.place.path
            if project.role(path) in (Role.TRAIN, Role.PIPELINE, Role.SCRIPT) and _trains(known, path):
                by_component.setdefault(project.component(path), []).append(entry)
        for component, entries in sorted(by_component.items()):
            if any(_is_run(known, entry.place.path, started) for entry in entries):
                continue
            sites = [where(entry) for entry in entries]
            program = posixpath.basename(sites[0].place.path)
            yield ProjectHit(
                sites=tuple(sites[:1]),
                key=component,
                fields={"program": program},
                outcome=Outcome(confidence=Confidence.MEDIUM),
                related=tuple(sites[1:6]),
            )


def _trains(known: Practices, path: str) -> bool:
    """Does the program fit a model and keep it, itself or in what it calls, or is it named so?"""
    reached = set(known.project.calls.reached([(path, "")]))
    fitting = {(act.place.path, act.symbol) for act in known.acts_of(FIT)}
    keeping = {(act.place.path, act.symbol) for act in known.acts_of(SAVE)}
    named = {"train", "trainer", "training", "finetune"} & set(tokenise(posixpath.basename(path)))
    return bool(fitting & reached) and (bool(keeping & reached) or bool(named))


def _is_run(known: Practices, path: str, started: list[tuple[str, str]]) -> bool:
    """Is the program started by CI, or what it starts reached by a test?"""
    module = path.removesuffix(".py").replace("/", ".")
    for _, program in started:
        if posixpath.basename(program) == posixpath.basename(path) or module.endswith(program.removeprefix(".")):
            return True
    fitting = {(act.place.path, act.symbol) for act in known.acts_of(FIT) if act.symbol}
    through = fitting & set(known.project.calls.reached([(path, "")]))
    if through & known.tested:
        return True
    name = posixpath.basename(path)
    return any(name in trial.calls or name.removesuffix(".py") in trial.symbol for trial in known.trials)
