"""THR008: a predicted class is recognised by a number written in the code."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.syntax.names import last_name, number, string
from mldebt.terms import IsMachineLearning, LoadsModel, all_of
from mldebt.traits.values import BY_FLOW, Trait
from mldebt.vocabulary import tokenise

_EQUALITIES = frozenset({cst.Equal, cst.NotEqual})
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
        if type(target.operator) in _EQUALITIES:
            ids = _ids([target.comparator], least=1)
        elif isinstance(target.operator, _MEMBERSHIPS) and isinstance(
            target.comparator, (cst.List, cst.Tuple, cst.Set)
        ):
            ids = _ids([each.value for each in target.comparator.elements], least=2)
        else:
            return
        if ids and self._is_class(node.left, at):
            yield self._hit(node, node.left, ids, at)

    @on(cst.Match)
    def match(self, node: cst.Match, at: At) -> Iterator[Hit]:
        patterns = (case.pattern for case in node.cases)
        values = [each.value for each in patterns if type(each) is cst.MatchValue]
        ids = [text for each in values for text in _ids([each], least=1)]
        if ids and self._is_class(node.subject, at):
            first = next(each for each in values if _ids([each], least=1))
            yield self._hit(first, node.subject, ids, at)

    @on(cst.Subscript)
    def column(self, node: cst.Subscript, at: At) -> Iterator[Hit]:
        """``model.predict_proba(rows)[:, 3]``: the probability of one class, by its number."""
        if len(node.slice) < 2 or type(node.slice[0].slice) is not cst.Slice:
            return
        last = node.slice[-1].slice
        ids = _ids([last.value], least=1) if type(last) is cst.Index else []
        score = at.value(node.value).traits.get(Trait.SCORE) if ids else None
        if score is not None and score.weight >= BY_FLOW and score.detail in at.vocabulary.words("proba-methods"):
            yield self._hit(node, node.value, ids, at)

    @on(cst.Dict)
    def named(self, node: cst.Dict, at: At) -> Iterator[Hit]:
        """``LABELS = {0: "cat", 1: "dog", 2: "horse"}`` beside the model: it belongs to the artefact."""
        assign = at.parent(2) if type(at.parent()) is cst.AssignTarget else at.parent()
        if type(assign) is cst.Assign:
            target: cst.CSTNode = assign.targets[0].target
        elif type(assign) is cst.AnnAssign:
            target = assign.target
        else:
            return
        pairs = [each for each in node.elements if type(each) is cst.DictElement]
        ids = _ids([each.key for each in pairs], least=3)
        if not ids or len(ids) != len(node.elements) or any(string(each.value) is None for each in pairs):
            return
        if set(tokenise(last_name(target))) & at.vocabulary.words("label-map-words"):
            outcome = Outcome(all_of(LoadsModel(at.path), IsMachineLearning(at.path)), Confidence.MEDIUM)
            fields: dict[str, str | cst.CSTNode] = {"id": target, "value": ", ".join(ids)}
            yield Hit(node, fields, variant="map", outcomes=(outcome,), value=", ".join(ids))

    def _hit(self, node: cst.CSTNode, compared: cst.BaseExpression, ids: list[str], at: At) -> Hit:
        return Hit(
            node,
            {"id": compared, "value": ", ".join(ids)},
            outcomes=(Outcome(IsMachineLearning(at.path), Confidence.MEDIUM),),
            concept=f"class:{last_name(_unwrapped(compared)).lower()}",
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
        if at.vocabulary.found("class-id-words", tokens):
            return True
        traits = at.value(node).traits
        counted, predicted = traits.get(Trait.COUNT), traits.get(Trait.PREDICTION)
        if counted is not None and counted.detail.rpartition(".")[2] == "argmax":
            return True
        score = traits.get(Trait.SCORE)
        by_name = score is None or score.weight < BY_FLOW  # what equals a whole number is no probability
        return by_name and predicted is not None and predicted.weight >= BY_FLOW


def _unwrapped(node: cst.BaseExpression) -> cst.BaseExpression:
    """``box.cls`` of ``int(box.cls[0].item())``."""
    for _ in range(8):
        if type(node) is cst.Call and last_name(node.func) in _WRAPPERS:
            if type(node.func) is cst.Attribute:
                node = node.func.value
            elif node.args:
                node = node.args[0].value
            else:
                return node
        elif type(node) is cst.Subscript and number(_index(node)) is not None:
            node = node.value
        else:
            return node
    return node


def _index(node: cst.Subscript) -> cst.CSTNode:
    first = node.slice[0].slice
    return first.value if type(first) is cst.Index else first


def _ids(nodes: list[cst.BaseExpression], least: int) -> list[str]:
    """The numbers as written, when they are ``least`` class ids or more, at least one of them above 1."""
    values = [number(each) if type(each) is cst.Integer else None for each in nodes]
    if len(values) < least or any(value is None or not 0 <= value <= _LARGEST for value in values):
        return []
    telling = [value for value in values if value is not None and value > 1 and value not in _IGNORED]
    return [str(value) for value in values] if telling else []
