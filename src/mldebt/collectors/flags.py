"""Where feature flags are evaluated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from mldebt.engine import At, Collector, Seen, Where, on
from mldebt.facts.sites import FlagSite
from mldebt.syntax.names import argument, dotted, string
from mldebt.terms import TRUE, Carries, Term
from mldebt.traits.questions import DECIDING, questions
from mldebt.traits.values import BY_FLOW, Evidence, Trait, Value, given_to
from mldebt.vocabulary import tokenise

MAX_ARGUMENTS = 8  # of a call that are kept
MAX_WRAPPER = 3  # statements of a function whose whole business is one flag

_EQUAL = (cst.Equal, cst.NotEqual, cst.Is, cst.IsNot, cst.In, cst.NotIn)
_NAMED = (cst.Name, cst.Attribute, cst.Subscript, cst.Call, cst.Await)


@dataclass(frozen=True, slots=True)
class _Found:
    """What an expression says of a flag."""

    key: str
    kind: str
    reference: str = ""
    arguments: tuple[str, ...] = ()
    when: Term = TRUE


class Flags(Collector):
    """A ``FlagSite`` for every test that a flag decides, and for every place that reads one."""

    @on(*DECIDING)
    def decide(self, node: cst.CSTNode, at: At) -> Iterator[Seen]:
        for question in questions(node, at.parents):
            for asked in _operands(question, at):
                found = _find(asked, at)
                if found is not None:
                    yield _seen(asked, found, at, branches=True)
                    break

    @on(cst.Match)
    def match(self, node: cst.Match, at: At) -> Iterator[Seen]:
        found = _find(node.subject, at)
        if found is not None:
            yield _seen(node.subject, found, at, branches=True)

    @on(cst.Call)
    def call(self, node: cst.Call, at: At) -> Iterator[Seen]:
        value = at.value(node)
        evidence = value.traits.get(Trait.FLAG)
        if evidence is not None:
            if evidence.path and evidence.path[0].node is node and not _is_open(evidence):
                yield _seen(node, _known(evidence, node, at), at, branches=False)
        elif _is_named_as_wrapper(node, at) and not isinstance(at.parent(), cst.Expr):
            yield _seen(node, _asked(value, at), at, branches=False)

    @on(cst.Subscript)
    def item(self, node: cst.Subscript, at: At) -> Iterator[Seen]:
        evidence = at.value(node).traits.get(Trait.FLAG)
        if evidence is not None and evidence.path and evidence.path[0].node is node:
            yield _seen(node, _known(evidence, node, at), at, branches=False)


# what is asked ---------------------------------------------------------------------------------


def _operands(question: cst.BaseExpression, at: At) -> Iterator[cst.BaseExpression]:
    """What a part of a test asks about: itself, or the side that is compared with a literal."""
    if isinstance(question, _NAMED):
        yield question
    elif isinstance(question, cst.Comparison) and len(question.comparisons) == 1:
        target = question.comparisons[0]
        if isinstance(target.operator, _EQUAL):
            for one, other in ((question.left, target.comparator), (target.comparator, question.left)):
                if isinstance(one, _NAMED) and _is_literal(at.value(other)):
                    yield one


def _is_literal(value: Value) -> bool:
    return value.literal is not None or bool(value.elements)


def _find(node: cst.BaseExpression, at: At) -> _Found | None:
    value = at.value(node)
    evidence = value.traits.get(Trait.FLAG)
    if evidence is not None and evidence.weight >= BY_FLOW:
        return None if _is_open(evidence) else _known(evidence, node, at)
    name = _last_name(node)
    named = bool(name) and at.names.is_flag(name)
    if named and isinstance(value.constant, bool) and name.isupper():
        return _Found(name, "name")
    read = value.traits.get(Trait.VARIABLE)
    if named and read is not None and read.parameter < 0:
        return _Found(name, "environment")
    if named and name.isupper() and Trait.EXTERNAL in value.traits:
        return _Found(name, "settings")
    if Trait.SWITCH in value.traits or at.names.is_switch(name):
        return None
    return _asked(value, at, name if named and name.isupper() else "")


def _asked(value: Value, at: At, name: str = "") -> _Found | None:
    """A thing that another file defines: that file says whether it is a flag. A ``name`` in capitals
    with the stem of one is, whatever it says."""
    if not at.origins.may_be_own(value.reference):
        return None
    when = TRUE if name else Carries(at.path, value.reference, Trait.FLAG.value)
    return _Found(name, "name", value.reference, given_to(value), when)


def _known(evidence: Evidence, node: cst.CSTNode, at: At) -> _Found:
    reference = ""
    arguments: tuple[str, ...] = ()
    if evidence.kind == "settings":
        reference = at.reference(node)
    if not evidence.detail and evidence.path and isinstance(evidence.path[0].node, cst.Call):
        call = evidence.path[0].node
        arguments = given_to(Value(given=tuple(at.value(each.value) for each in call.args[:MAX_ARGUMENTS])))
    return _Found(evidence.detail, evidence.kind, reference, arguments, evidence.when)


def _is_open(evidence: Evidence) -> bool:
    """Is the key an argument of the function that this stands in? Then its callers evaluate the flag."""
    return evidence.parameter >= 0


def _is_named_as_wrapper(node: cst.Call, at: At) -> bool:
    name = dotted(node.func)
    if not name or not at.origins.may_be_own(at.reference(node)):
        return False
    return not at.vocabulary.words("flag-wrapper-words").isdisjoint(tokenise(name))


def _last_name(node: cst.BaseExpression) -> str:
    while isinstance(node, (cst.Call, cst.Await)):
        node = node.func if isinstance(node, cst.Call) else node.expression
    if isinstance(node, cst.Attribute):
        return node.attr.value
    if isinstance(node, cst.Subscript):
        index = node.slice[0].slice
        return (string(index.value) or "") if isinstance(index, cst.Index) else ""
    return node.value if isinstance(node, cst.Name) else ""


# what is recorded ------------------------------------------------------------------------------


def _seen(node: cst.BaseExpression, found: _Found | None, at: At, branches: bool) -> Seen:
    assert found is not None
    wraps = at.symbol if _is_wrapper(at) else ""
    unless = at.in_model_class  # there a config holds the shape of the network
    default = _default(node, at)

    def make(where: Where) -> FlagSite:
        return FlagSite(
            found.key, found.kind, where.place, where.symbol, where.snippet, where.source_line, default,
            found.reference, found.when, branches, found.arguments, wraps, unless,
        )  # fmt: skip

    return Seen(node, make)


def _is_wrapper(at: At) -> bool:
    """Is the whole business of the enclosing function to say whether one flag is on?"""
    function = at.function
    if function is None or not isinstance(function.node.body, cst.IndentedBlock):
        return False
    lines = [each for each in function.node.body.body if not _is_text(each)]
    if not lines or len(lines) > MAX_WRAPPER or not isinstance(lines[-1], cst.SimpleStatementLine):
        return False
    last = lines[-1].body[-1]
    if not isinstance(last, cst.Return) or last.value is None:
        return False
    if any(not isinstance(each, cst.SimpleStatementLine) for each in lines):
        return False
    traits = at.value(last.value).traits
    return Trait.FLAG in traits or (Trait.VARIABLE in traits and at.names.is_flag(function.simple_name))


def _is_text(statement: cst.BaseStatement) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine) or not isinstance(statement.body[0], cst.Expr):
        return False
    return isinstance(statement.body[0].value, (cst.SimpleString, cst.ConcatenatedString))


def _default(node: cst.BaseExpression, at: At) -> str:
    """The literal that the flag has when it is not set, as written; "" when there is none."""
    if not isinstance(node, cst.Call):
        return ""
    evidence = at.value(node).traits.get(Trait.FLAG)
    if evidence is None or evidence.kind != "environment" or not evidence.path or evidence.path[0].node is not node:
        return ""
    given = argument(node, 1, "default")
    return given.value if isinstance(given, (cst.SimpleString, cst.Name, cst.Integer)) else ""
