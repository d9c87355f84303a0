"""From one text to one lean tree, and where its nodes stand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass

import libcst as cst

from mldebt.syntax.children import descendants
from mldebt.syntax.comments import Remark, offsets_of, remarks_in
from mldebt.syntax.lean import comments, expressions, patterns, statements
from mldebt.syntax.lean.making import Node
from mldebt.syntax.lean.texts import Text
from mldebt.syntax.positions import Located, locate, span_of

_DEFINED = re.compile(r"(?:async\s+)?(?:def|class)\s+(?=\w)")
_MISTAKEN = (ast.Tuple, ast.GeneratorExp)
"""What ``ast`` counts the parentheses around to: they are not part of the node."""


class Builder:
    """Makes the nodes of one text. ``places`` are the ``ast`` nodes that nodes were made from, by id."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.places: dict[int, ast.AST] = {}

    def expression(self, node: ast.expr) -> Node:
        made = _EXPRESSIONS[type(node)](self, node)
        self.places[id(made)] = node
        return made

    def optional(self, node: ast.expr | None) -> Node:
        return None if node is None else self.expression(node)

    def statement(self, node: ast.stmt) -> Node:
        made = _STATEMENTS[type(node)](self, node)
        self.places[id(made)] = node
        return made

    def pattern(self, node: ast.pattern) -> Node:
        return _PATTERNS[type(node)](self, node)


_EXPRESSIONS = expressions.MAKERS
_STATEMENTS = statements.MAKERS
_PATTERNS = patterns.MAKERS


@dataclass(frozen=True, slots=True)
class Lean:
    """A lean tree. It keeps its ``ast`` alive, by which its nodes are found."""

    module: cst.Module
    text: Text
    places: dict[int, ast.AST]
    remarks: list[Remark]

    def locate(self, nodes: Iterable[cst.CSTNode]) -> dict[cst.CSTNode, Located]:
        """Where the nodes stand and how they are written. What ``ast`` cannot tell the place of is looked
        up in the tree that libcst reads."""
        nodes = list(nodes)
        found: dict[cst.CSTNode, Located] = {}
        left: list[cst.CSTNode] = []
        known = offsets_of(nodes, self.remarks)
        known[self.module] = (0, len(self.text.text))
        for node in nodes:
            offsets = known.get(node) or self._offsets(node)
            if offsets is None:
                left.append(node)
            else:
                found[node] = Located(span_of(self.text.starts, *offsets), self.text.text[slice(*offsets)])
        if left:
            found.update(self._located_by_libcst(left))
        return found

    def _offsets(self, node: cst.CSTNode) -> tuple[int, int] | None:
        tree = self.places.get(id(node))
        if tree is None or type(node) is cst.Param:
            return None
        begin = self.text.begin(tree)
        if type(node) is cst.Name and not isinstance(tree, (ast.Name, ast.Constant)):  # of a function or a class
            head = _DEFINED.match(self.text.text, begin)
            return None if head is None else (head.end(), head.end() + len(node.value))
        if isinstance(tree, _MISTAKEN) and self.text.text[begin] == "(":
            return None
        return begin, self.text.end(tree)

    def _located_by_libcst(self, nodes: Iterable[cst.CSTNode]) -> dict[cst.CSTNode, Located]:
        parsed = cst.parse_module(self.text.text)
        twins = {id(mine): theirs for mine, theirs in zip(descendants(self.module), descendants(parsed), strict=True)}
        wanted = {node: twins[id(node)] for node in nodes if id(node) in twins}
        located = locate(parsed, self.text.text, wanted.values())
        return {node: located[twin] for node, twin in wanted.items() if twin in located}


def build(tree: ast.Module, text: str) -> Lean:
    """The lean tree of ``tree``, which was read from ``text``. ``KeyError`` for syntax newer than this."""
    builder = Builder(Text(text))
    module = statements.module(builder, tree)
    remarks = remarks_in(text, builder.text.starts)
    comments.attach(builder, module, remarks)
    return Lean(module, builder.text, builder.places, remarks)
