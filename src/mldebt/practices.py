"""What a project does around its models: who asks them, what tests reach, who watches, what lets one through.

Views over the facts of all files, made once a project. What is *not there* is only told where nothing of
the kind was found in the component, in what it imports, or at the root of the repository.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mldebt.facts.acts import FIT, LOAD, PREDICT, SAVE, Act, Definition, Stored, Trial
from mldebt.facts.exports import Export
from mldebt.facts.workflow import Started
from mldebt.model import Role
from mldebt.project_rule import Where
from mldebt.reads import Node, Recorder, found_once
from mldebt.traits.trials import SENT
from mldebt.trial_runs import started_by_ci, that_run
from mldebt.vocabulary import tokenise

if TYPE_CHECKING:
    from mldebt.project import Project

ROOT = "."
NEAR = 3  # calls between a handler and the model that it asks


def where(fact: Act | Definition | Trial) -> Where:
    """Where a fact stands, as a rule reports it."""
    return Where(fact.place, fact.symbol, fact.snippet, fact.source_line)


# What is saved beside a model and answers nothing itself.
_BESIDE = frozenset(
    {"dv", "vectorizer", "vectoriser", "scaler", "tokenizer", "config", "history", "metrics", "params", "columns",
     "labels", "stats", "optimizer", "results", "cache", "encoder", "encoders", "imputer", "preprocessor", "masks",
     "feature", "features", "names"}
)  # fmt: skip


def _is_kept(act: Act) -> bool:
    """Not the saving of what only goes with a model: a vectoriser, its columns, a history."""
    if act.kind != SAVE:
        return True
    name = act.symbol.partition(".")[0] if act.subject == "self" else act.subject
    return not _BESIDE & set(tokenise(name))


class Practices:
    """Answers for one project."""

    def __init__(self, project: Project) -> None:
        self.project = project

    @property
    def reads(self) -> Recorder:
        return self.project.reads

    # where ---------------------------------------------------------------------------------------

    def near(self, path: str, other: str) -> bool:
        """Does what is done in ``other`` count for ``path``: same component, joined, or at the root?"""
        components = self.project.components
        return components.of(other) == ROOT or components.joined(path, other)

    def shared(self, path: str, other: str) -> bool:
        """May a thing of one name in both files be one thing?"""
        if self.project.unrelated & {path, other}:
            return path == other
        return self.project.components.joined(path, other)

    def by_component(self, paths: Iterable[str]) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path in paths:
            found[self.project.component(path)].append(path)
        return dict(sorted(found.items()))

    def same(self, written: Stored, read: Stored) -> bool:
        """May both mean one thing: for files, is the folder the same where both name one, and the name more than a
        convention?"""
        if written.form != "file":
            return True
        there, here = _folder(written), _folder(read)
        named = () if written.pickled else set(tokenise(written.name.rpartition("/")[2].partition(".")[0]))
        if _ABOUT.intersection(named):
            return False  # it says how the model came about, and holds nothing that it said
        if _EVERYWHERE.intersection(named):
            return there == here != ""
        return there.endswith(here) or here.endswith(there)

    # acts ----------------------------------------------------------------------------------------

    @found_once
    def acts(self) -> Mapping[str, tuple[Act, ...]]:
        """The acts of every file of code that is neither test nor example."""
        found: dict[str, list[Act]] = defaultdict(list)
        for path, act in self.project.outside_tests(Act):
            if _is_kept(act) and path not in self.project.unrelated:
                found[path].append(act)
        return {path: tuple(acts) for path, acts in found.items()}

    def acts_of(self, kind: str, paths: Iterable[str] | None = None) -> Iterator[Act]:
        for path in self.acts if paths is None else paths:
            yield from (act for act in self.acts.get(path, ()) if act.kind == kind)

    @found_once
    def trainers(self) -> tuple[str, ...]:
        """The files that fit a model for later use: they train, and keep what comes out."""
        return tuple(
            path
            for path, acts in self.acts.items()
            if {FIT, SAVE} <= {act.kind for act in acts if act.name != "fit_transform"}
            and path in self.project.learning
            and not self.project.is_notebook(path)  # explored; what is run again and again is a program
        )

    @found_once
    def trained(self) -> Mapping[str, tuple[Act, ...]]:
        """The training in every program that keeps what comes out: saves it, returns it, or runs the loop itself
        that a network learns in."""
        words = self.project.vocabulary.words
        deep, keeping = words("training-steps"), words("keeping-trainers")
        found = {}
        for path in self.acts:
            if path not in self.project.learning or self.project.is_notebook(path):
                continue
            fits = [act for act in self.acts_of(FIT, [path]) if act.name not in {"fit_transform", "fit_resample"}]
            if path not in self.trainers:
                given = {each.name.removesuffix("()") for each in self._giving(path)}
                fits = [act for act in fits if act.name in deep or act.symbol in given or act.subject in keeping]
            if fits:
                found[path] = tuple(fits)
        return found

    def _giving(self, path: str) -> Iterator[Export]:
        """The functions of a file that give a model back."""
        for export in self.project.of(path, Export):
            if export.name.endswith("()") and any(each.trait == "model" for each in export.carried):
                yield export

    @found_once
    def gates(self) -> tuple[str, ...]:
        """The files in which how good a model is decides something."""
        return tuple(
            path
            for path, acts in self.acts.items()
            if path in self.project.learning and any(act.kind == "gate" for act in acts)
        )

    # functions -----------------------------------------------------------------------------------

    @found_once
    def definitions(self) -> tuple[Definition, ...]:
        """Every definition outside tests and examples, in path order. What is called as a model is none where
        nothing else speaks of machine learning."""
        learning = self.project.learning
        return tuple(
            each if path in learning or not each.predicts else replace(each, predicts=False)
            for path, each in self.project.outside_tests(Definition)
            if not self.project.is_notebook(path) and path not in self.project.unrelated
        )

    def defined(self, kind: str) -> tuple[Definition, ...]:
        return tuple(each for each in self.definitions if each.kind == kind)

    @found_once
    def answering(self) -> tuple[Definition, ...]:
        """The handlers that ask a model: themselves, or through functions near them; what a page calls, itself."""
        asking = {(each.place.path, each.symbol) for each in self.definitions if each.predicts}
        found = []
        for each in (*self.defined("handler"), *self.defined("page")):
            if {"train", "retrain", "fit", "training"} & set(tokenise(each.symbol)):
                continue  # what it answers with is no prediction
            node = (each.place.path, each.symbol)
            if each.predicts or (each.kind == "handler" and asking & set(self.project.calls.reached([node], NEAR))):
                found.append(each)
        return tuple(found)

    # tests ---------------------------------------------------------------------------------------

    @found_once
    def trials(self) -> tuple[Trial, ...]:
        """The tests that are written."""
        return tuple(each for path, each in self.project.facts(Trial) if self.project.role(path) is Role.TEST)

    @found_once
    def run(self) -> tuple[Trial, ...]:
        """The tests that show something: they run."""
        return that_run(self.trials, self.started_by_ci)

    @found_once
    def started_by_ci(self) -> tuple[Started, ...]:
        return started_by_ci(self.project)

    @found_once
    def tested(self) -> frozenset[Node]:
        """The functions that tests call, directly or through others."""
        return frozenset(self.project.calls.reached((each.place.path, each.symbol) for each in self.run))

    @found_once
    def _named_in_tests(self) -> Mapping[str, tuple[str, ...]]:
        """Last name -> the test files that call it."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for trial in self.run:
            for name in trial.calls:
                found[name].setdefault(trial.place.path)
        idle = {(each.place.path, each.symbol) for each in set(self.trials) - set(self.run)}
        for path in self.project.files:
            if self.project.role(path) is Role.TEST:
                for node in ((path, name) for name in self.project.calls.names(path) if (path, name) not in idle):
                    for reference in self.project.calls.references(node):
                        found[reference.rpartition(".")[2].removesuffix("()")].setdefault(path)
        return {name: tuple(paths) for name, paths in found.items()}

    def is_tested(self, definition: Definition) -> bool:
        """Does a test reach the function, or call something of its name?"""
        path, symbol = definition.place.path, definition.symbol
        if (path, symbol) in self.tested:
            return True
        owner, _, name = symbol.rpartition(".")
        names = (owner.rpartition(".")[2],) if name in _UNNAMED and owner else (name,)
        if any(self.near(path, test) for each in names for test in self._named_in_tests.get(each, ())):
            return True
        if name in self._named_where_tested:
            return True
        return self._asks_over_http(path) and (path, symbol) in self._handling

    @found_once
    def _named_where_tested(self) -> frozenset[str]:
        """Names of more than one word that functions which tests reach call methods by: a base class may call what
        others define."""
        references = (each for node in self.tested for each in self.project.calls.references(node))
        called = (each.rpartition(".")[2].removesuffix("()") for each in references)
        return frozenset(name for name in called if len(tokenise(name)) > 2)

    @found_once
    def _handling(self) -> frozenset[Node]:
        """The handlers, and what they call near them."""
        handlers = ((each.place.path, each.symbol) for each in self.defined("handler"))
        return frozenset(self.project.calls.reached(handlers, NEAR))

    def _asks_over_http(self, path: str) -> bool:
        """Do tests near ``path`` send requests to the application?"""
        return any(self.near(path, test) for each in SENT for test in self._named_in_tests.get(each, ()))

    def trains_in_tests(self, path: str) -> bool:
        """Do tests near ``path`` train something, whatever it reads?"""
        return any(self.near(path, test) for name in ("fit", "train") for test in self._named_in_tests.get(name, ()))

    def has_trials(self, path: str) -> bool:
        return any(self.near(path, each.place.path) for each in self.trials)

    # watching ------------------------------------------------------------------------------------

    @found_once
    def watchers(self) -> tuple[str, ...]:
        """The files that import a library for watching models or services, and those that are called so."""
        words = self.project.vocabulary.words("monitoring")
        return tuple(
            path
            for path in sorted(self.project.files)
            if self._imports(path, words)
            or (path.endswith(".py") and _WATCH & set(tokenise(path)) and self.project.is_outside_tests(path))
        )

    def _imports(self, path: str, words: frozenset[str]) -> bool:
        return any(
            target.partition(".")[0] in words or ".".join(target.split(".")[:2]) in words
            for target in self.project.targets(path)
        )

    def importers(self, vocabulary: str, paths: Iterable[str] | None = None) -> tuple[str, ...]:
        """The files that import something of a list of the vocabulary."""
        words = self.project.vocabulary.words(vocabulary)
        return tuple(path for path in sorted(paths or self.project.files) if self._imports(path, words))

    @found_once
    def _by_node(self) -> Mapping[Node, Definition]:
        return {(each.place.path, each.symbol): each for each in self.definitions}

    def tells(self, node: Node) -> bool:
        """Does a function, or one that it calls, count or record what it works with, by what it calls?"""
        words = self.project.vocabulary.words("watching-calls")
        for each in self.project.calls.reached([node], 2):
            definition = self._by_node.get(each)
            if definition is not None and definition.told:
                return True
            for reference in self.project.calls.references(each):
                name = reference.rpartition(".")[2].removesuffix("()")
                if name in words and (reference.startswith("@.") or "." in reference):
                    return True
                if {"monitor", "monitoring", "drift", "telemetry"} & set(tokenise(name)):
                    return True
        return False


