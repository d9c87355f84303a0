"""PIN005: a command in an image, a job or a program installs a package without a version."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebt.dependencies import Dependencies, dependencies
from mldebt.facts.pins import Pin
from mldebt.ladder import has_ceiling
from mldebt.manifest_files import words
from mldebt.model import Outcome, Place, Severity
from mldebt.project_rule import ProjectHit, ProjectRule
from mldebt.version_fixes import pin_recipes
from mldebt.version_sites import command_site

if TYPE_CHECKING:
    from mldebt.project import Project
    from mldebt.vocabulary import Vocabulary

JOBS = frozenset({"github-actions", "gitlab-ci"})
_DEVELOPMENT = frozenset({"devcontainer", "dev", "development", "codespace", "gitpod", "test", "tests", "lint"})


class InlineInstall(ProjectRule):
    """One hit a command. Tools that check or build code are silent; a note in jobs that neither train
    nor deploy, and in images for development."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        known = dependencies(project)
        commands: dict[tuple[Place, str], list[Pin]] = {}
        for _, pin in project.facts(Pin):
            if pin.command:
                commands.setdefault((pin.place, pin.command), []).append(pin)
        for given in commands.values():
            floating = (pin for pin in given if self._floats(pin, known, project.vocabulary))
            pins = [pin for pin in floating if not known.follows(pin, given)]
            if not pins:
                continue
            site = command_site(pins[0])
            yield ProjectHit(
                sites=(site,),
                key=f"{site.place.path}:{site.symbol}",
                fields={"command": _shortened(pins)},
                outcome=Outcome(severity=Severity.NOTE if _is_aside(pins[0], project.vocabulary) else None),
                recipes=pin_recipes(pins, known),
            )

    def _floats(self, pin: Pin, known: Dependencies, vocabulary: Vocabulary) -> bool:
        if pin.url or pin.unresolved or pin.editable or vocabulary.matches("lint-tools", pin.name):
            return False
        if _dialect(pin) in JOBS and not self.options.get("ci-jobs", True):
            return False
        return not has_ceiling(known.bounded(pin))


def _is_aside(pin: Pin, vocabulary: Vocabulary) -> bool:
    """Does what is installed reach no model: in a job that tests, or in an image for development?"""
    if _dialect(pin) in JOBS:
        job = words(f"{pin.group} {pin.place.path.rpartition('/')[2]}")
        return job.isdisjoint(vocabulary.words("train-path-words") | vocabulary.words("serve-path-words"))
    return not words(pin.place.path).isdisjoint(_DEVELOPMENT)


def _dialect(pin: Pin) -> str:
    return pin.dialect.removesuffix("-conda")


def _shortened(pins: list[Pin]) -> str:
    """The command with those of its packages that float: ``pip install ... pandas flask``."""
    command = pins[0].command
    if len(command) <= 60:
        return command
    open_ones = dict.fromkeys(pin.raw for pin in pins)
    head = re.match(r".*?\b(?:install|add|create|update)\b", command)
    text = f"{head[0]} ... {' '.join(open_ones)}" if head else f"{command.partition('(')[0]}({', '.join(open_ones)})"
    return text if len(text) <= 80 else f"{text[:77]}..."
