"""BIZ008: code outside the model relies on a label that training happened to give a class."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.syntax.children import descendants
from mldebt.syntax.names import number, string
from mldebt.terms import Carries, LoadsModel, negate
from mldebt.traits.values import Trait

_EQUALITY = frozenset({cst.Equal, cst.NotEqual, cst.In, cst.NotIn})


class RawLabelContract(Rule):
    @on(cst.Comparison, like=lambda node: all(type(each.operator) in _EQUALITY for each in node.comparisons))
    def compare(self, node: cst.Comparison, at: At) -> Iterator[Hit]:
        operands = [node.left, *(each.comparator for each in node.comparisons)]
        for operand in operands:
            label = _raw(operand, at)
            if label is not None:
                yield Hit(node, {"label": label})
                return
        if len(operands) == 2 and isinstance(node.comparisons[0].operator, (cst.Equal, cst.NotEqual)):
            yield from self._class_number(node, operands[0], operands[1], at)

    @on(cst.Subscript, like=lambda node: type(node.slice[0].slice) is cst.Index)
    def lookup(self, node: cst.Subscript, at: At) -> Iterator[Hit]:
        """``scores["LABEL_1"]``."""
        index = node.slice[0].slice
        if type(index) is not cst.Index:
            return
        if _raw(index.value, at) is not None:
            yield Hit(node, {"label": index.value})
        elif type(index.value) is cst.Integer and index.value.value != "0":
            yield from self._placed(node, index.value, at)

    @staticmethod
    def _placed(node: cst.Subscript, place: cst.Integer, at: At) -> Iterator[Hit]:
        """``answer[2]``, with the tuple from another file; the first part is as often the first of many rows."""
        reference = at.reference(node.value)
        if reference.endswith("()") and at.origins.may_be_own(reference):
            asked = Carries(at.path, reference, Trait.PARTS.value)
            yield Hit(node, {"label": place}, variant="place", outcomes=(Outcome(asked, Confidence.MEDIUM),))

    @on(cst.Call, called={"isin", "is_in"})
    def among(self, node: cst.Call, at: At) -> Iterator[Hit]:
        """``frame["label"].isin(["LABEL_1"])``."""
        label = _raw(node.args[0].value, at) if node.args else None
        if label is not None:
            yield Hit(node, {"label": label})

    @on(cst.Dict)
    def table(self, node: cst.Dict, at: At) -> Iterator[Hit]:
        """``{"LABEL_0": "calm"}`` far from the model. Beside it, it is the one table that gives the classes names;
        ``{"LABEL_0": 0}`` is the made-up name itself."""
        keys = (each.key for each in node.elements if type(each) is cst.DictElement and number(each.value) is None)
        label = next((key for key in keys if _raw(key, at) is not None), None)
        if label is not None:
            yield Hit(label, {"label": label}, outcomes=(Outcome(negate(LoadsModel(at.path)), Confidence.MEDIUM),))

    @on(cst.Match)
    def match(self, node: cst.Match, at: At) -> Iterator[Hit]:
        """``match predict(row): case 3:``, with the prediction from another file."""
        for case in node.cases:
            if type(case.pattern) is cst.MatchValue:
                found = list(self._class_number(node.subject, node.subject, case.pattern.value, at))
                if found:
                    yield from found
                    return

    @on(cst.MatchCase)
    def case(self, node: cst.MatchCase, at: At) -> Iterator[Hit]:
        for pattern in descendants(node.pattern):
            if type(pattern) is cst.MatchValue and _raw(pattern.value, at) is not None:
                yield Hit(pattern, {"label": pattern.value})
                return

    def _class_number(
        self, node: cst.BaseExpression, left: cst.BaseExpression, right: cst.BaseExpression, at: At
    ) -> Iterator[Hit]:
        """``predict(row) == 3``, with the prediction from another file."""
        for answer, literal in ((left, right), (right, left)):
            value = number(literal)
            reference = at.reference(answer)
            if isinstance(value, int) and value > 1 and at.origins.may_be_own(reference):
                asked = Carries(at.path, reference, Trait.PREDICTION.value)
                yield Hit(node, {"label": literal}, outcomes=(Outcome(asked, Confidence.MEDIUM),))
                return


def _raw(node: cst.BaseExpression, at: At) -> cst.BaseExpression | None:
    """The raw label in ``node``: a literal, or one among the elements of a collection."""
    if type(node) is cst.Tuple or type(node) is cst.List or type(node) is cst.Set:
        return next(filter(None, (_raw(each.value, at) for each in node.elements)), None)
    text = at.text(node) if type(node) is cst.Name else string(node)
    return (
        node if text is not None and text.startswith("LABEL_") and at.vocabulary.matches("raw-labels", text) else None
    )