# Methods that run without being called by their names.
_UNNAMED = frozenset({"__call__", "forward", "call", "__getitem__", "__iter__"})
# What the modules of a monitor of one's own are called.
_WATCH = frozenset({"monitoring", "monitor", "drift", "psi", "telemetry", "observability"})


def _folder(stored: Stored) -> str:
    return stored.name.rpartition("/")[0].strip("./")


# Files of these names speak of a model.
_ABOUT = frozenset({"metadata", "meta", "config", "params", "metrics", "schema", "manifest", "card"})
# Files of these names stand in every project.
_EVERYWHERE = frozenset({"submission", "submissions", "sample", "train", "test", "data", "input", "output"})
# Words of functions that work on the model itself: what they give is looked at by people.
_OWN_WORK = frozenset(
    {"train", "fit", "evaluate", "evaluation", "plot", "main", "run", "test", "validate", "benchmark", "objective",
     "tune", "cross", "epoch", "step", "visualize", "visualise", "show", "demo", "compare", "export", "explain", "load",
     "get", "build", "create", "init", "setup", "warmup", "pipeline", "optimize",
     "optimise", "quantize", "convert", "prepare", "calibrate"}
)  # fmt: skip
# ``forward`` is how a network is written, not how one is asked.
_OTHER_VERBS = frozenset({"fit", "train", "retrain", "evaluate", "transform", "forward", "encode"})


def is_asked(definition: Definition, project: Project) -> bool:
    """Is the function there for others to ask the model by: public, named so, and not one that only hands on?"""
    if not definition.public or not definition.predicts:
        return False
    if definition.thin and (definition.kind == "handler" or "." not in definition.symbol):
        return False
    if definition.kind == "handler":
        return True
    tokens = tokenise(definition.symbol.rpartition(".")[2])
    if not tokens or tokens[0] in _OWN_WORK:
        return definition.symbol.endswith("__call__")
    verbs = project.vocabulary.words("inference-verbs") - _OTHER_VERBS
    return not _OWN_WORK & set(tokens) and bool(set(tokens) & (verbs | {"inference", "prediction", "predictions"}))


def practices(project: Project) -> Practices:
    """The view on this project; the same one each time."""
    return project.reads.once(Practices, lambda: Practices(project))


def first(sites: Sequence[Where]) -> tuple[Where, ...]:
    """Sites in path order."""
    return tuple(sorted(sites, key=lambda each: (each.place.path, each.place.span)))


__all__ = ["FIT", "LOAD", "PREDICT", "SAVE", "Practices", "first", "practices", "where"]
