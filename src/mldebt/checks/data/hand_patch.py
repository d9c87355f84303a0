"""DAT005: single rows of data are corrected or removed in the code, by their number or id."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.gate import Gate
from mldebt.model import Confidence, Outcome
from mldebt.syntax.names import keyword, last_name, number, string
from mldebt.vocabulary import tokenise

_ROWS = frozenset({"loc", "at", "iloc", "iat"})
_IDS = frozenset({"id", "ids", "uuid", "guid", "sku", "isbn", "ssn", "email", "vin", "iban"})
_KINDS = frozenset(
    {"category", "class", "label", "cluster", "type", "group", "season", "status", "product", "country", "model",
     "topic",
     "lang", "language", "fold", "split", "task", "token", "pad", "store", "event", "level"}
)  # fmt: skip
_TABLES = frozenset({"pandas", "dask", "polars", "modin", "cudf", "geopandas"})
_SURE = (Outcome(confidence=Confidence.MEDIUM),)


class HandPatch(Rule):
    opened_by = Gate(words=_TABLES)

    @on(cst.Assign)
    def assign(self, node: cst.Assign, at: At) -> Iterator[Hit]:
        if not _handles_tables(at):
            return
        for target in node.targets:
            if _is_row(target.target, at) and _is_plain(node.value):
                yield Hit(node, {"patch": node}, outcomes=_SURE)
        if type(node.value) is cst.Subscript and _selects_ids(node.value.slice[0].slice):
            yield Hit(node, {"patch": node}, outcomes=_SURE)

    @on(cst.Call, called=("drop",))
    def drop(self, node: cst.Call, at: At) -> Iterator[Hit]:
        if type(node.func) is not cst.Attribute or node.func.attr.value != "drop" or not _handles_tables(at):
            return
        axis = keyword(node, "axis")
        if axis is not None and number(axis.value) != 0 and string(axis.value) not in {"index", "rows"}:
            return
        if len(node.args) > 1 and node.args[1].keyword is None and number(node.args[1].value) != 0:
            return
        given = keyword(node, "index") or next((each for each in node.args if each.keyword is None), None)
        given = given or keyword(node, "labels")
        if given is not None and (_row_numbers(given.value) or _is_index_of(given.value)):
            yield Hit(node, {"patch": node}, outcomes=_SURE)


def _is_index_of(node: cst.BaseExpression) -> bool:
    """``df[df["id"] == 9071].index``, ``df.index[[4, 9]]``."""
    if type(node) is cst.Attribute and node.attr.value == "index" and type(node.value) is cst.Subscript:
        index = node.value.slice[0].slice
        return type(index) is cst.Index and _is_of_id(index.value)
    if type(node) is cst.Subscript and type(node.value) is cst.Attribute and node.value.attr.value == "index":
        rows = node.slice[0].slice
        return type(rows) is cst.Index and _row_numbers(rows.value)
    return False


def _handles_tables(at: At) -> bool:
    return not at.imported.isdisjoint(_TABLES)


def _is_row(target: cst.CSTNode, at: At) -> bool:
    """``df.loc[10482, "amount"]``, ``df.at[17, c]``, ``df.loc[df["id"] == 17, "amount"]``."""
    if type(target) is not cst.Subscript or len(target.slice) != 2 or type(target.value) is not cst.Attribute:
        return False
    if target.value.attr.value not in _ROWS:
        return False
    row = target.slice[0].slice
    if type(row) is not cst.Index:
        return False
    if isinstance(row.value, (cst.List, cst.Integer)):
        return _row_numbers(row.value)
    return _is_of_id(row.value)


def _row_numbers(node: cst.BaseExpression) -> bool:
    """Row numbers that somebody looked up: the first and the last row are places, not rows."""
    if isinstance(node, (cst.List, cst.Tuple, cst.Set)):
        values = [number(each.value) if type(each.value) is cst.Integer else None for each in node.elements]
        return bool(values) and all(value is not None for value in values) and any((value or 0) > 1 for value in values)
    return type(node) is cst.Integer and (number(node) or 0) > 1


def _is_of_id(node: cst.BaseExpression) -> bool:
    """``df["customer_id"] == 10482``, ``df.id.isin([4, 9])``."""
    if type(node) is cst.Comparison and len(node.comparisons) == 1:
        target = node.comparisons[0]
        return (
            isinstance(target.operator, (cst.Equal, cst.NotEqual))
            and _is_id(node.left)
            and _is_known(target.comparator)
        )
    if type(node) is cst.UnaryOperation and type(node.operator) is cst.BitInvert:
        return _is_of_id(node.expression)
    if type(node) is cst.Call and last_name(node.func) == "isin" and type(node.func) is cst.Attribute:
        given = node.args[0].value if node.args else None
        known = isinstance(given, (cst.List, cst.Tuple, cst.Set)) and given.elements
        return bool(known) and _is_id(node.func.value) and all(_is_known(e.value) for e in given.elements)  # type: ignore[union-attr]  # known says that there are elements
    return False


def _selects_ids(index: cst.BaseSlice) -> bool:
    """``df[df.order_id != 9071]``, ``df[~df["id"].isin([4, 9])]``: rows are taken out."""
    if type(index) is not cst.Index:
        return False
    node = index.value
    if type(node) is cst.Comparison:
        return type(node.comparisons[0].operator) is cst.NotEqual and _is_of_id(node)
    return type(node) is cst.UnaryOperation and _is_of_id(node)


def _is_id(node: cst.BaseExpression) -> bool:
    tokens = tokenise(last_name(node))
    return bool(tokens) and tokens[-1] in _IDS and not _KINDS & set(tokens)


def _is_known(node: cst.BaseExpression) -> bool:
    text = string(node)
    if text is not None:
        return len(text) >= 4 and any(each.isdigit() for each in text)
    return type(node) is cst.Integer and (number(node) or 0) > 9


def _is_plain(node: cst.BaseExpression) -> bool:
    if type(node) is cst.Name:
        return node.value in {"True", "False", "None"}
    if type(node) is cst.Attribute:
        return node.attr.value in {"nan", "NaN", "NA", "NaT"}
    return number(node) is not None or string(node) is not None
