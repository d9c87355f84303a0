"""What a rule is: a class with methods that listen to node types and yield hits.

A rule is stateless: one instance serves all files. It is told of nodes in the order the program
runs, through ``At``, which knows the bindings in force at that node. A ``Hit`` names nodes; places
are found later, in one pass, for the files that have any. Collectors are the same for facts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence, Set
from typing import Any, ClassVar, TypeVar

import libcst as cst
from msgspec import Struct, field

from mldebt.facts import Fact
from mldebt.gate import Gate
from mldebt.model import Candidate, Outcome, Recipe
from mldebt.project_rule import OptionValue, ProjectHit, ProjectRule, Where, load_classes
from mldebt.rule_spec import RuleSpec
from mldebt.syntax import names as written
from mldebt.syntax.children import calls
from mldebt.terms import FALSE, TRUE, Carries, IsMachineLearning, IsModel, Term, all_of, any_of
from mldebt.traits.doings import Doing, doings_of
from mldebt.traits.flow import Interpreter
from mldebt.traits.handlers import is_given_request, is_handler, shown
from mldebt.traits.hot_paths import HotPaths
from mldebt.traits.inference import Holding, Holdings
from mldebt.traits.lineage import Story
from mldebt.traits.names import Names
from mldebt.traits.origins import Origins
from mldebt.traits.questions import questions
from mldebt.traits.scopes import ClassBody, Function, Scope
from mldebt.traits.scores import Cut, ScoreReader
from mldebt.traits.story import story_of
from mldebt.traits.thresholds import Argument, passed
from mldebt.traits.values import BY_FLOW, Evidence, Step, Trait, Value
from mldebt.vocabulary import Vocabulary

T = TypeVar("T")
M = TypeVar("M", bound=Callable[..., Iterable[Any]])


def on(
    *kinds: type[cst.CSTNode],
    called: Iterable[str] = (),
    called_in: Iterable[str] = (),
    like: Callable[[Any], bool] | None = None,
    opened_by: Gate | None = None,
) -> Callable[[M], M]:
    """Mark a method of a rule or collector as a listener for nodes of ``kinds``; of calls, when it says so,
    only for those whose last name (``syntax.names.last_name``) is one of ``called``, or a whole entry of the
    vocabulary's lists ``called_in``. It is told of those alone that are ``like`` that: what many listeners ask
    of one node is asked once. ``opened_by`` is a gate of this listener alone."""
    if (called or called_in) and kinds != (cst.Call,):
        raise TypeError("only calls have a name that they are called by")

    def mark(method: M) -> M:
        method.__listens__ = kinds  # type: ignore[attr-defined]  # how a decorator leaves its mark
        method.__called__ = (frozenset(called), tuple(called_in))  # type: ignore[attr-defined]  # the same
        method.__like__ = like  # type: ignore[attr-defined]  # the same
        method.__opened_by__ = opened_by  # type: ignore[attr-defined]  # the same
        return method

    return mark


class Hit(Struct, frozen=True):
    """A rule found something at ``node``. ``fields`` fill the placeholders of the rule's message, or of
    its ``variant``; a node among them stands for how it is written."""

    node: cst.CSTNode
    fields: Mapping[str, str | cst.CSTNode] = field(default_factory=dict)
    variant: str = ""
    outcomes: tuple[Outcome, ...] = (Outcome(),)
    concept: str = ""
    value: str = ""
    related: tuple[tuple[cst.CSTNode, str], ...] = ()
    flow: tuple[Step, ...] = ()
    recipes: tuple[Recipe, ...] = ()
    minutes: int | None = None


class Seen(Struct, frozen=True):
    """A collector saw a fact at ``node``; ``make`` builds it once its place is known."""

    node: cst.CSTNode
    make: Callable[[Where], Fact]


class Number(Struct, frozen=True):
    """A number that an expression is known to be. ``text`` is how it is written, ``name`` the name
    it was reached through ("" when it stands there itself)."""

    value: int | float
    text: str
    name: str


class Rule:
    """Base of the rules that look at one file. The module, class and TOML share the rule's name."""

    opened_by: Gate | None = None

    def __init__(self, spec: RuleSpec, options: Mapping[str, OptionValue]) -> None:
        self.spec = spec
        self.options = options


class Collector:
    """Base of what records facts while the file is walked."""

    opened_by: ClassVar[Gate | None] = None


