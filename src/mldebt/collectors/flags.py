"""Where feature flags are evaluated."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Collector, Seen, Where, on
from mldebt.facts.sites import FlagSite
from mldebt.syntax.children import descendants
from mldebt.syntax.names import argument, last_name
from mldebt.traits.flags import (
    FlagRead,
    asked_flag,
    flag_elsewhere,
    is_open,
    is_wrapper_name,
    known_flag,
    read_flag,
)
from mldebt.traits.questions import DECIDING
from mldebt.traits.values import Trait
from mldebt.vocabulary import tokenise

_TABLES = frozenset({"df", "dfs", "frame", "dataframe", "dataset", "features", "x"})
_FALLBACKS = ("default", "default_value", "fallback", "fallback_value")
MAX_WRAPPER = 3  # statements of a function whose whole business is one flag


class Flags(Collector):
    """A ``FlagSite`` for every test that a flag decides, and for every place that reads one."""

    @on(*DECIDING)
    def decide(self, node: cst.CSTNode, at: At) -> Iterator[Seen]:
        for question in at.questions(node):
            asked = asked_flag(at, question)
            if asked is not None:
                yield _seen(*asked, at, branches=True, shapes=type(node) is cst.If and _writes_columns(node.body))

    @on(cst.Match)
    def match(self, node: cst.Match, at: At) -> Iterator[Seen]:
        found = read_flag(at, node.subject)
        if found is not None:
            yield _seen(node.subject, found, at, branches=True)

    @on(cst.Call)
    def call(self, node: cst.Call, at: At) -> Iterator[Seen]:
        value = at.value(node)
        evidence = value.traits.get(Trait.FLAG)
        if evidence is not None:
            if evidence.path and evidence.path[0].node is node and not is_open(evidence):
                gates = type(at.parent()) is cst.Decorator  # a view that is there when the flag is on
                yield _seen(node, known_flag(at, evidence, node), at, branches=gates)
        elif is_wrapper_name(at, node) and type(at.parent()) is not cst.Expr:
            found = flag_elsewhere(at, value)
            if found is not None:
                yield _seen(node, found, at, branches=False)

    @on(cst.Subscript)
    def item(self, node: cst.Subscript, at: At) -> Iterator[Seen]:
        evidence = at.value(node).traits.get(Trait.FLAG)
        if evidence is not None and evidence.path and evidence.path[0].node is node:
            yield _seen(node, known_flag(at, evidence, node), at, branches=False)


# what is recorded ------------------------------------------------------------------------------


def _seen(node: cst.BaseExpression, found: FlagRead, at: At, branches: bool, shapes: bool = False) -> Seen:
    wraps = at.symbol if _is_wrapper(at) else ""
    unless = at.in_model_class  # there a config holds the shape of the network
    default = _default(node, at)

    def make(where: Where) -> FlagSite:
        return FlagSite(
            found.key, found.kind, where.place, where.symbol, where.snippet, where.source_line, default,
            found.reference, found.when, branches, found.arguments, wraps, unless, shapes,
        )  # fmt: skip

    return Seen(node, make)


def _writes_columns(body: cst.CSTNode) -> bool:
    """``df["amount"] = df["amount"].map(f)``: is a table given a column?"""
    for each in descendants(body):
        target = each.targets[0].target if type(each) is cst.Assign else None
        if type(target) is cst.Subscript and type(target.value) is cst.Name:
            index = target.slice[0].slice
            keyed = type(index) is cst.Index and isinstance(index.value, cst.BaseString)
            if keyed and not _TABLES.isdisjoint(tokenise(target.value.value)):
                return True
    return False


def _is_wrapper(at: At) -> bool:
    """Is the whole business of the enclosing function to say whether one flag is on?"""
    function = at.function
    if function is None or type(function.node.body) is not cst.IndentedBlock:
        return False
    body = function.node.body.body
    end = next((each for each in reversed(body) if not _is_text(each)), None)
    last = end.body[-1] if type(end) is cst.SimpleStatementLine else None
    if type(last) is not cst.Return or last.value is None:
        return False
    lines = [each for each in body if not _is_text(each)]
    if len(lines) > MAX_WRAPPER:
        return False
    if any(type(each) is not cst.SimpleStatementLine for each in lines):
        return False
    traits = at.value(last.value).traits
    return Trait.FLAG in traits or (Trait.VARIABLE in traits and at.names.is_flag(function.simple_name))


def _is_text(statement: cst.BaseStatement) -> bool:
    if type(statement) is not cst.SimpleStatementLine or type(statement.body[0]) is not cst.Expr:
        return False
    return isinstance(statement.body[0].value, (cst.SimpleString, cst.ConcatenatedString))


def _default(node: cst.BaseExpression, at: At) -> str:
    """The literal that the flag has when it is not set, as written; "" when there is none."""
    if type(node) is not cst.Call:
        return ""
    evidence = at.value(node).traits.get(Trait.FLAG)
    if evidence is None or not evidence.path or evidence.path[0].node is not node:
        return ""
    if evidence.kind == "environment":
        given = argument(node, 1, "default")
    elif evidence.kind == "sdk":
        given = _fallback(node, at)
    else:
        return ""
    return given.value if isinstance(given, (cst.SimpleString, cst.Name, cst.Integer)) else ""


def _fallback(node: cst.Call, at: At) -> cst.BaseExpression | None:
    """What a provider's client is told to say where it knows nothing."""
    root = at.reference(node.func).partition(".")[0].removesuffix("()")
    for entry in at.vocabulary.mapping("flag-defaults").get(root, ()):
        method, _, position = entry.partition(":")
        if method == last_name(node.func):
            named = (argument(node, -1, name) for name in _FALLBACKS)
            return argument(node, int(position)) or next(filter(None, named), None)
    return None
