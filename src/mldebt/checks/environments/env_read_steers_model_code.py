"""ENV002: training, serving or model code reads an environment variable and branches on it."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.gate import Gate
from mldebt.model import Confidence, Outcome
from mldebt.syntax.children import descendants
from mldebt.syntax.names import dotted, string
from mldebt.terms import HasRole, all_of, any_of
from mldebt.traits.environments import read_environment, read_switch
from mldebt.traits.origins import variable_words
from mldebt.traits.values import Evidence, Trait

_ROLES = ("train", "serve", "pipeline")


class EnvReadSteersModelCode(Rule):
    opened_by = Gate(named=variable_words)

    @on(cst.If, cst.While, cst.IfExp)
    def branch(self, node: cst.If | cst.While | cst.IfExp, at: At) -> Iterator[Hit]:
        if type(node) is cst.If and _only_refuses(node):
            return
        if type(node) is cst.IfExp and self._gives_itself(node, at):
            return
        for question in at.questions(node):
            read = self._read(at, question)
            if read is not None and type(node) is cst.If and _is_default(question, node.body, read.detail):
                return
            if read is not None:
                yield self._hit(read, at)
                return

    def _read(self, at: At, question: cst.BaseExpression) -> Evidence | None:
        value = at.value(question)
        read = value.traits.get(Trait.VARIABLE)
        if read is None or not read.detail or not read.path:
            return None
        if Trait.FLAG in value.traits or at.names.is_flag(read.detail) or at.names.is_switch(read.detail):
            return None
        if at.vocabulary.matches("env-never", read.detail) or self._is_allowed(read.detail):
            return None
        return None if read_environment(at, question) or read_switch(at, question) else read

    def _gives_itself(self, node: cst.IfExp, at: At) -> bool:
        """``int(os.environ["N"]) if "N" in os.environ else 3``: the variable is a value, with a default."""
        return any(Trait.VARIABLE in at.value(each).traits for each in (node.body, node.orelse))

    def _is_allowed(self, variable: str) -> bool:
        return any(fnmatchcase(variable, pattern) for pattern in self.options["allow-vars"])

    def _hit(self, read: Evidence, at: At) -> Hit:
        steers = all_of(at.machine_learning, any_of(HasRole(at.path, _ROLES), at.model_code))
        return Hit(
            read.path[0].node,
            {"variable": read.detail},
            outcomes=(Outcome(steers, Confidence.MEDIUM),),
            concept=f"variable:{read.detail}",
        )


def _is_default(question: cst.BaseExpression, body: cst.CSTNode, variable: str) -> bool:
    """``if "N" in os.environ: n = int(os.environ["N"])``: the variable is a value, or is given one."""
    if type(question) is not cst.Comparison or not isinstance(question.comparisons[0].operator, (cst.In, cst.NotIn)):
        return False
    return any(type(each) is cst.SimpleString and string(each) == variable for each in descendants(body))


def _only_refuses(node: cst.If) -> bool:
    """Does the branch do nothing but stop when the variable is missing?"""
    if node.orelse is not None or type(node.body) is not cst.IndentedBlock:
        return False
    last = node.body.body[-1]
    if type(last) is not cst.SimpleStatementLine:
        return False
    ending = last.body[-1]
    if type(ending) is cst.Raise:
        return True
    if type(ending) is not cst.Expr or type(ending.value) is not cst.Call:
        return False
    return dotted(ending.value.func).rpartition(".")[2] in {"exit", "_exit", "fail", "error", "abort", "skip"}
