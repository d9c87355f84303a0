"""What the code does with models and data, and the functions that answer requests, ask models and test them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import libcst as cst

from mldebt.engine import At, Collector, Seen, Where, on
from mldebt.facts.acts import FIT, READ, SAVE, Act, Definition, Trial
from mldebt.syntax.children import descendants
from mldebt.syntax.names import argument, last_name, string
from mldebt.traits.doings import doings_of
from mldebt.traits.gates import asked_by, gated
from mldebt.traits.handlers import is_main_test, is_thin, is_wrapper, own_calls, route_of, tells
from mldebt.traits.scopes import Function
from mldebt.traits.trials import called_names, is_skipped, is_trial, mark_names, marks_of, requested, tries_edges
from mldebt.traits.values import Trait
from mldebt.vocabulary import tokenise

_READING = frozenset({"load", "read", "fetch", "clean", "preprocess", "validate", "prepare", "extract", "ingest"})
_SCORES = frozenset(
    {"score", "map", "metric", "metrics", "val", "valid", "validation", "dev", "eval", "evaluation", "result"}
)  # of one answer, as often as of a model
_RIVALS = frozenset(
    {"best", "baseline", "previous", "champion", "production", "old", "last", "current", "metric", "metrics"}
)
_NO_DATA = frozenset(
    {"config", "configuration", "settings", "args", "env", "secrets", "yaml", "model", "weights", "parameter",
     "parameters", "params", "checkpoint", "state", "zip", "prompt", "prompts", "template"}
)  # fmt: skip
_PREPARING = frozenset({"preprocess", "featurize", "featurise", "vectorize", "vectorise"})
_VALIDATING = frozenset({"validate", "check", "verify", "assert", "expect"})
_OF_DATA = frozenset({"data", "df", "frame", "dataframe", "schema", "rows", "columns", "dataset", "features"})
_ASKED_FOR = frozenset({"__call__", "__getitem__", "__iter__"})  # by others, without their names
_DATA_SETS = frozenset({"Dataset", "IterableDataset", "Sequence", "PyDataset"})
_ITEMS = frozenset({"__getitem__", "__iter__"})  # what a data set of a framework is read by
_ORDERINGS = frozenset({cst.LessThan, cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual})
MAX_DETAIL = 200  # characters of a file or table name


class Acts(Collector):
    """An ``Act`` for every call that does something with a model or its data, and for every test of how good one is."""

    @on(cst.Call)
    def call(self, node: cst.Call, at: At) -> Iterator[Seen]:
        done = at.doing(node)
        if done is not None:
            yield Seen(node, _act(done.kind, done.name, _named(node, at), _subject(done.kind, node, at)))

    @on(cst.Call, called_in=("gate-conditions",))
    def condition(self, node: cst.Call, at: At) -> Iterator[Seen]:
        if gated(node, at.vocabulary) is not None:
            yield Seen(node, _act("gate", last_name(node.func), ""))

    @on(cst.If, cst.While, cst.IfExp, cst.Assert, cst.With)
    def gate(self, node: cst.CSTNode, at: At) -> Iterator[Seen]:
        for question in asked_by(node) if type(node) is cst.With else at.questions(node):
            if type(question) is cst.Comparison and _is_ordering(question):
                metrics = at.vocabulary.words("metric-words")
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

        routes = requested(function.node)

        def make(where: Where) -> Trial:
            text = where.snippet, where.source_line
            return Trial(function.name, where.place, *text, edges, calls, skipped, named, routes)

        return Seen(function.node.name, make)

    @staticmethod
    def _definition(kind: str, function: Function, at: At) -> Seen:
        told, thin = tells(function.node.body, at.vocabulary), is_thin(function.node)
        # What a function defines inside of itself is nobody else's.
        inner = "." in function.name and function.klass is None
        hidden = any(part.startswith("_") and part not in _ASKED_FOR for part in function.name.split("."))
        predicts, wraps = _asks(function, at), is_wrapper(function, at.vocabulary)
        flags = told, thin, not inner and not hidden, predicts, wraps, route_of(function.node)

        def make(where: Where) -> Definition:
            return Definition(kind, function.name, where.place, where.snippet, where.source_line, *flags)

        return Seen(function.node.name, make)


def _kinds(function: Function, at: At) -> Iterator[str]:
    tokens = tokenise(function.simple_name)
    if at.is_handler(function):
        yield "handler"
    elif _asks(function, at):
        yield "page" if at.is_shown(function) else "predictor"
    elif _validates(function, tokens, at):
        yield "validator"
    elif _gives_items(function) or (
        _READING & set(tokens[:1]) and not _NO_DATA & set(tokens) and _reads_any(function, at)
    ):
        yield "reader"
    elif _PREPARING & set(tokens[:1]):
        yield "preparer"


def _gives_items(function: Function) -> bool:
    """Is it what a data set that a network learns from gives its items by?"""
    if function.klass is None or function.simple_name not in _ITEMS:
        return False
    return any(base.rpartition(".")[2] in _DATA_SETS and "." in base for base in function.klass.bases)


def _validates(function: Function, tokens: tuple[str, ...], at: At) -> bool:
    """Is it there to say whether data is what it should be?"""
    if function.klass is not None or not _VALIDATING & set(tokens[:1]):
        return False
    by_library = not at.imported.isdisjoint(at.vocabulary.words("validation-libraries"))
    return by_library or bool(_OF_DATA & set(tokens[1:]))


def _asks(function: Function, at: At) -> bool:
    """Does the body ask a model, whoever trained it?"""
    doings = doings_of(at.vocabulary)
    return any(doings.asks(node, at.value) for node in own_calls(function.node.body))


def _reads_any(function: Function, at: At) -> bool:
    doings = doings_of(at.vocabulary)
    return any(doings.by_name(node, at.reference) == READ for node in own_calls(function.node.body))


def _act(kind: str, name: str, detail: str, subject: str = "") -> Callable[[Where], Act]:
    def make(where: Where) -> Act:
        text = where.snippet, where.source_line
        return Act(kind, name, detail[:MAX_DETAIL], where.place, where.symbol, *text, subject)

    return make


def _subject(kind: str, node: cst.Call, at: At) -> str:
    """What is kept, by its name: the object whose method saves it, or what a function of a library is given.
    What learns, by what made it."""
    owner = node.func.value if type(node.func) is cst.Attribute else None
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