class At(Struct):
    """Where the walk is: what a rule may ask about the node it is told of and about its surroundings."""

    path: str
    interpreter: Interpreter
    names: Names
    origins: Origins
    vocabulary: Vocabulary
    comments: Sequence[Sequence[cst.Comment]] = ()  # all of the file's; those on adjacent lines of their own as one
    is_notebook: bool = False
    called_in: Mapping[int, Set[str]] = field(default_factory=dict)  # names that functions call, by their ids, if known
    _holdings: Holdings | None = None
    _hot_paths: HotPaths | None = None
    _longest: int | None = None
    _imported: tuple[int, frozenset[str]] = (0, frozenset())
    _story: Story | None = None
    _found: dict[Hashable, Any] = field(default_factory=dict)
    told: dict[tuple[str, int], Any] = field(default_factory=dict)  # what ``shared`` has found for the current node

    # values ------------------------------------------------------------------------------------

    def value(self, node: cst.CSTNode) -> Value:
        """What ``node`` is known to be here."""
        return self.interpreter.evaluator.value(node)

    def trait(self, node: cst.CSTNode, trait: Trait) -> Evidence | None:
        """Why ``node`` has ``trait``, ``None`` when nothing says so. What another file may say comes
        as evidence whose ``when`` asks it."""
        value = self.value(node)
        evidence = value.traits.get(trait)
        if evidence is not None and evidence.weight >= BY_FLOW:
            return evidence
        if self.origins.may_be_own(value.reference):
            asked = Evidence(
                BY_FLOW,
                detail="",
                path=(Step(node, value.reference.lstrip(".")),),
                when=Carries(self.path, value.reference, trait.value),
            )
            return evidence or asked
        return evidence

    def number(self, node: cst.CSTNode) -> Number | None:
        """The literal number that ``node`` is, by itself or through names bound to one; no booleans."""
        value = self.value(node)
        constant = value.constant
        if value.literal is None or isinstance(constant, bool) or not isinstance(constant, (int, float)):
            return None
        return Number(constant, spelled(value.literal), value.named if value.literal is not node else "")

    def text(self, node: cst.CSTNode) -> str | None:
        """The literal string that ``node`` is, by itself or through names bound to one."""
        return self.interpreter.evaluator.text_of(node)

    def doing(self, node: cst.Call) -> Doing | None:
        """What a call does with data or a model."""
        return self.shared("doing", node, lambda: doings_of(self.vocabulary).of(node, self.reference, self.value))

    def questions(self, node: cst.CSTNode) -> Sequence[cst.BaseExpression]:
        """What is asked by ``node``, which the rule is told of (see ``traits.questions``)."""
        return self.shared("questions", node, lambda: tuple(questions(node, self.parents)))

    def passed(self, node: cst.Call) -> Sequence[Argument]:
        """The thresholds that a call is given."""
        callee = lambda: self.reference(node.func) or written.dotted(node.func)  # noqa: E731  # asked only when needed
        return self.shared("passed", node, lambda: tuple(passed(node, self.vocabulary, callee)))

    def cuts(self, node: cst.Comparison) -> Sequence[Cut]:
        """The scores that a comparison holds against a number."""
        return self.shared("cuts", node, lambda: tuple(self.scores.cuts(node)))

    def reference(self, node: cst.CSTNode) -> str:
        """What ``node`` refers to, with imports applied (see ``terms.Carries``); "" when nothing."""
        return self.value(node).reference

    @property
    def scores(self) -> ScoreReader:
        """Reads the scores in the expressions here."""
        return ScoreReader(self.interpreter.evaluator, self.vocabulary, self.path, self.symbol)

    @property
    def longest_comment(self) -> int:
        """Lines of the longest comment of the file."""
        if self._longest is None:
            self._longest = max(map(len, self.comments), default=0)
        return self._longest

    # surroundings ------------------------------------------------------------------------------

    @property
    def parents(self) -> Sequence[cst.CSTNode]:
        """The nodes around the current one, the module first, the direct parent last."""
        return self.interpreter.parents

    def parent(self, distance: int = 1) -> cst.CSTNode | None:
        """The node ``distance`` steps up from the current one."""
        parents = self.interpreter.parents
        return parents[-distance] if len(parents) >= distance else None

    @property
    def scope(self) -> Scope:
        return self.interpreter.scope

    @property
    def symbol(self) -> str:
        """The qualified name of the enclosing function or class, "" in the module's own statements."""
        return self.interpreter.scope.name

    @property
    def function(self) -> Function | None:
        """The enclosing function."""
        return self.interpreter.scope.function

    @property
    def klass(self) -> ClassBody | None:
        """The class whose body or method this is."""
        return self.interpreter.scope.klass

    @property
    def imports(self) -> Mapping[str, str]:
        """Name -> reference, of the module's own imports so far."""
        return self.interpreter.imports

    @property
    def imported(self) -> frozenset[str]:
        """What ``imports`` refer to, and all that holds it: ``a``, ``a.b`` and ``a.b.c`` for ``from a.b import c``."""
        count = self.interpreter.imported
        if self._imported[0] != count:
            self._imported = count, frozenset(each for target in self.imports.values() for each in _holders(target))
        return self._imported[1]

    @property
    def story(self) -> Story:
        """Where the data of this file goes: its loads, splits, fits, and what leaks between them."""
        module = self.interpreter.module_node
        if self._story is None:
            self._story = story_of(module, self.vocabulary) if module is not None else Story()
        return self._story

    def shared(self, what: str, node: cst.CSTNode, find: Callable[[], T]) -> T:
        """What ``find`` gives for ``node``, found once for all who are told of the same node and ask it. What holds
        when they are told of another one, another binding may have changed."""
        key = what, id(node)
        if key not in self.told:
            self.told[key] = find()
        found: T = self.told[key]
        return found

    def once(self, key: Hashable, find: Callable[[], T]) -> T:
        """What ``find`` gives, found once in this file for each ``key``: a rule that is told of many nodes of a
        function need not ask anew what is the same for all of them."""
        if key not in self._found:
            self._found[key] = find()
        found: T = self._found[key]
        return found

    @property
    def called(self) -> frozenset[str]:
        """The last names of all that the file calls."""
        return self.once("called", self._names_called)

    def _names_called(self) -> frozenset[str]:
        module = self.interpreter.module_node
        return frozenset(written.last_name(each.func) for each in calls(module)) if module is not None else frozenset()

    # what other files may have to say ----------------------------------------------------------

    @property
    def machine_learning(self) -> Term:
        """This module is an ML module."""
        return IsMachineLearning(self.path)

    @property
    def in_model_class(self) -> Term:
        """The enclosing class is model code."""
        klass = self.klass
        return FALSE if klass is None else IsModel(self.path, f"@.{klass.name}")

    @property
    def holding(self) -> Holding | None:
        """How the enclosing function holds a model (asks, trains or loads one), ``None`` when it does not."""
        function = self.function
        return None if function is None else self.holding_of(function.node)

    def holding_of(self, function: cst.FunctionDef) -> Holding | None:
        """How ``function`` holds a model, ``None`` when it does not."""
        if self._holdings is None:
            self._holdings = Holdings(self.vocabulary, self.path)
        bindings = self.interpreter.module_scope.bindings
        return self._holdings.of(function, self.imports, bindings, self.called_in.get(id(function)))

    def answers(self, function: Function) -> bool:
        """Does something outside call ``function`` for each request, or for each input on a page?"""
        return self.is_handler(function) or self.is_shown(function)

    def is_handler(self, function: Function) -> bool:
        """Does something outside call ``function`` for each request?"""
        return is_handler(function, self.vocabulary) or is_given_request(function, self.imported, self.vocabulary)

    def is_shown(self, function: Function) -> bool:
        """Does a page call ``function`` for each input?"""
        return function.klass is None and function.simple_name in self.once("shown", self._shown)

    def _shown(self) -> frozenset[str]:
        module = self.interpreter.module_node
        return shown(module) if module is not None and "gradio" in self.imported else frozenset()

    @property
    def hot_caller(self) -> str:
        """The method on the path of each prediction that calls this one on ``self``, "" when none does."""
        function = self.function
        if function is None or function.klass is None:
            return ""
        if self._hot_paths is None:
            self._hot_paths = HotPaths(self.vocabulary)
        return self._hot_paths.caller(function.klass, function.simple_name)

    @property
    def hot_holding(self) -> Holding | None:
        """How the method that calls this one on each prediction holds a model."""
        caller = self.hot_caller
        return self.holding_of(self.klass.methods[caller].node) if caller and self.klass is not None else None

    @property
    def model_code(self) -> Term:
        """This is inside a model's class, in a function that holds a model, or in a method that such a one calls on
        each prediction."""
        holding = self.holding or self.hot_holding
        return any_of(self.in_model_class, FALSE if holding is None else holding.when)


def _holders(reference: str) -> Iterator[str]:
    """A dotted name and all that it begins with."""
    while reference:
        yield reference
        reference = reference.rpartition(".")[0]


def spelled(node: cst.CSTNode) -> str:
    """How a literal is written, in one line."""
    if type(node) is cst.UnaryOperation:
        sign = "-" if type(node.operator) is cst.Minus else "+" if type(node.operator) is cst.Plus else ""
        return sign + spelled(node.expression)
    if isinstance(node, (cst.Integer, cst.Float, cst.SimpleString, cst.Name)):
        return node.value
    return written.dotted(node)


__all__ = [
    "FALSE", "TRUE", "At", "Candidate", "Collector", "Hit", "Number", "ProjectHit", "ProjectRule", "Rule", "Seen",
    "Where", "all_of", "any_of", "load_classes", "on", "spelled",
]  # fmt: skip
