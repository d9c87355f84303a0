"""What the code does with models and data, and the functions that answer requests, ask models and test them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import libcst as cst

from mldebt.engine import At, Collector, Seen, Where, on
from mldebt.facts.acts import FIT, READ, SAVE, Act, Definition, Trial
from mldebt.syntax.children import descendants
from mldebt.syntax.names import argument, last_name, string
from mldebt.traits.doings import doings_of
from mldebt.traits.handlers import is_main_test, is_thin, is_wrapper, own_nodes, tells
from mldebt.traits.scopes import Function
from mldebt.traits.trials import called_names, is_skipped, is_trial, mark_names, marks_of, tries_edges
from mldebt.traits.values import Trait
from mldebt.vocabulary import tokenise

_READING = frozenset({"load", "read", "fetch", "clean", "preprocess", "validate", "prepare"})
_SCORES = frozenset(
    {"score", "map", "metric", "metrics", "val", "eval", "evaluation", "result"}
)  # of one answer, as often as of a model
_RIVALS = frozenset(
    {"best", "baseline", "previous", "champion", "production", "old", "last", "current", "metric", "metrics"}
)
_NO_DATA = frozenset(
    {"config", "configuration", "settings", "args", "env", "secrets", "yaml", "model", "weights", "parameter",
     "parameters", "params", "checkpoint", "state", "zip", "prompt", "prompts", "template"}
)  # fmt: skip
_ORDERINGS = frozenset({cst.LessThan, cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual})
MAX_DETAIL = 200  # characters of a file or table name


class Acts(Collector):
    """An ``Act`` for every call that does something with a model or its data, and for every test of how good one is."""

    @on(cst.Call)
    def call(self, node: cst.Call, at: At) -> Iterator[Seen]:
        done = at.doing(node)
        if done is not None:
            yield Seen(node, _act(done.kind, done.name, _named(node, at), _subject(done.kind, node, at)))

    @on(cst.If, cst.While, cst.IfExp, cst.Assert)
    def gate(self, node: cst.CSTNode, at: At) -> Iterator[Seen]:
        metrics = at.vocabulary.words("metric-words")
        for question in at.questions(node):
            if type(question) is cst.Comparison and _is_ordering(question):
                sides = (question.left, *(each.comparator for each in question.comparisons))
                tokens = {token for side in sides for token in _tokens(side)}
                if tokens & (metrics - _SCORES) or (tokens & _SCORES and tokens & _RIVALS):
                    yield Seen(question, _act("gate", min(tokens & (metrics | _SCORES)), ""))
                    return

    @on(cst.If)
    def entry(self, node: cst.If, at: At) -> Iterator[Seen]:
        if at.function is None and is_main_test(node):

            def make(where: Where) -> Definition:
                return Definition("entry", "", where.place, "__main__", where.source_line)

            yield Seen(node.test, make)


class Functions(Collector):
    """A ``Definition`` for every function that answers requests, asks a model or reads data, and a ``Trial``
    for every test."""

    @on(cst.IndentedBlock)
    def body(self, node: cst.IndentedBlock, at: At) -> Iterator[Seen]:
        function = at.function
        if function is None or function.node.body is not node:
            return
        if is_trial(function.simple_name, function.klass.name if function.klass is not None else ""):
            yield self._trial(function, at)
            return
        for kind in _kinds(function, at):
            yield self._definition(kind, function, at)

    @staticmethod
    def _trial(function: Function, at: At) -> Seen:
        edges = tries_edges(function.node, at.vocabulary)
        klass = function.klass.node if function.klass is not None else None
        marks = marks_of(function.node, klass, at.interpreter.module_node)
        calls, skipped, named = called_names(function.node), is_skipped(marks, function.node), mark_names(marks)

        def make(where: Where) -> Trial:
            return Trial(function.name, where.place, where.snippet, where.source_line, edges, calls, skipped, named)

        return Seen(function.node.name, make)

    @staticmethod
    def _definition(kind: str, function: Function, at: At) -> Seen:
        told, thin = tells(function.node.body, at.vocabulary), is_thin(function.node)
        # What a function defines inside of itself is nobody else's.
        inner = "." in function.name and function.klass is None
        public = not inner and not any(part.startswith("_") and part != "__call__" for part in function.name.split("."))
        predicts, wraps = _asks(function, at), is_wrapper(function, at.vocabulary)

        def make(where: Where) -> Definition:
            return Definition(
                kind, function.name, where.place, where.snippet, where.source_line, told, thin, public, predicts, wraps
            )

        return Seen(function.node.name, make)


def _kinds(function: Function, at: At) -> Iterator[str]:
    tokens = tokenise(function.simple_name)
    if at.answers(function):
        yield "handler"
    elif _asks(function, at):
        yield "predictor"
    elif _READING & set(tokens[:1]) and not _NO_DATA & set(tokens) and _reads_any(function, at):
        yield "reader"


def _asks(function: Function, at: At) -> bool:
    """Does the body ask a model, whoever trained it?"""
    doings = doings_of(at.vocabulary)
    return any(doings.asks(node, at.value) for node in _calls(function))


def _reads_any(function: Function, at: At) -> bool:
    doings = doings_of(at.vocabulary)
    return any(doings.by_name(node, at.reference) == READ for node in _calls(function))


def _calls(function: Function) -> Iterator[cst.Call]:

    return (node for node in own_nodes(function.node.body) if type(node) is cst.Call)


def _act(kind: str, name: str, detail: str, subject: str = "") -> Callable[[Where], Act]:
    def make(where: Where) -> Act:
        text = where.snippet, where.source_line
        return Act(kind, name, detail[:MAX_DETAIL], where.place, where.symbol, *text, subject)

    return make


def _subject(kind: str, node: cst.Call, at: At) -> str:
    """What is kept, by its name: the object whose method saves it, or what a function of a library is given.
    What learns, by what made it."""
    owner = node.func.value if isinstance(node.func, cst.Attribute) else None
    if kind == SAVE:
        of_library = owner is None or at.origins.is_module(at.reference(owner))
        kept = argument(node, 0, "obj") if of_library else owner
        return last_name(kept) if kept is not None else ""
    if kind == FIT and owner is not None:
        made = at.value(owner).traits.get(Trait.MODEL)
        by = at.reference(node.func if at.origins.is_module(at.reference(owner)) else owner)
        return made.detail if made is not None else by.removesuffix("()")
    return ""


def _named(node: cst.Call, at: At) -> str:
    """The file, table or model that the first literal among the first two arguments names."""
    for position in (0, 1):
        given = argument(node, position)
        text = at.text(given) if given is not None else None
        if text:
            return text
    for each in node.args:
        text = string(each.value) if each.keyword is not None else None
        if text:
            return text
    return ""


def _is_ordering(node: cst.Comparison) -> bool:
    return any(type(each.operator) in _ORDERINGS for each in node.comparisons)


def _tokens(node: cst.BaseExpression) -> Iterator[str]:

    for each in descendants(node):
        if type(each) is cst.Name:
            yield from tokenise(each.value)
        elif type(each) is cst.SimpleString:
            yield from tokenise(each.value[:60])
