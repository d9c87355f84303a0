"""The whole project as facts: what names mean across files, what files are for, what terms come to.

Built once in ``link`` from the facts of all files, which are unsealed as they are asked for. Answers are
remembered; a question that leads back to itself has the answer unknown, which nobody acts on.

What files say to each other (imports, classes, exports, roles, declared versions: ``outline`` has all of it) may
be asked freely. All other facts are handed out with a note of who looked at them, in ``reads``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Protocol, TypeVar

from msgspec import Struct

from mldebt import declared, profiles, settling
from mldebt.call_graph import CallGraph
from mldebt.carrying import Carrying
from mldebt.components import Components, T
from mldebt.config import Config
from mldebt.declared import Declared
from mldebt.environment import NOTHING_INSTALLED, Environment
from mldebt.facts import F, Fact, FileFacts, of_kind
from mldebt.facts.acts import Definition
from mldebt.facts.exports import Carried, Export
from mldebt.facts.functions import FunctionFact
from mldebt.facts.modules import ClassFact, ModuleFact
from mldebt.facts.pins import LockedVersion, Pin
from mldebt.facts.sites import ModelSite
from mldebt.facts.variables import ContainerPath
from mldebt.model import Role
from mldebt.model_classes import ModelClasses
from mldebt.modules import Modules
from mldebt.patterns import Patterns
from mldebt.profiles import Profile
from mldebt.reads import Question, Recorder, found_once
from mldebt.references import References
from mldebt.roles import decide
from mldebt.terms import Term
from mldebt.traits.names import Names
from mldebt.traits.values import Trait
from mldebt.unrelated import unrelated
from mldebt.vocabulary import Vocabulary

# What may be run by itself.
_PROGRAMS = frozenset({Role.TRAIN, Role.SCRIPT, Role.PIPELINE, Role.EXAMPLE, Role.OTHER})
_QUIET = frozenset({Role.TEST, Role.EXAMPLE})  # what nobody runs in earnest
REQUESTED = 3  # calls between a handler and what runs for its requests

V = TypeVar("V")


_OFTEN_OWN = frozenset({"datasets"})  # what projects call a module of theirs as often


def _packages(vocabulary: Vocabulary) -> frozenset[str]:
    """The packages of others that modules of a project are called after: ``providers/openai.py``."""
    words = vocabulary.words("ml-modules") | vocabulary.words("data-modules")
    return frozenset(each.partition(".")[0] for each in words) - _OFTEN_OWN


class _ByFile(dict[str, V]):
    """What ``make`` finds out of files, each looked at when it is first asked for."""

    def __init__(self, make: Callable[[str], V]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, path: str) -> V:
        found = self[path] = self._make(path)
        return found


class About(Protocol):
    """What a file is; what it says is to be asked of the project, which notes who did."""

    @property
    def path(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def lines(self) -> int: ...
    @property
    def analysed(self) -> bool: ...


class Relations(Struct, frozen=True):
    """What files are to each other, as it follows from their outlines: which role each has (as far as asked), the
    ML modules (see ``learning`` and ``learning_directly``), the ``unrelated`` programs, what is ``serving``, and what
    components see of each other."""

    roles: Mapping[str, Role]
    learning: frozenset[str]
    directly: frozenset[str]
    unrelated: frozenset[str]
    serving: frozenset[str]
    seen: Mapping[str, frozenset[str]]


class Project:
    """Facts of all files, and the questions that rules and terms ask of them."""

    def __init__(
        self,
        files: Sequence[FileFacts],
        config: Config,
        vocabulary: Vocabulary,
        environment: Environment = NOTHING_INSTALLED,
    ) -> None:
        self._files: Mapping[str, FileFacts] = {each.path: each for each in files}
        self.files: Mapping[str, About] = self._files
        self.config = config
        self.vocabulary = vocabulary
        self.environment = environment
        self.modules = Modules(self.files, config.source_roots, _packages(vocabulary))
        self.reads = Recorder()
        self.answers: dict[str, tuple[str, ...]] = {}
        self._module_facts = _ByFile(lambda path: next(self._said(path, ModuleFact), None))
        self._exports = _ByFile(lambda path: {each.name: each for each in self._said(path, Export)})
        self._classes = _ByFile(lambda path: {each.name: each for each in self._said(path, ClassFact)})
        self._imports = _ByFile(self._bindings)
        self.names = Names(vocabulary)
        self._roles: dict[str, Role] = {}
        self._given_roles = [(Patterns.of((pattern,)), role) for pattern, role in config.roles]
        self.components = Components(
            self.modules,
            self.files,
            config.components,
            self.imported,
            config.across_components,
        )
        self._references = References(self.modules, self._looked_up, self._classes, self._imports, self.stars)
        self._model_classes = ModelClasses(self.modules, self._classes, self._imports, self.stars, vocabulary)
        self._carrying = Carrying(self)
        self._by_kind: dict[type[Fact], tuple[tuple[str, Fact], ...]] = {}

    # facts -------------------------------------------------------------------------------------

    def facts(self, kind: type[F]) -> Iterator[tuple[str, F]]:
        """Every fact of a kind with the path of its file, in path order."""
        self.reads.now.kinds.add(kind.__name__)
        return iter(self._everywhere(kind))

    def outside_tests(self, kind: type[F]) -> Iterator[tuple[str, F]]:
        """The same without tests and examples: what those say does not matter to who asks so."""
        self.reads.now.outside.add(kind.__name__)
        return ((path, fact) for path in self._outside for fact in self._said(path, kind))

    def of(self, path: str, kind: type[F]) -> Iterator[F]:
        """The facts of a kind that one file has."""
        reads = self.reads.now
        (reads.outside if self.is_outside_tests(path) else reads.kinds).add(kind.__name__)
        return self._said(path, kind)

    def file(self, path: str) -> FileFacts:
        """A file with all that it says, for linking, which knows what that is for."""
        return self._files[path]

    def answering(self, question: Question[F]) -> tuple[str, ...]:
        """The files of which the answer to a question is yes, in path order."""
        self.reads.now.questions.add(question.name)
        if question.name not in self.answers:
            paths = sorted(self.files)
            self.answers[question.name] = tuple(path for path in paths if self.answer(question, self._files[path]))
        return self.answers[question.name]

    def answer(self, question: Question[F], file: FileFacts) -> bool:
        """What a file answers."""
        facts = tuple(of_kind(file.facts, question.kind))
        return bool(facts) and question.ask(file.path, facts, self.vocabulary)

    def _everywhere(self, kind: type[F]) -> tuple[tuple[str, F], ...]:
        known = self._by_kind.get(kind)
        if known is None:
            paths = sorted(self.files)
            known = self._by_kind[kind] = tuple((path, fact) for path in paths for fact in self._said(path, kind))
        return known  # type: ignore[return-value]  # what was put there under this kind

    def _said(self, path: str, kind: type[F]) -> Iterator[F]:
        file = self._files.get(path)
        return of_kind(file.facts, kind) if file is not None else iter(())

    def imports(self, path: str) -> Mapping[str, str]:
        """Name -> what it means, of the imports of a file."""
        return self._imports[path]

    def bases(self, path: str, name: str) -> tuple[str, ...] | None:
        """The bases of the class of that qualified name in a file; ``None`` when there is none."""
        found = self._classes[path].get(name)
        return found.bases if found is not None else None

    def _bindings(self, path: str) -> dict[str, str]:
        module = self._module_facts[path]
        return {each.name: each.target for each in module.imports} if module is not None else {}

    def stars(self, path: str) -> tuple[str, ...]:
        """The modules that a file imports with ``*``."""
        module = self._module_facts[path]
        return module.stars if module is not None else ()

    def marks(self, path: str) -> tuple[str, ...]:
        """What the text of a file shows of its purpose: "fits", "main"."""
        module = self._module_facts[path]
        return module.marks if module is not None else ()

    def targets(self, path: str) -> tuple[str, ...]:
        """What a file imports, under whatever names."""
        module = self._module_facts[path]
        return (*(each.target for each in module.imports), *module.stars) if module is not None else ()

    def outline(self, file: FileFacts) -> object:
        """All that others may ask of a file without a note. Two files of one path with the same outline are
        the same to all others."""
        facts = file.facts
        module = next(of_kind(facts, ModuleFact), None)
        classes = tuple(of_kind(facts, ClassFact))
        return (
            file.kind,
            file.analysed,
            (module.imports, module.stars, module.marks) if module is not None else None,
            tuple(self._role_of(file.path, module, classes, learning) for learning in (False, True)),
            tuple((each.name, each.bases, self._model_classes.models_itself(each)) for each in classes),
            tuple(of_kind(facts, Pin)),
            tuple(of_kind(facts, LockedVersion)),
            any(of_kind(facts, ModelSite)),
            tuple(each.path for each in of_kind(facts, ContainerPath)),
        )

    def exported(self, file: FileFacts) -> object:
        """All that others may know of what a file gives them, beside where it stands, when they look up a name."""
        exports = of_kind(file.facts, Export)
        return tuple((each.name, each.refers, each.value, each.carried, each.arguments) for each in exports)

    def exports(self, path: str) -> Mapping[str, Export]:
        """What a file gives to others, by name."""
        self.reads.now.kinds.add(Export.__name__)  # with the places, which are no part of an outline
        return self._exports[path]

    def _looked_up(self, path: str) -> Mapping[str, Export]:
        self.reads.now.exports.add(path)
        return self._exports[path]

    def find_class(self, path: str, name: str) -> tuple[str, ClassFact] | None:
        """The class of the project that the file ``path`` calls ``name`` (a reference), with its file."""
        self.reads.now.kinds.add(ClassFact.__name__)
        return self._model_classes.find_class(path, name)

    def component(self, path: str) -> str:
        """The name of the component that a file belongs to (see ``components``)."""
        return self.components.of(path)

    def declared_kind(self, path: str) -> str:
        """What the configuration says of the component of a file: "application", "library" or ""."""
        component = self.components.declared(path)
        return component.kind if component is not None else ""

    def profile(self, path: str) -> Profile:
        """For whom the findings in a file speak: as its component says, else the whole run."""
        component = self.components.declared(path)
        named = component.profile if component is not None and component.profile else self.config.profile
        return profiles.load()[named or profiles.DEFAULT]

    def groups(self, sites: Iterable[T], path: Callable[[T], str]) -> tuple[tuple[T, ...], ...]:
        """Sites of one thing, parted into those that a rule may join: of one component and what it imports; a program
        of a collection is joined with nothing."""
        alone: dict[str, list[T]] = {}
        others: list[T] = []
        for site in sites:
            (alone.setdefault(path(site), []) if path(site) in self.unrelated else others).append(site)
        return (*self.components.groups(others, path), *map(tuple, alone.values()))

    def is_notebook(self, path: str) -> bool:
        """Is the file explored cell by cell, and not run as a program: a notebook, whatever it is written in?"""
        return self.files[path].kind == "notebook"

    @property
    def relations(self) -> Relations:
        """What the files are to each other; what is known already may be given."""
        return Relations(
            self._roles, self.learning, self.learning_directly, self.unrelated, self.serving, self.components.seen
        )

    @relations.setter
    def relations(self, known: Relations | None) -> None:
        if known is not None:
            self._roles = dict(known.roles)
            self.learning, self.learning_directly = known.learning, known.directly
            self.unrelated, self.serving = known.unrelated, known.serving
            self.components.seen = dict(known.seen)

    # roles -------------------------------------------------------------------------------------

    def role(self, path: str) -> Role:
        """What the file is for; the configuration's word first."""
        known = self._roles.get(path)
        if known is None:
            module, classes = self._module_facts[path], self._classes[path].values()
            known = self._roles[path] = self._role_of(path, module, classes, path in self.learning)
        return known

    def is_outside_tests(self, path: str) -> bool:
        """Is the file neither test nor example?"""
        return path in self.files and self.role(path) not in _QUIET

    @cached_property
    def _outside(self) -> tuple[str, ...]:
        return tuple(filter(self.is_outside_tests, sorted(self.files)))

    def _role_of(self, path: str, module: ModuleFact | None, classes: Iterable[ClassFact], learning: bool) -> Role:
        for patterns, role in self._given_roles:
            if patterns.excludes(path):
                return role
        return decide(path, module, classes, self.vocabulary, learning)

    @cached_property
    def calls(self) -> CallGraph:
        """Who calls whom."""
        functions = _ByFile(lambda path: {each.name: each for each in self._said(path, FunctionFact)})
        return CallGraph(self, functions.__getitem__)

    @cached_property
    def learning_directly(self) -> frozenset[str]:
        """The modules that import an ML framework or ask a model themselves."""
        return frozenset(path for path in self.files if self._is_direct(path))

    @cached_property
    def learning(self) -> frozenset[str]:
        """The ML modules: those that import an ML framework or ask a model, and those one import away from one."""
        direct = self.learning_directly
        near = set(direct)
        for path in self.files:
            for target in self.imported(path):
                if target in direct:
                    near.add(path)
                if path in direct:
                    near.add(target)
        return frozenset(near)

    @cached_property
    def learning_components(self) -> frozenset[str]:
        """The components in which something is an ML module or loads a model."""
        return frozenset(self.component(path) for path in (*self.learning_directly, *self.loading))

    @cached_property
    def unrelated(self) -> frozenset[str]:
        """The programs of a collection (see ``unrelated``): what one of them lacks or says otherwise tells
        nothing of the others."""
        own = {path for path in self.files if self.components.declared(path) is None and self.role(path) in _PROGRAMS}
        return unrelated(own & self.learning_directly, self.bound, self.component)

    @cached_property
    def bound(self) -> frozenset[str]:
        """The files that import a file of the project, or are imported by one."""
        imported = {path: set(self.imported(path)) for path in self.files}
        return frozenset(path for path, targets in imported.items() if targets).union(*imported.values())

    def _is_direct(self, path: str) -> bool:
        if "models" in self.marks(path):
            return True
        known = self.vocabulary.words("ml-modules")
        for target in self.targets(path):
            parts = target.split(".")
            if parts[0] in known or ".".join(parts[:2]) in known:
                return True
        return False

    @cached_property
    def serving(self) -> frozenset[str]:
        """The files that answer requests, and all that they import."""
        served = [path for path in sorted(self.files) if self.role(path) is Role.SERVE]
        return frozenset().union(*map(self.program, served))

    def program(self, path: str) -> frozenset[str]:
        """A file and all that it imports of the project, at any distance."""
        found, queue = {path}, [path]
        while queue:
            for target in self.imported(queue.pop()):
                if target not in found:
                    found.add(target)
                    queue.append(target)
        return frozenset(found)

    def imported(self, path: str) -> Iterator[str]:
        """The files of the project that a file imports."""
        for target in self.targets(path):
            found = self.modules.locate(path, target)
            if found is not None and found[0] != path:
                yield found[0]

    # names -------------------------------------------------------------------------------------

    def lookup(self, path: str, name: str) -> tuple[str, Export] | None:
        """The export that ``name`` (a reference made in ``path``) means, through re-exports and instances."""
        return self._references.lookup(path, name)

    # traits ------------------------------------------------------------------------------------

    def carried(self, path: str, name: str, trait: Trait) -> tuple[Carried, Export | None] | None:
        """What ``name``, as ``path`` calls it, carries of ``trait``, with the export that says so."""
        return self._carrying.carried(path, name, trait)

    def text(self, path: str, given: str) -> str:
        """The text that an argument recorded in the file ``path`` stands for (see ``values.given_to``)."""
        return self._carrying.text(path, given)

    def outside(self, path: str, name: str) -> str:
        """The reference outside the project that ``name`` comes to, "" when it is inside or unknown."""
        return self._references.outside(path, name)

    # model code --------------------------------------------------------------------------------

    def is_model(self, path: str, name: str) -> bool | None:
        """Is the class that ``path`` calls ``name`` model code? ``None`` when it cannot be known."""
        return self._model_classes.is_model(path, name)

    # versions ----------------------------------------------------------------------------------

    def declarations(self, path: str, distribution: str) -> tuple[Declared, ...]:
        """What the component of a file, else the root, declares of a distribution: locks first."""
        own = self.component(path)
        for component in dict.fromkeys((own, ".")):
            found = [each for each in self._declared.get(distribution, ()) if self.component(each.path) == component]
            if found:
                return tuple(found)
        return ()

    @cached_property
    def _declared(self) -> Mapping[str, tuple[Declared, ...]]:
        return declared.by_distribution(self._files)

    # terms -------------------------------------------------------------------------------------

    def holds(self, term: Term) -> bool | None:
        """What ``term`` comes to: true, false, or ``None`` for unknown."""
        return settling.holds(self, term)

    @cached_property
    def loading(self) -> frozenset[str]:
        """The files that load models or make estimators."""
        return frozenset(path for path, _ in self._everywhere(ModelSite))

    @found_once
    def run_for_requests(self) -> frozenset[tuple[str, str]]:
        """The functions that handlers of requests call, directly or through few others."""
        definitions = self.outside_tests(Definition)
        handlers = [(path, each.symbol) for path, each in definitions if each.kind in {"handler", "page"}]
        return frozenset(self.calls.reached(handlers, REQUESTED)) - set(handlers)

    @cached_property
    def image_paths(self) -> frozenset[str]:
        """The homes and working directories of the images that the project builds; the root is none."""
        return frozenset(fact.path for _, fact in self._everywhere(ContainerPath)) - {"/"}
