"""DAT004: the columns of a model's input are taken by their position."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.gate import Gate
from mldebt.model import Confidence, Outcome
from mldebt.syntax.names import number
from mldebt.terms import IsMachineLearning

_TABLES = frozenset({"pandas", "dask", "modin", "cudf"})


class PositionalColumns(Rule):
    """A range of columns, or the last one; a single column of what may be one column only is not told."""

    opened_by = Gate(words=frozenset({"iloc"}))

    @on(cst.Subscript)
    def select(self, node: cst.Subscript, at: At) -> Iterator[Hit]:
        if not isinstance(node.value, cst.Attribute) or node.value.attr.value != "iloc" or len(node.slice) != 2:
            return
        if not _is_everything(node.slice[0].slice) or not _by_position(node.slice[1].slice):
            return
        if not any(target.partition(".")[0] in _TABLES for target in at.imports.values()):
            return
        outcome = Outcome(IsMachineLearning(at.path, directly=True), Confidence.MEDIUM)
        yield Hit(node, {"columns": node}, outcomes=(outcome,))


def _is_everything(index: cst.BaseSlice) -> bool:
    return isinstance(index, cst.Slice) and index.lower is None and index.upper is None and index.step is None


def _by_position(index: cst.BaseSlice) -> bool:
    if isinstance(index, cst.Slice):
        bounds = [each for each in (index.lower, index.upper) if each is not None]
        return bool(bounds) and all(number(each) is not None for each in bounds)
    if isinstance(index, cst.Index):
        value = number(index.value)
        if isinstance(index.value, (cst.List, cst.Tuple)):
            return len(index.value.elements) > 1 and all(
                number(each.value) is not None for each in index.value.elements
            )
        return value is not None and value < 0
    return False
