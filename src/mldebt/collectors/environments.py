"""Where environment variables are read, and where the environment or a debug switch is tested."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Collector, Seen, Where, on
from mldebt.facts.sites import EnvironmentRead, EnvironmentTest
from mldebt.syntax.names import argument, dotted, string
from mldebt.terms import TRUE, Term
from mldebt.traits.environments import Switched, read_environment, read_switch
from mldebt.traits.questions import DECIDING, questions
from mldebt.traits.values import Trait

_LOGGED = frozenset({"debug", "info", "warning", "warn", "error", "log", "print", "print_exc", "pprint", "exception"})


class Environments(Collector):
    """An ``EnvironmentRead`` for every variable read by a literal name, an ``EnvironmentTest`` for every test."""

    @on(cst.Call, cst.Subscript)
    def read(self, node: cst.Call | cst.Subscript, at: At) -> Iterator[Seen]:
        if isinstance(at.parent(), cst.AssignTarget):
            return
        evidence = at.value(node).traits.get(Trait.VARIABLE)
        if evidence is None or not evidence.detail or not evidence.path or evidence.path[0].node is not node:
            return
        given = argument(node, 1, "default") if isinstance(node, cst.Call) else None
        default = _written(given)

        def make(where: Where) -> EnvironmentRead:
            return EnvironmentRead(
                evidence.detail, where.place, where.symbol, where.snippet, where.source_line, default, given is not None
            )

        yield Seen(node, make)

    @on(*DECIDING)
    def test(self, node: cst.CSTNode, at: At) -> Iterator[Seen]:
        for question in questions(node, at.parents):
            asked = read_environment(at, question)
            if asked is not None and asked.value:
                yield self._named(question, asked.name, asked.value, TRUE if asked.likely else asked.certain)
                return
            switched = read_switch(at, question)
            if switched is not None and not _only_logs(node):
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


def _written(default: cst.BaseExpression | None) -> str:
    """The default as it is used: the text of a string, a number or name as it is written."""
    if isinstance(default, (cst.Integer, cst.Float)):
        return default.value
    return "" if default is None else string(default) or dotted(default)


def _only_logs(node: cst.CSTNode) -> bool:
    """Does the branch do nothing but say something, or choose how much is said?"""
    if isinstance(node, cst.IfExp):
        return all(dotted(each).rpartition(".")[0] == "logging" for each in (node.body, node.orelse))
    if not isinstance(node, cst.If) or node.orelse is not None or not isinstance(node.body, cst.IndentedBlock):
        return False
    return all(_logs(each) for each in node.body.body)


def _logs(statement: cst.BaseStatement) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    for small in statement.body:
        if not isinstance(small, cst.Expr) or not isinstance(small.value, cst.Call):
            return False
        name = dotted(small.value.func).rpartition(".")[2]
        if name not in _LOGGED and not name.startswith("setLevel"):
            return False
    return True
