"""What runs a project's programs and tests: CI, by itself and through the targets of a Makefile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mldebt.facts.acts import Trial
from mldebt.facts.workflow import Started

if TYPE_CHECKING:
    from mldebt.project import Project


def started_by_ci(project: Project) -> tuple[Started, ...]:
    """What CI starts, itself or through a target: ``make check``, ``dvc repro``."""
    started = tuple(project.facts(Started))
    found = dict.fromkeys(step for _, step in started if step.by == "ci")
    queue = list(found)
    for asked in queue:  # grows while it is gone through
        if not asked.program.startswith("make "):
            continue
        target = asked.program.removeprefix("make ")
        for path, step in started:
            whole = target == "repro" and path.rpartition("/")[2] == "dvc.yaml"
            if step.by == "make" and (step.target == target or whole) and step not in found:
                found[step] = None
                queue.append(step)
    return tuple(found)


def that_run(trials: Iterable[Trial], started: Iterable[Started]) -> tuple[Trial, ...]:
    """The tests that run: not those that are marked not to, or that are left out wherever CI runs tests."""
    left_out = [set(each.left_out) for each in started if each.program == "tests"]
    never = set.intersection(*left_out) if left_out else set()
    return tuple(each for each in trials if not each.skipped and not never & set(each.marks))
