"""CFG002: one setting of a model has different values in different places."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from mldebt.facts.configs import ConfigValue, Knob
from mldebt.model import Confidence, Outcome, Role
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where
from mldebt.sources.environment_names import environment_of
from mldebt.vocabulary import tokenise

_QUIET = frozenset({Role.TEST, Role.EXAMPLE})
_LIKELY = Outcome(confidence=Confidence.MEDIUM)
_GUESS = Outcome(confidence=Confidence.LOW)
_LIVE = frozenset({"prod", "staging"})
_ADDRESS = re.compile(r"://|^[\w.-]+:\d+$|^/|^\d{1,3}(?:\.\d{1,3}){3}$|^[\w-]+(?:\.[\w-]+)+/\S|@", re.IGNORECASE)
_QUANTITY = re.compile(r"^\d+(?:\.\d+)?\s*(?:[kmgt]i?b?|m|cpu|s|ms|min|h)$", re.IGNORECASE)
_PLACES = re.compile(r"prod(?:uction)?|stag(?:e|ing)|dev(?:elopment)?|test|local", re.IGNORECASE)


class ConflictingKnob(ProjectRule):
    def check(self, project: Project) -> Iterable[ProjectHit]:
        yield from _in_files(project)
        yield from _in_code(project)


def _in_files(project: Project) -> Iterator[ProjectHit]:
    """The same key in the files of two environments: they are one program, tested with what it is not run with."""
    found: dict[tuple[str, str, str], list[ConfigValue]] = defaultdict(list)
    for path, fact in project.facts(ConfigValue):
        if fact.environment and _concerns_model(fact, project):
            found[project.component(path), _family(path), fact.key].append(fact)
    for (component, family, key), facts in sorted(found.items()):
        if not {each.environment for each in facts} >= _LIVE or len({each.value for each in facts}) < 2:
            continue
        live = {each.value for each in facts if each.environment in _LIVE}
        if len(live) > 1:
            sites = tuple(Where(each.place, "", each.key, each.source_line) for each in facts)
            words = tuple(f"{each.value} for {each.environment}" for each in facts)
            fields = {"knob": key[-60:]}
            yield ProjectHit(
                sites, f"{component}:{family}:{key}", fields, variant="environments", words=words, outcome=_LIKELY
            )


def _family(path: str) -> str:
    """What the files of all environments share of their paths."""
    return _PLACES.sub("*", path)


def _concerns_model(fact: ConfigValue, project: Project) -> bool:
    """Does the key say how a model decides or what it is, and not where or how large it runs?"""
    words = project.vocabulary.words
    tokens = set(tokenise(fact.key.rpartition(".")[2]))
    if tokens & words("differing-keys") or _ADDRESS.search(fact.value) or _QUANTITY.match(fact.value):
        return False
    whole = set(tokenise(fact.key))
    return bool(whole & words("model-keys")) or fact.key.rpartition(".")[2].lower() in words("hyper-parameters")


def _in_code(project: Project) -> Iterator[ProjectHit]:
    """The same hyper-parameter of the same estimator, or the same constant, in two files."""
    found: dict[tuple[str, str], list[Knob]] = defaultdict(list)
    for path, fact in project.facts(Knob):
        file = project.files[path]
        if project.role(path) not in _QUIET and file.kind == "python":
            found[fact.owner, fact.name].append(fact)
    for (owner, name), facts in sorted(found.items()):
        for sites in project.groups(facts, lambda each: each.place.path):
            # Two models may differ; training and serving of one, or a constant of one name, are one thing.
            roles = {project.role(each.place.path) for each in sites}
            yield from _compared(project, owner, name, sites, _LIKELY if not owner or len(roles) > 1 else _GUESS)


def _compared(project: Project, owner: str, name: str, sites: Sequence[Knob], outcome: Outcome) -> Iterator[ProjectHit]:
    if len({each.place.path for each in sites}) < 2 or len({each.value for each in sites}) < 2:
        return
    if len({environment_of(each.place.path) for each in sites}) > 1:
        return
    yield ProjectHit(
        tuple(Where(each.place, each.symbol, each.snippet, each.source_line) for each in sites),
        f"{project.component(sites[0].place.path)}:{owner}:{name}",
        {"knob": name},
        words=tuple(f"{each.value} here" for each in sites),
        outcome=outcome,
    )
