"""From one text to one lean tree, and where its nodes stand."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import chain
from typing import Any

import libcst as cst
from msgspec import Struct

from mldebt.syntax.children import descendants
from mldebt.syntax.children import statements as statements_in
from mldebt.syntax.comments import Remark, offsets_of, remarks_in
from mldebt.syntax.complexity import Depth
from mldebt.syntax.lean import comments, expressions, patterns, statements
from mldebt.syntax.lean.making import Node, name
from mldebt.syntax.lean.texts import Text
from mldebt.syntax.positions import Located, locate_offsets, span_of

_DEFINED = re.compile(r"(?:async\s+)?(?:def|class)\s+(?=\w)")
_MISTAKEN = (ast.Tuple, ast.GeneratorExp)
"""What ``ast`` counts the parentheses around to: they are not part of the node."""


DEEP = 50  # expressions around one, from which on they are counted


class Builder:
    """Makes the nodes of one text. ``places`` are the ``ast`` nodes that nodes were made from, by id; ``called`` are
    the last names of what the function that is being made calls, ``called_in`` those of functions, by id."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.places: dict[int, ast.AST] = {}
        self.called: set[str] = set()
        self.called_in: dict[int, set[str]] = {}
        self.deep = Depth()
        self._depth = 0

    def expression(self, node: ast.expr) -> Node:
        if type(node) is ast.Name and self._depth < DEEP:  # as most are
            made = name(node.id)
            self.places[id(made)] = node
            return made
        depth = self._depth = self._depth + 1
        if depth > DEEP:
            self.deep.reached(depth)
        made = _EXPRESSIONS[type(node)](self, node)
        self.places[id(made)] = node
        self._depth = depth - 1
        return made

    def optional(self, node: ast.expr | None) -> Node:
        return None if node is None else self.expression(node)

    def statement(self, node: ast.stmt) -> Node:
        made = _STATEMENTS[type(node)](self, node)
        self.places[id(made)] = node
        return made

    def apart(self, written: str) -> Node:
        """The expression that is ``written`` in a formatted string, without places: before Python 3.12 those that
        ``ast`` gives it are not to be relied on."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a SyntaxWarning of the scanned code is not ours to print
            tree = ast.parse(f"({written})", mode="eval")
        apart = Builder(Text(f"({written})"))
        apart.called = self.called
        return apart.expression(tree.body)

    def pattern(self, node: ast.pattern) -> Node:
        return _PATTERNS[type(node)](self, node)


_EXPRESSIONS = expressions.MAKERS
_STATEMENTS = statements.MAKERS
_PATTERNS = patterns.MAKERS


class Lean(Struct, frozen=True):
    """A lean tree. It keeps its ``ast`` alive, by which its nodes are found. ``called_in`` are the last names of all
    that a function, by its id, calls."""

    module: cst.Module
    text: Text
    places: dict[int, ast.AST]
    remarks: list[Remark]
    called_in: Mapping[int, Set[str]]

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
        if tree is None:
            return None
        begin = self.text.begin(tree)
        if type(node) is cst.Param:  # libcst has it stand where its name stands
            return None if node.star else (begin, begin + len(node.name.value))
        if type(node) is cst.Name and not isinstance(tree, (ast.Name, ast.Constant)):  # of a function or a class
            head = _DEFINED.match(self.text.text, begin)
            return None if head is None else (head.end(), head.end() + len(node.value))
        if isinstance(tree, _MISTAKEN) and self.text.text[begin] == "(":
            return None
        if isinstance(tree, ast.keyword) and self._is_parenthesised(tree.value):
            return None
        return begin, self.text.end(tree)

    def _is_parenthesised(self, node: ast.expr) -> bool:
        """Does a parenthesis stand before ``node``? It may be on the line above, then the answer is yes."""
        line = self.text.starts[node.lineno - 1]
        before = self.text.text[line : self.text.begin(node)].rstrip()
        return not before or before[-1] == "("

    def _located_by_libcst(self, nodes: Sequence[cst.CSTNode]) -> dict[cst.CSTNode, Located]:
        """The lines that hold some of ``nodes`` are read by libcst, and for what stands in no line, in the head of a
        block, the statements of the module."""
        left = {id(node): node for node in nodes}
        found: dict[cst.CSTNode, Located] = {}
        lines = (each for each in statements_in(self.module) if type(each) is cst.SimpleStatementLine)
        for statement in chain(lines, self.module.body):
            mine = list(descendants(statement)) if left else []
            held = [(at, left.pop(id(node))) for at, node in enumerate(mine) if id(node) in left]
            if not held:
                continue
            begin, end = self._stretch(statement)
            parsed = cst.parse_module(self.text.text[begin:end])
            twins = list(descendants(parsed.body[0]))
            located = locate_offsets(parsed, [twins[at] for at, _ in held])
            for at, node in held:
                offsets = located.get(id(twins[at]))
                if offsets is not None:
                    first, last = offsets[0] + begin, offsets[1] + begin
                    found[node] = Located(span_of(self.text.starts, first, last), self.text.text[first:last])
        return found

    def _stretch(self, statement: cst.CSTNode) -> tuple[int, int]:
        """Where a statement of the module begins, with its decorators, and ends."""
        if type(statement) is not cst.SimpleStatementLine:
            tree: Any = self.places[id(statement)]
            decorators = getattr(tree, "decorator_list", ())
            return self.text.starts[(decorators[0] if decorators else tree).lineno - 1], self.text.end(tree)
        return self.text.begin(self.places[id(statement.body[0])]), self.text.end(self.places[id(statement.body[-1])])


def build(tree: ast.Module, text: str) -> Lean:
    """The lean tree of ``tree``, which was read from ``text``. ``KeyError`` for syntax newer than this,
    ``ExcessError`` for what is too complex."""
    builder = Builder(Text(text))
    module = statements.module(builder, tree)
    remarks = remarks_in(text, builder.text.starts)
    comments.attach(builder, module, remarks)
    return Lean(module, builder.text, builder.places, remarks, builder.called_in)
