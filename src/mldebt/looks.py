"""What the code shows for a test of the ML Test Score: one finder a kind of evidence of ``rules/evidence.toml``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct

from mldebt.facts.acts import VALIDATE
from mldebt.facts.functions import FunctionFact
from mldebt.facts.workflow import Document, Schedule, Started
from mldebt.model import Finding, Place, Role
from mldebt.owners import Owners
from mldebt.practices import FIT, LOAD, NEAR, SAVE, Practices, practices
from mldebt.project import Project
from mldebt.reads import Node
from mldebt.vocabulary import tokenise


class Spot(Struct, frozen=True):
    """A place of the sheet: a root-relative path and a line, 0 for the whole file."""

    path: str
    line: int = 0

    @classmethod
    def of(cls, place: Place) -> Spot:
        return cls(place.path, place.span.line)


class Looks:
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

    def _named(self, vocabulary: str) -> Iterator[Spot]:
        wanted = self.project.vocabulary.words(vocabulary)
        for path, function in self.project.facts(FunctionFact):
            if self.project.role(path) is not Role.EXAMPLE and wanted & set(tokenise(function.name.rpartition(".")[2])):
                yield Spot(path, function.line)

    def _documents(self, kind: str) -> Iterator[Spot]:
        return (Spot(path) for path, each in self.project.facts(Document) if each.kind == kind)

    def _tests_of(self, nodes: Iterable[Node]) -> Iterator[Spot]:
        callers = frozenset(self.project.calls.reaching(nodes))
        for trial in self.known.trials:
            if (trial.place.path, trial.symbol) in callers:
                yield Spot.of(trial.place)

    # the tests -----------------------------------------------------------------------------------

    def _validation(self) -> Iterator[Spot]:
        yield from (Spot.of(act.place) for act in self.known.acts_of(VALIDATE))
        yield from self._importing("validation-libraries")

    def _privacy(self) -> Iterator[Spot]:
        yield from self._importing("privacy-libraries")
        yield from self._named("privacy-words")

    def _feature_tests(self) -> Iterator[Spot]:
        readers = [(each.place.path, each.symbol) for each in self.known.defined("reader")]
        words = self.project.vocabulary.words("feature-making-words")
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
        yield from self._calling(self.project.vocabulary.words("tuner-calls"))

    def _baseline(self) -> Iterator[Spot]:
        yield from self._named("baseline-words")
        yield from self._calling(self.project.vocabulary.words("baseline-estimators"))

    def _slices(self) -> Iterator[Spot]:
        yield from self._importing("fairness-libraries")
        yield from self._named("slice-words")

    def _inclusion(self) -> Iterator[Spot]:
        return self._importing("fairness-libraries")

    def _seeds(self) -> Iterator[Spot]:
        calls = self.project.vocabulary.inverse("seeding")
        own = self.project.vocabulary.words("seeding-functions")
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
        return (Spot.of(next(self.known.acts_of("gate", [path])).place) for path in self.known.gates)

    def _canary(self) -> Iterator[Spot]:
        return self._named("canary-words")

    def _rollback(self) -> Iterator[Spot]:
        fixed = {(each.place.path, each.place.span.line) for each in self.findings if each.code == "OPS002"}
        served = {each.place.path for each in self.known.answering}
        for act in self.known.acts_of(LOAD):
            if act.place.path in served and (act.place.path, act.place.span.line) not in fixed:
                yield Spot.of(act.place)

    def _updates(self) -> Iterator[Spot]:
        return self._documents("updates")

    def _invariants(self) -> Iterator[Spot]:
        served = {each.place.path for each in self.known.answering}
        yield from (Spot.of(act.place) for act in self.known.acts_of(VALIDATE, sorted(served)))
        for path in sorted(served):
            if any(each.startswith("pydantic.") for each in self.project.targets(path)):
                yield Spot(path)

    def _shared_features(self) -> Iterator[Spot]:
        served = self._reached((each.place.path, each.symbol) for each in self.known.answering)
        trained = self._reached((act.place.path, act.symbol) for act in self.known.acts_of(FIT))
        for path, name in sorted(served & trained):
            line = next((each.line for each in self.project.of(path, FunctionFact) if each.name == name), 0)
            if line and name:
                yield Spot(path, line)

    def _reached(self, nodes: Iterable[Node]) -> set[Node]:
        return set(self.project.calls.reached(nodes, NEAR))

    def _schedule(self) -> Iterator[Spot]:
        return (Spot(path, each.line) for path, each in self.project.facts(Schedule))

    def _numerics(self) -> Iterator[Spot]:
        return self._calling(self.project.vocabulary.words("numeric-checks"), set(self.known.acts))

    def _watchers(self) -> Iterator[Spot]:
        return (Spot(path) for path in self.known.watchers)

    def _answers_watched(self) -> Iterator[Spot]:
        yield from self._importing("drift-monitors")
        yield from (Spot.of(each.place) for each in self.known.answering if each.told)
