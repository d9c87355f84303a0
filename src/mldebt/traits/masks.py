"""Masks: which rows of a frame are kept, by which bounds on which columns."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst
from msgspec import Struct

from mldebt.syntax.likeness import shape
from mldebt.syntax.names import number
from mldebt.traits.evaluate import Evaluator
from mldebt.traits.scores import is_ordinary
from mldebt.traits.values import Trait

MAX_CONDITIONS = 40  # of one mask that are looked at

_ORDERINGS = frozenset({cst.LessThan, cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual})


class RowFilter(Struct, frozen=True):
    """A column of the filtered frame is held against the literal number ``literal``."""

    node: cst.Comparison
    column: cst.BaseExpression
    literal: cst.BaseExpression
    name: str


def conditions(mask: cst.CSTNode) -> Iterator[cst.Comparison]:
    """The comparisons that a mask is made of, through ``&``, ``|``, ``~`` and the tuple of ``.loc``."""
    stack = [mask]
    for _ in range(MAX_CONDITIONS):
        if not stack:
            return
        node = stack.pop()
        if type(node) is cst.Comparison:
            yield node
        elif isinstance(node, (cst.BooleanOperation, cst.BinaryOperation)):
            stack += [node.right, node.left]
        elif type(node) is cst.UnaryOperation:
            stack.append(node.expression)
        elif type(node) is cst.Tuple and node.elements:
            stack.append(node.elements[0].value)


def row_filters(node: cst.Subscript, mask: cst.BaseExpression, evaluator: Evaluator) -> Iterator[RowFilter]:
    """The first bound that ``frame[mask]`` sets on a column of ``frame`` which is neither a score (that is a
    comparison like any other) nor a count, an index or a date."""
    if not isinstance(mask, (cst.Comparison, cst.BinaryOperation)):
        return
    frame = node.value
    if type(frame) is cst.Attribute and frame.attr.value == "loc":
        frame = frame.value
    if not isinstance(frame, (cst.Name, cst.Attribute)):
        return
    for comparison in conditions(mask):
        found = _bound(comparison)
        if found is None:
            continue
        column, literal = found
        owner, name = _owner(column)
        if owner is None or not name or not isinstance(owner, type(frame)):
            continue
        if shape(owner) != shape(frame):
            continue
        traits = evaluator.value(column).traits
        if not traits.keys() & {Trait.SCORE, Trait.COUNT, Trait.RANDOM} and not _is_place_or_time(name, evaluator):
            yield RowFilter(comparison, column, literal, name)
            return


def _bound(comparison: cst.Comparison) -> tuple[cst.BaseExpression, cst.BaseExpression] | None:
    target = comparison.comparisons[0]
    if len(comparison.comparisons) != 1 or type(target.operator) not in _ORDERINGS:
        return None
    value = number(target.comparator)
    if value is None or is_ordinary(value, frozenset()):
        return None
    return comparison.left, target.comparator


def _owner(column: cst.BaseExpression) -> tuple[cst.BaseExpression | None, str]:
    """The frame and the name of a column: ``df.age``, ``df["age"]``, and either through a method."""
    while type(column) is cst.Call and type(column.func) is cst.Attribute:
        column = column.func.value
    if type(column) is cst.Attribute:
        return column.value, column.attr.value
    if type(column) is cst.Subscript and len(column.slice) == 1:
        index = column.slice[0].slice
        if type(index) is cst.Index and type(index.value) is cst.SimpleString:
            text = index.value.evaluated_value
            return column.value, text if isinstance(text, str) else ""
    return None, ""


def _is_place_or_time(name: str, evaluator: Evaluator) -> bool:
    """Index, rank, date: bounds on these choose a part of the data, not a quality of it."""
    tokens = set(evaluator.names.read(name).tokens)
    return bool(tokens & evaluator.names.vocabulary.words("row-stop-words"))
