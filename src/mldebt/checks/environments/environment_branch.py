"""ENV001: code branches on the name of the environment that it runs in."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.syntax.likeness import shape
from mldebt.syntax.names import string
from mldebt.terms import FALSE, TRUE
from mldebt.traits.environments import Asked, read_chain, read_environment, read_match
from mldebt.traits.questions import DECIDING
from mldebt.traits.talk import is_said, only_talks


class EnvironmentBranch(Rule):
    @on(*DECIDING)
    def branch(self, node: cst.CSTNode, at: At) -> Iterator[Hit]:
        if _validates(node) or _renames(node, at) or only_talks(node):
            return
        if type(node) is cst.IfExp and is_said(at.parents):
            return
        for question in at.questions(node):
            asked = read_environment(at, question)
            if asked is not None:
                yield self._hit(question, question, asked)
                return
        if type(node) is cst.If:
            named = read_chain(at, node)
            if named is not None:
                yield self._hit(node.test, node.test, named)

    @on(cst.Comparison)
    def argument(self, node: cst.Comparison, at: At) -> Iterator[Hit]:
        """``create_engine(url, echo=settings.environment == "development")``: a value chosen by the environment."""
        argument = at.parent()
        if type(argument) is not cst.Arg or argument.keyword is None or is_said(at.parents):
            return
        asked = read_environment(at, node)
        if asked is not None and asked.value:
            yield self._hit(node, node, asked)

    @on(cst.Match)
    def match(self, node: cst.Match, at: At) -> Iterator[Hit]:
        asked = read_match(at, node)
        if asked is not None:
            yield self._hit(node.subject, node.subject, asked)

    @staticmethod
    def _hit(node: cst.CSTNode, test: cst.CSTNode, asked: Asked) -> Hit:
        outcomes = [Outcome(asked.certain, Confidence.HIGH)] if asked.certain != FALSE else []
        if asked.likely:
            outcomes.append(Outcome(TRUE, Confidence.MEDIUM))
        return Hit(
            node,
            {"test": test},
            outcomes=tuple(outcomes),
            flow=asked.evidence.path if asked.evidence is not None else (),
        )


def _validates(node: cst.CSTNode) -> bool:
    """Is the name only checked to be one that is known? Then no behaviour hangs on it."""
    if type(node) is cst.Assert:
        return type(node.test) is cst.Comparison and type(node.test.comparisons[0].operator) is cst.In
    if type(node) is not cst.If or type(node.test) is not cst.Comparison:
        return False
    if type(node.test.comparisons[0].operator) is not cst.NotIn or type(node.body) is not cst.IndentedBlock:
        return False
    last = node.body.body[-1]
    return type(last) is cst.SimpleStatementLine and type(last.body[-1]) is cst.Raise


def _renames(node: cst.CSTNode, at: At) -> bool:
    """``"prod" if env == "production" else env``: is the name only given another spelling?"""
    if type(node) is cst.IfExp:
        return _is_name(node.body, at) and type(node.orelse) in (cst.Name, cst.Attribute)
    if type(node) is not cst.If or node.orelse is not None or len(node.body.body) != 1:
        return False
    statement = node.body.body[0]
    small = statement.body[0] if type(statement) is cst.SimpleStatementLine else None
    if type(small) is cst.Assign and type(node.test) is cst.Comparison:
        return _is_name(small.value, at) and shape(small.targets[0].target) == shape(node.test.left)
    return False


def _is_name(node: cst.BaseExpression, at: At) -> bool:
    text = string(node)
    return text is not None and at.vocabulary.weights("env-names").get(text.lower(), 0) > 0
