"""Is a comparison there to keep a value within its bounds? Then the bound decides nothing."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from mldebt.syntax.likeness import shape
from mldebt.syntax.names import dotted, last_name, number


def is_clamp(parents: Sequence[cst.CSTNode], compared: cst.CSTNode, bound: int | float) -> bool:
    """Does the test around the current comparison only set ``compared`` to ``bound`` itself
    (``if x < 51: x = 51``, ``51 if x < 51 else x``)?"""
    name = dotted(compared)
    if not name:
        return False
    for node in reversed(parents):
        if isinstance(node, (cst.FunctionDef, cst.ClassDef, cst.Lambda)):
            return False
        if type(node) is cst.IfExp:
            values = (node.body, node.orelse)
            return any(number(each) == bound for each in values) and any(dotted(each) == name for each in values)
        if type(node) is cst.If:
            return _sets(node.body, name, bound)
    return False


def is_validated(parents: Sequence[cst.CSTNode], compared: cst.BaseExpression, bound: int | float) -> bool:
    """Is ``bound`` the end of a scale, and what lies beyond it refused with a ``ValueError``? A whole number is one,
    and so is one of two between which ``compared`` has to be."""
    whole = isinstance(bound, int) and bound > 1
    choice: cst.BooleanOperation | None = None  # the innermost that the comparison is a side of
    for node in reversed(parents):
        if type(node) is cst.If:
            return (whole or _bounded_twice(choice, compared)) and _refuses(node)
        if choice is None and type(node) is cst.BooleanOperation:
            choice = node
        if not isinstance(node, (cst.BooleanOperation, cst.UnaryOperation)):
            return False
    return False


def _bounded_twice(choice: cst.BooleanOperation | None, compared: cst.BaseExpression) -> bool:
    """``value < 0.01 or value > 10.0``"""
    if choice is None:
        return False
    sides = (choice.left, choice.right)
    return all(type(each) is cst.Comparison and shape(each.left) == shape(compared) for each in sides)


def _refuses(node: cst.If) -> bool:
    first = node.body.body[0] if node.body.body else None
    raised = first.body[-1] if type(first) is cst.SimpleStatementLine else None
    made = raised.exc if type(raised) is cst.Raise else None
    return made is not None and last_name(made).endswith("ValueError")


def _sets(body: cst.BaseSuite, name: str, bound: int | float) -> bool:
    statements = [
        small
        for statement in body.body
        for small in (statement.body if type(statement) is cst.SimpleStatementLine else (statement,))
    ]
    if len(statements) != 1 or type(statements[0]) is not cst.Assign:
        return False
    assigned = statements[0]
    return number(assigned.value) == bound and all(dotted(each.target) == name for each in assigned.targets)
