"""THR008: a predicted class is recognised by a number written in the code."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.syntax.names import last_name, number
from mldebt.terms import IsMachineLearning
from mldebt.vocabulary import tokenise

_EQUALITIES = (cst.Equal, cst.NotEqual)
_MEMBERSHIPS = (cst.In, cst.NotIn)
_IGNORED = frozenset({255})  # what segmentation leaves out
_LARGEST = 100_000  # above are ids of something else
_WRAPPERS = frozenset({"int", "float", "item", "cpu", "numpy", "detach", "tolist", "long"})


class HardCodedClassId(Rule):
    @on(cst.Comparison)
    def compare(self, node: cst.Comparison, at: At) -> Iterator[Hit]:
        if len(node.comparisons) != 1:
            return
        target = node.comparisons[0]
        if isinstance(target.operator, _EQUALITIES):
            ids = _ids([target.comparator], least=1)
        elif isinstance(target.operator, _MEMBERSHIPS) and isinstance(
            target.comparator, (cst.List, cst.Tuple, cst.Set)
        ):
            ids = _ids([each.value for each in target.comparator.elements], least=2)
        else:
            return
        if ids and self._is_class(node.left, at):
            yield Hit(
                node,
                {"id": node.left, "value": ", ".join(ids)},
                outcomes=(Outcome(IsMachineLearning(at.path), Confidence.MEDIUM),),
                concept=f"class:{last_name(_unwrapped(node.left)).lower()}",
                value=", ".join(ids),
            )

    def _is_class(self, node: cst.BaseExpression, at: At) -> bool:
        node = _unwrapped(node)
        name = last_name(node)
        if name == "argmax":
            return True
        tokens = tokenise(name)
        if set(tokens) & at.vocabulary.words("class-id-stop-words"):
            return False
        return bool(at.vocabulary.found("class-id-words", tokens))


def _unwrapped(node: cst.BaseExpression) -> cst.BaseExpression:
    """``box.cls`` of ``int(box.cls[0].item())``."""
    for _ in range(8):
        if isinstance(node, cst.Call) and last_name(node.func) in _WRAPPERS:
            if isinstance(node.func, cst.Attribute):
                node = node.func.value
            elif node.args:
                node = node.args[0].value
            else:
                return node
        elif isinstance(node, cst.Subscript) and number(_index(node)) is not None:
            node = node.value
        else:
            return node
    return node


def _index(node: cst.Subscript) -> cst.CSTNode:
    first = node.slice[0].slice
    return first.value if isinstance(first, cst.Index) else first


def _ids(nodes: list[cst.BaseExpression], least: int) -> list[str]:
    """The numbers as written, when they are ``least`` class ids or more, at least one of them above 1."""
    values = [number(each) if isinstance(each, cst.Integer) else None for each in nodes]
    if len(values) < least or any(value is None or not 0 <= value <= _LARGEST for value in values):
        return []
    telling = [value for value in values if value is not None and value > 1 and value not in _IGNORED]
    return [str(value) for value in values] if telling else []
