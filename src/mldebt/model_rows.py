"""The rows of the evidence sheet, one a model: artefact, trainers, servers, tests, owners, versions, limits, flags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from msgspec import Struct

from mldebt.config import Declaration
from mldebt.dependencies import dependencies
from mldebt.facts.acts import Act
from mldebt.facts.sites import FlagSite, Threshold
from mldebt.looks import Spot
from mldebt.owners import Owners
from mldebt.practices import LOAD, SAVE, practices
from mldebt.project import Project

MAX_CELL = 4  # entries of one kind in the row of a model

_VERSION = re.compile(r"[-_.]?v?\d+(?:[._-]\d+)*$")


class ModelRow(Struct, frozen=True):
    """One model as the code knows it: by the name of its artefact without version and ending."""

    name: str
    artefacts: tuple[str, ...] = ()
    trainers: tuple[Spot, ...] = ()
    servers: tuple[Spot, ...] = ()
    tests: tuple[Spot, ...] = ()
    owners: tuple[str, ...] = ()
    training_versions: tuple[str, ...] = ()
    serving_versions: tuple[str, ...] = ()
    thresholds: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()


def stem(artefact: str) -> str:
    """What a model is called: its artefact's name without folder, ending, version and stage."""
    registered = artefact.removeprefix("models:/").removeprefix("runs:/")
    name = registered.partition("/")[0].partition("@")[0]
    if registered == artefact:
        name = artefact.rstrip("/").rpartition("/")[2]
    base, dot, ending = name.rpartition(".")
    if dot and base and not ending.isdigit() and len(ending) <= 12:
        name = base
    return _VERSION.sub("", name) or name


def model_rows(project: Project, declared: Sequence[Declaration], today: date) -> Iterator[ModelRow]:
    """The models that the project trains and saves, or loads where it answers, in the order of their names."""
    known = practices(project)
    saves: dict[str, list[Act]] = {}
    loads: dict[str, list[Act]] = {}
    for act in known.acts_of(SAVE):
        if act.place.path in known.trainers:
            saves.setdefault(_name_of(act, project), []).append(act)
    serving = {each.place.path for each in known.answering}
    for act in known.acts_of(LOAD):
        if act.detail and (act.place.path in serving or stem(act.detail) in saves):
            loads.setdefault(stem(act.detail), []).append(act)
    for name in sorted(saves.keys() | loads.keys()):
        yield _row(project, name, saves.get(name, []), loads.get(name, []), declared, today)


def _name_of(act: Act, project: Project) -> str:
    """A model is called by its artefact; one that is saved under a computed name, by where it is trained."""
    if act.detail and act.name not in {"log_model"} and len(act.detail) < 120:
        return stem(act.detail)
    component = project.component(act.place.path)
    return act.place.path.removesuffix(".py") if component == "." else component


def _row(
    project: Project,
    name: str,
    saves: Sequence[Act],
    loads: Sequence[Act],
    declared: Sequence[Declaration],
    today: date,
) -> ModelRow:
    known = practices(project)
    trainers = tuple(dict.fromkeys(Spot.of(act.place) for act in saves))[:MAX_CELL]
    servers = tuple(dict.fromkeys(Spot.of(act.place) for act in loads))[:MAX_CELL]
    paths = {spot.path for spot in (*trainers, *servers)}
    asking = {
        (each.place.path, each.symbol) for each in known.definitions if each.predicts and each.place.path in paths
    }
    callers = frozenset(project.calls.reaching(asking))
    tests = (Spot.of(trial.place) for trial in known.trials if (trial.place.path, trial.symbol) in callers)
    owners = Owners.of(project)
    named = {name, *(project.component(path) for path in paths)}
    words = (
        f"{each.topic}: {each.elsewhere}{' (expired)' if each.until and each.until < today.isoformat() else ''}"
        for each in declared
        if each.name in named
    )
    return ModelRow(
        name=name,
        artefacts=tuple(dict.fromkeys(act.detail for act in (*saves, *loads) if act.detail))[:MAX_CELL],
        trainers=trainers,
        servers=servers,
        tests=tuple(dict.fromkeys(tests))[:MAX_CELL],
        owners=tuple(dict.fromkeys(owner for path in sorted(paths) for owner in owners.of_path(path)))[:MAX_CELL],
        training_versions=_versions(project, {spot.path for spot in trainers}),
        serving_versions=_versions(project, {spot.path for spot in servers}),
        thresholds=_thresholds(project, paths),
        flags=_flags(project, paths),
        declared=tuple(words),
    )


def _versions(project: Project, paths: Iterable[str]) -> tuple[str, ...]:
    """The versions of the frameworks that files import, as the manifests of their components have them."""
    distributions = project.vocabulary.mapping("import-distributions")
    wanted: set[str] = set()
    paths = sorted(paths)
    for path in paths:
        roots = {each.partition(".")[0] for each in project.targets(path)}
        wanted |= {name for root in roots for name in (root, *distributions.get(root, ()))}
    components = {project.component(path) for path in paths}
    found: dict[str, str] = {}
    view = dependencies(project)
    for manifest in view.manifests:
        if project.component(manifest.path) not in components:
            continue
        for pin in manifest.pins:
            name = view.distribution(pin)
            if name.replace("-", "_") in {each.replace("-", "_") for each in wanted} and view.is_framework(pin):
                locked = view.locked(pin)
                found.setdefault(name, f"{name} {locked[0] if locked else pin.specifier or '(any)'}".strip())
    return tuple(sorted(found.values()))[:MAX_CELL]


def _thresholds(project: Project, paths: Iterable[str]) -> tuple[str, ...]:
    facts = (fact for path in sorted(paths) for fact in project.of(path, Threshold))
    return tuple(dict.fromkeys(f"{fact.concept} {fact.value}" for fact in facts if project.holds(fact.when) is True))[
        :MAX_CELL
    ]


def _flags(project: Project, paths: Iterable[str]) -> tuple[str, ...]:
    facts = (fact for path in sorted(paths) for fact in project.of(path, FlagSite))
    return tuple(dict.fromkeys(fact.key for fact in facts if fact.key and project.holds(fact.when) is True))[:MAX_CELL]
