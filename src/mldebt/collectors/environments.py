"""Where environment variables are read, and where the environment or a debug switch is tested."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Collector, Seen, Where, on
from mldebt.facts.sites import EnvironmentRead, EnvironmentTest, TruthOfText
from mldebt.gate import Gate
from mldebt.syntax.children import descendants
from mldebt.syntax.names import argument, dotted
from mldebt.terms import TRUE, Term
from mldebt.traits.environments import Switched, read_environment, read_switch
from mldebt.traits.origins import variable_words
from mldebt.traits.questions import DECIDING
from mldebt.traits.talk import only_talks
from mldebt.traits.values import Trait, Value

_ASSIGNING = frozenset({cst.Assign, cst.AugAssign, cst.AnnAssign})


class Environments(Collector):
    """An ``EnvironmentRead`` for every variable read by a literal name, an ``EnvironmentTest`` for every test."""

    @on(cst.Call, cst.Subscript, opened_by=Gate(named=variable_words))
    def read(self, node: cst.Call | cst.Subscript, at: At) -> Iterator[Seen]:
        if _is_written(node, at):
            return
        evidence = at.value(node).traits.get(Trait.VARIABLE)
        if evidence is None or not evidence.path or evidence.path[0].node is not node:
            return
        reference = evidence.path[0].words if not evidence.detail else ""
        given = argument(node, 1, "default") if type(node) is cst.Call else None
        default = _literal(given, at)

        def make(where: Where) -> EnvironmentRead:
            return EnvironmentRead(
                evidence.detail, where.place, where.symbol, where.snippet, where.source_line, default,
                given is not None, reference,
            )  # fmt: skip

        yield Seen(node, make)

    @on(cst.If, cst.While, cst.IfExp, cst.Assert, cst.CompIf, opened_by=Gate(named=variable_words))
    def truth(self, node: cst.CSTNode, at: At) -> Iterator[Seen]:
        for question in at.questions(node):
            asked = at.value(question) if type(question) is not cst.Comparison else None
            if asked is not None and Trait.VARIABLE in asked.traits and not _is_used(question, node):
                yield from self._truth(asked)

    @on(cst.Call, called=("bool",))
    def cast(self, node: cst.Call, at: At) -> Iterator[Seen]:
        if type(node.func) is cst.Name and node.func.value == "bool" and len(node.args) == 1:
            yield from self._truth(at.value(node.args[0].value))

    @staticmethod
    def _truth(asked: Value) -> Iterator[Seen]:
        """The read of the text that ``asked`` still is."""
        read = asked.traits.get(Trait.VARIABLE)
        if read is None or read.kind != "text" or not read.detail or not read.path:
            return
        node, variable = read.path[0].node, read.detail
        given = argument(node, 1, "default") if type(node) is cst.Call else None
        known = isinstance(given, (cst.SimpleString, cst.Name, cst.Integer))
        default = dotted(given) or getattr(given, "value", "") if given is not None and known else ""

        def make(where: Where) -> TruthOfText:
            return TruthOfText(
                variable, where.place, where.symbol, where.snippet, where.source_line, default, given is not None
            )

        yield Seen(node, make)

    @on(*DECIDING)
    def test(self, node: cst.CSTNode, at: At) -> Iterator[Seen]:
        for question in at.questions(node):
            asked = read_environment(at, question)
            if asked is not None and asked.value:
                yield self._named(question, asked.name, asked.value, TRUE if asked.likely else asked.certain)
                return
            switched = read_switch(at, question)
            if switched is not None and not only_talks(node):
                yield self._switched(question, switched)
                return

    @staticmethod
    def _named(node: cst.CSTNode, name: str, value: str, when: Term) -> Seen:
        def make(where: Where) -> EnvironmentTest:
            return EnvironmentTest(name, value, where.place, where.symbol, where.snippet, where.source_line, when)

        return Seen(node, make)

    @staticmethod
    def _switched(node: cst.CSTNode, found: Switched) -> Seen:
        def make(where: Where) -> EnvironmentTest:
            return EnvironmentTest(
                found.name, "", where.place, where.symbol, where.snippet, where.source_line,
                found.when, found.unless, found.reference,
            )  # fmt: skip

        return Seen(node, make)


def _is_used(question: cst.BaseExpression, node: cst.CSTNode) -> bool:
    """``names.split(",") if names else []``: is it only asked whether there is a text, which the branch then reads?"""
    name = question.value if type(question) is cst.Name else ""
    if not name or not isinstance(node, (cst.If, cst.IfExp)):
        return False
    return any(type(each) is cst.Name and each.value == name for each in descendants(node.body))


def _is_written(node: cst.Call | cst.Subscript, at: At) -> bool:
    """Is the variable set here, for others to read?"""
    if type(node) is cst.Call:
        return type(node.func) is cst.Attribute and node.func.attr.value == "setdefault"
    parent = at.parent()
    if type(parent) in _ASSIGNING:
        return parent.value is not node  # type: ignore[union-attr]  # all of them have one
    return type(parent) is cst.Del


def _literal(default: cst.BaseExpression | None, at: At) -> str:
    """The default as it is used: a text, a number or a boolean that is known; "" when it is not."""
    constant = at.value(default).constant if default is not None else None
    return "" if constant is None else str(constant)
