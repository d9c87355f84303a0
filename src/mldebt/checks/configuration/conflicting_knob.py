"""CFG002: one setting of a model has different values in different places."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from mldebt.facts.configs import ConfigValue, Knob
from mldebt.facts.variables import DeclaredVariable
from mldebt.model import Confidence, Outcome, Place, Role
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
_PROBES = frozenset({"probe", "liveness", "readiness", "healthcheck"})  # of a container, and its like
_PLACES = re.compile(r"prod(?:uction)?|stag(?:e|ing)|dev(?:elopment)?|test|local", re.IGNORECASE)


class ConflictingKnob(ProjectRule):
    def check(self, project: Project) -> Iterable[ProjectHit]:
        yield from _in_files(project)
        yield from _in_code(project)
        yield from _in_both(project)


class _Setting(Struct, frozen=True):
    """A value that a file gives for one environment. ``owner`` is the service that gets it, "" for all."""

    key: str
    value: str
    owner: str
    environment: str
    place: Place
    source_line: str


def _in_files(project: Project) -> Iterator[ProjectHit]:
    """The same key in the files of two environments: they are one program, tested with what it is not run with."""
    found: dict[tuple[str, str, str, str], list[_Setting]] = defaultdict(list)
    for path, setting in _settings(project):
        if _concerns_model(setting, project):
            found[project.component(path), _family(path), setting.owner, setting.key].append(setting)
    for (component, family, owner, key), settings in sorted(found.items()):
        if not {each.environment for each in settings} >= _LIVE:
            continue
        if len({_family(each.value) for each in settings if each.environment in _LIVE}) > 1:
            sites = tuple(Where(each.place, "", each.key, each.source_line) for each in settings)
            words = tuple(f"{each.value} for {each.environment}" for each in settings)
            fields = {"knob": key[-60:]}
            concept = ":".join((component, family, *((owner,) if owner else ()), key))
            yield ProjectHit(sites, concept, fields, variant="environments", words=words, outcome=_LIKELY)


def _settings(project: Project) -> Iterator[tuple[str, _Setting]]:
    """What configuration files and environment variables set for a named environment."""
    for path, fact in project.facts(ConfigValue):
        if fact.environment:
            yield path, _Setting(fact.key, fact.value, "", fact.environment, fact.place, fact.source_line)
    for path, variable in project.facts(DeclaredVariable):
        known = variable.has_value and not variable.secret and "$" not in variable.value
        if known and variable.environment and not (variable.template or variable.foreign):
            value = (variable.name, variable.value, variable.service, variable.environment)
            yield path, _Setting(*value, variable.place, variable.source_line)


def _family(written: str) -> str:
    """What the paths, or values, of all environments share: ``ranker-prod`` is meant to differ."""
    return _PLACES.sub("*", written)


def _concerns_model(fact: _Setting, project: Project) -> bool:
    """Does the key say how a model decides or what it is, and not where or how large it runs?"""
    words = project.vocabulary.words
    tokens = set(tokenise(fact.key.rpartition(".")[2]))
    if _PROBES & set(tokenise(fact.key)):
        return False
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


def _in_both(project: Project) -> Iterator[ProjectHit]:
    """A constant of the code, and the one configuration file beside it that has a value of that name, too."""
    written: dict[tuple[str, str], list[ConfigValue]] = defaultdict(list)
    for path, value in project.facts(ConfigValue):
        name = value.key.rpartition(".")[2].lower()
        if name in project.vocabulary.words("hyper-parameters") and project.role(path) not in _QUIET:
            written[project.component(path), name].append(value)
    for path, knob in project.facts(Knob):
        if knob.owner or project.role(path) in _QUIET or project.is_notebook(path) or path in project.unrelated:
            continue
        found = written.get((project.component(path), knob.name.lower()), [])
        if len(found) != 1 or found[0].environment or not _differ(knob.value, found[0].value):
            continue
        sites = (
            Where(knob.place, knob.symbol, knob.snippet, knob.source_line),
            Where(found[0].place, "", found[0].key, found[0].source_line),
        )
        words = (f"{knob.value} here", f"{found[0].value} in the file")
        key = f"{project.component(path)}:{path}:{knob.name}"
        yield ProjectHit(sites, key, {"knob": knob.name}, words=words, outcome=_LIKELY)


def _differ(one: str, other: str) -> bool:
    """Are both numbers, and not the same one?"""
    try:
        return float(one.replace("_", "")) != float(other.replace("_", ""))
    except ValueError:
        return False


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
