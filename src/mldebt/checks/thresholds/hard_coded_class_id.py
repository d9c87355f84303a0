"""THR008: a predicted class is recognised by a number written in the code."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.syntax.names import dotted, last_name, number, string
from mldebt.terms import FALSE, TRUE, IsMachineLearning, LoadsModel, Term, all_of, any_of
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
        """``model.predict_proba(rows)[:, 3]``, ``[0][3]`` of it: the probability of one class, by its number."""
        last = node.slice[-1].slice
        ids = _ids([last.value], least=1) if type(last) is cst.Index else []
        table = _table(node) if ids else None
        score = at.value(table).traits.get(Trait.SCORE) if table is not None else None
        if score is not None and score.weight >= BY_FLOW and score.detail in at.vocabulary.words("proba-methods"):
            yield self._hit(node, node.value, ids, at, TRUE)

    @on(cst.Call, called={"isin", "is_in"})
    def among(self, node: cst.Call, at: At) -> Iterator[Hit]:
        """``frame["class_id"].isin([2, 5, 7])``."""
        given = node.args[0].value if len(node.args) == 1 else None
        if type(node.func) is cst.Attribute and isinstance(given, (cst.List, cst.Tuple, cst.Set)):
            ids = _ids([each.value for each in given.elements], least=2)
            if ids and self._is_class(node.func.value, at):
                yield self._hit(node, node.func.value, ids, at)

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
        if set(tokenise(last_name(target))) & at.vocabulary.words("label-map-words"):
            yield from self._map(node, target, at)

    @on(cst.Subscript)
    def looked_up(self, node: cst.Subscript, at: At) -> Iterator[Hit]:
        """``NAMES[logits.argmax().item()]``: a table of the module is one of classes by what it is asked with."""
        index = node.slice[0].slice
        if len(node.slice) != 1 or type(index) is not cst.Index or type(node.value) is not cst.Name:
            return
        if not isinstance(index.value, (cst.Name, cst.Call)) or not self._is_class(index.value, at):
            return
        if set(tokenise(node.value.value)) & at.vocabulary.words("label-map-words"):
            return  # where it is written its name has said so
        assign = _assigned(at.parents[0], node.value.value)
        if assign is not None and type(assign.value) is cst.Dict:
            yield from self._map(assign.value, assign.targets[0].target, at)

    def _map(self, node: cst.Dict, target: cst.CSTNode, at: At) -> Iterator[Hit]:
        pairs = [each for each in node.elements if type(each) is cst.DictElement]
        ids = _ids([each.key for each in pairs], least=3)
        if not ids or len(ids) != len(node.elements) or any(string(each.value) is None for each in pairs):
            return
        outcome = Outcome(all_of(LoadsModel(at.path), IsMachineLearning(at.path)), Confidence.MEDIUM)
        fields: dict[str, str | cst.CSTNode] = {"id": target, "value": ", ".join(ids)}
        yield Hit(node, fields, variant="map", outcomes=(outcome,), value=", ".join(ids))

    def _hit(self, node: cst.CSTNode, compared: cst.BaseExpression, ids: list[str], at: At, sure: Term = FALSE) -> Hit:
        return Hit(
            node,
            {"id": compared, "value": ", ".join(ids)},
            outcomes=(Outcome(any_of(sure, IsMachineLearning(at.path)), Confidence.MEDIUM),),
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


def _table(node: cst.Subscript) -> cst.CSTNode | None:
    """What ``node`` takes a column of: ``p`` of ``p[:, 3]``, ``p.iloc[:, 3]``; of one row only where the model is
    asked in place, ``m.predict_proba(x)[0][3]``, for who knows what else is a list."""
    if len(node.slice) > 1:
        owner = node.value
        if type(owner) is cst.Attribute and owner.attr.value in {"iloc", "loc"}:
            owner = owner.value
        return owner if type(node.slice[0].slice) is cst.Slice or type(owner) is cst.Call else None
    row = node.value
    is_row = type(row) is cst.Subscript and len(row.slice) == 1 and number(_index(row)) is not None
    return row.value if type(row) is cst.Subscript and is_row and type(row.value) is cst.Call else None


def _assigned(module: cst.CSTNode, name: str) -> cst.Assign | None:
    """The statement of the module that binds ``name`` to what is written there."""
    for statement in module.body if type(module) is cst.Module else ():
        small = statement.body[0] if type(statement) is cst.SimpleStatementLine else None
        if type(small) is cst.Assign and dotted(small.targets[0].target) == name:
            return small
    return None


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
