"""Where code decides: the tests of branches, taken apart into what each of their parts asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

_TESTING = frozenset({cst.If, cst.While, cst.IfExp, cst.Assert, cst.CompIf})

DECIDING = (cst.If, cst.While, cst.IfExp, cst.Assert, cst.CompIf, cst.BooleanOperation)
"""The nodes that hold a test; ``and`` and ``or`` decide wherever they stand."""

_LOGIC = frozenset({cst.BooleanOperation, cst.UnaryOperation, cst.NamedExpr})


def questions(node: cst.CSTNode, parents: Sequence[cst.CSTNode]) -> Iterator[cst.BaseExpression]:
    """The parts of the test that ``node`` (one of ``DECIDING``) holds: no ``and``, ``or`` or ``not`` is left.

    Each is given once: an ``and`` inside a test belongs to that test.
    """
    if type(node) is cst.BooleanOperation:
        if not _is_part(node, parents):
            yield from _parts(node)
    elif type(node) in _TESTING:
        yield from _parts(node.test)  # type: ignore[attr-defined]  # all of them have one


def _is_part(node: cst.CSTNode, parents: Sequence[cst.CSTNode]) -> bool:
    """Does a test further out hold ``node``?"""
    for parent in reversed(parents):
        if type(parent) in _LOGIC:
            if type(parent) is cst.BooleanOperation:
                return True
        elif type(parent) in _TESTING:
            return parent.test is node  # type: ignore[attr-defined]  # the same
        else:
            return False
        node = parent
    return False


def _parts(test: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    stack = [test]
    while stack:
        part = stack.pop()
        if type(part) is cst.BooleanOperation:
            stack += [part.right, part.left]
        elif type(part) is cst.UnaryOperation and type(part.operator) is cst.Not:
            stack.append(part.expression)
        elif type(part) is cst.NamedExpr:
            stack.append(part.value)
        elif type(part) is cst.Call and type(part.func) is cst.Name and part.func.value == "bool" and part.args:
            stack.append(part.args[0].value)
        else:
            yield part
