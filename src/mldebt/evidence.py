"""The evidence sheet: what the code shows for each test of the ML Test Score, and one row a model.

Nothing here is a verdict. "Found" names places, "declared" repeats the configuration, "not found" means
that nothing of the kind is in the repository, and what code cannot show says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from mldebt.call_graph import Node
from mldebt.config import Declaration
from mldebt.dependencies import dependencies
from mldebt.facts import of_kind
from mldebt.facts.acts import VALIDATE, Act
from mldebt.facts.functions import FunctionFact
from mldebt.facts.modules import ModuleFact
from mldebt.facts.sites import FlagSite, Threshold
from mldebt.facts.workflow import Document, Schedule, Started
from mldebt.model import Finding, Place, Role
from mldebt.owners import Owners
from mldebt.practices import FIT, LOAD, NEAR, SAVE, Practices, practices
from mldebt.project import Project
from mldebt.score import ScoreTest, load
from mldebt.vocabulary import tokenise

MAX_SITES = 3  # places that a test of the sheet names
MAX_CELL = 4  # entries of one kind in the row of a model

FOUND, DECLARED, EXPIRED, MISSING, UNSEEN = (
    "found",
    "declared",
    "declaration expired",
    "not found",
    "not statically visible",
)

_VERSION = re.compile(r"[-_.]?v?\d+(?:[._-]\d+)*$")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of the sheet: a root-relative path and a line, 0 for the whole file."""

    path: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of one test."""

    test: ScoreTest
    state: str
    spots: tuple[Spot, ...] = ()
    said: str = ""  # where it is, or why it cannot be seen


@dataclass(frozen=True, slots=True)
class ModelRow:
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


@dataclass(frozen=True, slots=True)
class Sheet:
    answers: tuple[Answer, ...]
    models: tuple[ModelRow, ...]
    declarations: tuple[Declaration, ...] = field(default=())


def evidence(project: Project, findings: Sequence[Finding], today: date) -> Sheet:
    """The sheet of a project whose run gave ``findings``."""
    looks = _Looks(project, findings)
    declared = project.config.evidence
    answers = tuple(_answer(test, looks, declared, today) for test in load())
    return Sheet(answers, tuple(_models(project, declared, today)), declared)


def _answer(test: ScoreTest, looks: _Looks, declared: Sequence[Declaration], today: date) -> Answer:
    spots = tuple(dict.fromkeys(looks.of(test.look)))[:MAX_SITES] if test.look else ()
    if spots:
        return Answer(test, FOUND, spots)
    said = [each for each in declared if each.topic == test.topic]
    if said:
        valid = [each for each in said if not each.until or each.until >= today.isoformat()]
        words = "; ".join(f"{each.name}: {each.elsewhere}" for each in valid or said)
        return Answer(test, DECLARED if valid else EXPIRED, said=words)
    return Answer(test, MISSING if test.look else UNSEEN, said=test.why)


class _Looks:
    """Finds the places that each kind of evidence stands at."""

    def __init__(self, project: Project, findings: Sequence[Finding]) -> None:
        self.project = project
        self.known: Practices = practices(project)
        self.findings = findings

    def of(self, look: str) -> Iterator[Spot]:
        finder: Callable[[], Iterator[Spot]] = getattr(self, "_" + look.replace("-", "_"))
        return finder()

    # shared --------------------------------------------------------------------------------------

    def _importing(self, vocabulary: str) -> Iterator[Spot]:
        for path in self.known.importers(vocabulary):
            if self.project.role(path) is not Role.EXAMPLE:
                yield Spot(path)

    def _calling(self, names: Iterable[str], paths: Iterable[str] | None = None) -> Iterator[Spot]:
        wanted = frozenset(names)
        for path, function in self.project.facts(FunctionFact):
            if (paths is not None and path not in paths) or self.project.role(path) in (Role.TEST, Role.EXAMPLE):
                continue
            if any(each.rpartition(".")[2].removesuffix("()") in wanted for each in function.calls):
                yield Spot(path, function.line)

    def _named(self, words: Iterable[str]) -> Iterator[Spot]:
        wanted = frozenset(words)
        for path, function in self.project.facts(FunctionFact):
            if self.project.role(path) is not Role.EXAMPLE and wanted & set(tokenise(function.name.rpartition(".")[2])):
                yield Spot(path, function.line)

    def _documents(self, kind: str) -> Iterator[Spot]:
        return (Spot(path) for path, each in self.project.facts(Document) if each.kind == kind)

    def _tests_of(self, nodes: Iterable[Node]) -> Iterator[Spot]:
        callers = frozenset(self.project.calls.reaching(nodes))
        for trial in self.known.trials:
            if (trial.place.path, trial.symbol) in callers:
                yield _spot(trial.place)

    # the tests -----------------------------------------------------------------------------------

    def _validation(self) -> Iterator[Spot]:
        yield from (_spot(act.place) for act in self.known.acts_of(VALIDATE))
        yield from self._importing("validation-libraries")

    def _privacy(self) -> Iterator[Spot]:
        yield from self._importing("privacy-libraries")
        yield from self._named(("anonymise", "anonymize", "pseudonymise", "pseudonymize", "redact"))

    def _feature_tests(self) -> Iterator[Spot]:
        readers = [(each.place.path, each.symbol) for each in self.known.defined("reader")]
        words = frozenset({"feature", "features", "preprocess", "transform", "encode", "clean"})
        made = [
            (path, function.name)
            for path, function in self.project.facts(FunctionFact)
            if self.project.role(path) is not Role.TEST and words & set(tokenise(function.name.rpartition(".")[2]))
        ]
        return self._tests_of([*readers, *made])

    def _owned_trainers(self) -> Iterator[Spot]:
        owners = Owners.of(self.project)
        return (Spot(path) for path in self.known.trainers if owners.of_path(path))

    def _tuners(self) -> Iterator[Spot]:
        yield from self._importing("tuner-libraries")
        yield from self._calling(("GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "sweep"))

    def _baseline(self) -> Iterator[Spot]:
        yield from self._named(("baseline", "naive"))
        yield from self._calling(("DummyClassifier", "DummyRegressor"))

    def _slices(self) -> Iterator[Spot]:
        yield from self._importing("fairness-libraries")
        yield from self._named(("slice", "slices", "subgroup", "subgroups", "cohort", "segments"))

    def _inclusion(self) -> Iterator[Spot]:
        return self._importing("fairness-libraries")

    def _seeds(self) -> Iterator[Spot]:
        calls = self.project.vocabulary.inverse("seeding")
        own = {"set_seed", "seed_everything", "fix_seed", "seed_all"}
        return self._calling({each.rpartition(".")[2] for each in calls} | own, set(self.known.acts))

    def _model_tests(self) -> Iterator[Spot]:
        asking = [(each.place.path, each.symbol) for each in self.known.definitions if each.predicts]
        fitting = [(act.place.path, act.symbol) for act in self.known.acts_of(FIT) if act.symbol]
        return self._tests_of([*asking, *fitting])

    def _pipeline_test(self) -> Iterator[Spot]:
        names = {path.rpartition("/")[2] for path in self.known.trainers}
        for path, started in self.project.facts(Started):
            if started.by == "ci" and started.program.rpartition("/")[2] in names:
                yield Spot(path, started.line)
        yield from self._tests_of((act.place.path, act.symbol) for act in self.known.acts_of(SAVE) if act.symbol)

    def _gate(self) -> Iterator[Spot]:
        return (_spot(next(self.known.acts_of("gate", [path])).place) for path in self.known.gates)

    def _canary(self) -> Iterator[Spot]:
        return self._named(("canary", "shadow", "champion", "challenger"))

    def _rollback(self) -> Iterator[Spot]:
        fixed = {(each.place.path, each.place.span.line) for each in self.findings if each.code == "OPS002"}
        served = {each.place.path for each in self.known.answering}
        for act in self.known.acts_of(LOAD):
            if act.place.path in served and (act.place.path, act.place.span.line) not in fixed:
                yield _spot(act.place)

    def _updates(self) -> Iterator[Spot]:
        return self._documents("updates")

    def _invariants(self) -> Iterator[Spot]:
        served = {each.place.path for each in self.known.answering}
        yield from (_spot(act.place) for act in self.known.acts_of(VALIDATE, sorted(served)))
        for path in sorted(served):
            module = next(of_kind(self.project.files[path].facts, ModuleFact), None)
            if module is not None and any(each.target.startswith("pydantic.") for each in module.imports):
                yield Spot(path)

    def _shared_features(self) -> Iterator[Spot]:
        served = self._reached((each.place.path, each.symbol) for each in self.known.answering)
        trained = self._reached((act.place.path, act.symbol) for act in self.known.acts_of(FIT))
        for path, name in sorted(served & trained):
            function = self.project.calls.function((path, name))
            if function is not None and name:
                yield Spot(path, function.line)

    def _reached(self, nodes: Iterable[Node]) -> set[Node]:
        return set(self.project.calls.reached(nodes, NEAR))

    def _schedule(self) -> Iterator[Spot]:
        return (Spot(path, each.line) for path, each in self.project.facts(Schedule))

    def _numerics(self) -> Iterator[Spot]:
        names = (
            "isnan",
            "isfinite",
            "isinf",
            "detect_anomaly",
            "check_numerics",
            "enable_check_numerics",
            "assert_all_finite",
        )
        return self._calling(names, set(self.known.acts))

    def _watchers(self) -> Iterator[Spot]:
        return (Spot(path) for path in self.known.watchers)

    def _answers_watched(self) -> Iterator[Spot]:
        yield from self._importing("drift-monitors")
        yield from (_spot(each.place) for each in self.known.answering if each.told)


def _spot(place: Place) -> Spot:
    return Spot(place.path, place.span.line)


# models ------------------------------------------------------------------------------------------


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


def _models(project: Project, declared: Sequence[Declaration], today: date) -> Iterator[ModelRow]:
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
    trainers = tuple(dict.fromkeys(_spot(act.place) for act in saves))[:MAX_CELL]
    servers = tuple(dict.fromkeys(_spot(act.place) for act in loads))[:MAX_CELL]
    paths = {spot.path for spot in (*trainers, *servers)}
    asking = {
        (each.place.path, each.symbol) for each in known.definitions if each.predicts and each.place.path in paths
    }
    callers = frozenset(project.calls.reaching(asking))
    tests = (_spot(trial.place) for trial in known.trials if (trial.place.path, trial.symbol) in callers)
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
        module = next(of_kind(project.files[path].facts, ModuleFact), None)
        roots = {each.target.partition(".")[0] for each in module.imports} if module is not None else set()
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
    facts = (fact for path in sorted(paths) for fact in of_kind(project.files[path].facts, Threshold))
    return tuple(dict.fromkeys(f"{fact.concept} {fact.value}" for fact in facts if project.holds(fact.when) is True))[
        :MAX_CELL
    ]


def _flags(project: Project, paths: Iterable[str]) -> tuple[str, ...]:
    facts = (fact for path in sorted(paths) for fact in of_kind(project.files[path].facts, FlagSite))
    return tuple(dict.fromkeys(fact.key for fact in facts if fact.key and project.holds(fact.when) is True))[:MAX_CELL]
