"""Records functions that prepare data by their shape, and lists of columns."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

import libcst as cst

from mldebt.engine import At, Collector, Seen, Where, on
from mldebt.facts import Fact
from mldebt.facts.shapes import ColumnList, FunctionShape
from mldebt.gate import Gate
from mldebt.syntax.children import children, descendants
from mldebt.syntax.names import string
from mldebt.vocabulary import tokenise

FEWEST = 5  # statements of a function whose shape is worth comparing
MOST = 200
FEWEST_COLUMNS = 3

_COLUMNS = frozenset(
    {"features", "feature", "columns", "cols", "inputs", "predictors", "numeric", "numerical", "categorical"}
)


_HANDLES = frozenset(
    {"pandas", "numpy", "polars", "pyspark", "sklearn", "torch", "tensorflow", "keras", "xgboost", "lightgbm",
     "catboost", "joblib"}
)  # fmt: skip


_LITERALS = frozenset({cst.Integer, cst.Float, cst.SimpleString})
_DISPLAYS = frozenset({cst.List, cst.Tuple})
_UNTOLD = frozenset({cst.Name, cst.Arg})


class Shapes(Collector):
    opened_by = Gate(words=_HANDLES)

    @on(cst.FunctionDef)
    def function(self, node: cst.FunctionDef, at: At) -> Iterator[Seen]:
        if type(node.body) is not cst.IndentedBlock or node.name.value.startswith("__"):
            return
        if at.imported.isdisjoint(_HANDLES):
            return
        statements = [each for each in _statements(node.body) if not _is_docstring(each)]
        if FEWEST <= len(statements) <= MOST:
            yield Seen(node, _shape(node.name.value, tuple(map(_number, statements))))

    @on(cst.Assign, like=lambda node: type(node.value) in _DISPLAYS)
    def columns(self, node: cst.Assign, at: At) -> Iterator[Seen]:
        target = node.targets[0].target
        if (
            type(target) is not cst.Name
            or not _COLUMNS & set(tokenise(target.value))
            or at.imported.isdisjoint(_HANDLES)
        ):
            return
        if not isinstance(node.value, (cst.List, cst.Tuple)) or len(node.value.elements) < FEWEST_COLUMNS:
            return
        texts = [string(each.value) for each in node.value.elements]
        if all(texts):
            yield Seen(node, _list(target.value, tuple(each for each in texts if each)))


def _statements(body: cst.IndentedBlock) -> Iterator[cst.CSTNode]:
    """The statements of a function in order, those of blocks among them."""
    stack: list[cst.CSTNode] = []
    stack.extend(reversed(body.body))
    while stack:
        node = stack.pop()
        if type(node) is cst.SimpleStatementLine:
            yield from node.body
        elif type(node) is cst.IndentedBlock:
            stack.extend(reversed(node.body))
        elif isinstance(node, cst.BaseCompoundStatement):
            stack += [each for each in children(node) if isinstance(each, (cst.IndentedBlock, cst.Else, cst.Finally))][
                ::-1
            ]
        elif isinstance(node, (cst.Else, cst.Finally)):
            stack.append(node.body)


def _is_docstring(node: cst.CSTNode) -> bool:
    return type(node) is cst.Expr and isinstance(node.value, (cst.SimpleString, cst.ConcatenatedString))


def _number(node: cst.CSTNode) -> int:
    """The same for statements that call the same, with the same literals, under whatever local names."""
    parts = []
    for each in descendants(node):
        kind = type(each)
        if kind is cst.Attribute:
            parts.append(f".{each.attr.value}")  # type: ignore[attr-defined]  # an attribute's
        elif kind in _LITERALS:
            parts.append(each.value)  # type: ignore[attr-defined]  # a literal's
        elif kind not in _UNTOLD:
            parts.append(kind.__name__)
    return zlib.crc32("|".join(parts).encode("utf-8", "surrogatepass"))


def _shape(name: str, statements: tuple[int, ...]) -> Callable[[Where], Fact]:
    return lambda where: FunctionShape(name, statements, where.place, name, where.source_line)


def _list(name: str, columns: tuple[str, ...]) -> Callable[[Where], Fact]:
    def make(where: Where) -> Fact:
        return ColumnList(name, columns, where.place, where.symbol, where.snippet, where.source_line)

    return make
