"""Comments, put where libcst keeps them: above statements, behind them, at the end of blocks.

Statements without comments around keep no empty lines either. Inside brackets only those behind an
element, an argument or a parameter are kept.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import libcst as cst
from msgspec import Struct

from mldebt.syntax.children import descendants
from mldebt.syntax.comments import Remark
from mldebt.syntax.lean.making import Node, maker
from mldebt.syntax.lean.texts import between_end

if TYPE_CHECKING:
    from mldebt.syntax.lean.builder import Builder

_empty_line = maker(cst.EmptyLine, "comment")
_trailing = maker(cst.TrailingWhitespace, "comment")
_comma = maker(cst.Comma, "whitespace_after")
_space = maker(cst.ParenthesizedWhitespace, "first_line")

_AFTER_ELEMENT = re.compile(r"[ \t]*,?[ \t]*\Z")
_CLOSES = re.compile(r"\s*\)")
_LISTED = frozenset({cst.Arg, cst.Param, cst.Element, cst.DictElement})


def attach(builder: Builder, module: Node, remarks: Sequence[Remark]) -> None:
    """Put the comments of the text into ``module``."""
    if remarks:
        _Attaching(builder, remarks).module(module)


class _Attaching:
    """Goes through blocks in order; ``_alone`` are the comments on lines of their own, ``_next`` the first
    that has no place yet."""

    def __init__(self, builder: Builder, comments: Sequence[Remark]) -> None:
        self._builder = builder
        self._lines = [each.line for each in comments]
        self._alone = [each for each in comments if each.alone]
        self._alone_lines = {each.line for each in self._alone}
        self._behind = {each.line: each for each in comments if not each.alone}
        self._next = 0

    def module(self, module: Node) -> None:
        end = len(self._builder.text.starts) + 1
        first = self._first_line(module.body[0]) if module.body else end
        _set(module, "header", self._above(first))
        self._statements(module.body, end)
        _set(module, "footer", self._above(end))

    def _statements(self, body: Sequence[Node], limit: int) -> None:
        """The statements of one block; ``limit`` is the line where something else begins."""
        for position, statement in enumerate(body):
            begin = self._first_line(statement)
            end = self._first_line(body[position + 1]) if position + 1 < len(body) else limit
            if self._has_comments(self._waiting_from(begin), end):
                _set(statement, "leading_lines", self._above(begin))
                if type(statement) is cst.SimpleStatementLine:
                    self._simple(statement, begin)
                else:
                    self._compound(statement, end)

    def _simple(self, statement: Node, begin: int) -> None:
        last = self._place(statement.body[-1]).end_lineno
        self._skip(last)
        self._inside(statement, begin, last)
        behind = self._behind.get(last)
        if behind is not None:
            _set(statement, "trailing_whitespace", _trailing(behind.node))

    def _compound(self, statement: Node, limit: int) -> None:
        place = self._place(statement)
        if isinstance(statement, (cst.FunctionDef, cst.ClassDef)) and statement.decorators:
            for decorator in statement.decorators:
                where = self._place(decorator.decorator)
                _set(decorator, "leading_lines", self._above(where.lineno))
                self._skip(where.end_lineno)
            _set(statement, "lines_after_decorators", self._above(place.lineno))
        clauses = list(_clauses(statement))
        for position, clause in enumerate(clauses):
            body = clause.body
            if type(body) is cst.SimpleStatementSuite:
                last = self._place(body.body[-1]).end_lineno
                if clause is not statement:
                    _set(clause, "leading_lines", self._above(self._place(body.body[0]).lineno))
                self._skip(last + 1)
                continue
            header = self._header_line(self._first_line(body.body[0]))
            if clause is not statement:
                begin = self._place(clause).lineno if id(clause) in self._builder.places else header
                _set(clause, "leading_lines", self._above(begin))
            self._skip(header)
            if clause is statement:
                self._inside(_Head(statement), self._first_line(statement), header)
            behind = self._behind.get(header)
            if behind is not None:
                _set(body, "header", _trailing(behind.node))
            following = clauses[position + 1] if position + 1 < len(clauses) else None
            end = limit if following is None else self._clause_line(following)
            self._statements(body.body, end)
            self._footer(body, end)

    def _clause_line(self, clause: Node) -> int:
        if id(clause) in self._builder.places:
            return int(self._place(clause).lineno)
        first = self._first_line(clause.body.body[0]) if type(clause.body) is cst.IndentedBlock else None
        return self._header_line(first) if first is not None else int(self._place(clause.body.body[0]).lineno)

    def _footer(self, block: Node, limit: int) -> None:
        """The comments behind the last statement of a block, up to the last that is indented as it is."""
        first = self._place(_first(block.body[0]))
        count = 0
        for position, comment in enumerate(self._alone[self._next :], 1):
            if comment.line >= limit:
                break
            if comment.column >= first.col_offset:
                count = position
        if count:
            last = self._alone[self._next + count - 1].line
            _set(block, "footer", self._above(last + 1))

    def _above(self, line: int) -> Sequence[Node]:
        """The comments before ``line`` that have no place yet, with the empty lines that follow them."""
        if self._next >= len(self._alone) or self._alone[self._next].line >= line:
            return ()
        by_line = {}
        while self._next < len(self._alone) and self._alone[self._next].line < line:
            by_line[self._alone[self._next].line] = self._alone[self._next].node
            self._next += 1
        return [_empty_line(by_line.get(number)) for number in range(min(by_line), line)]

    def _skip(self, line: int) -> None:
        while self._next < len(self._alone) and self._alone[self._next].line < line:
            self._next += 1

    def _inside(self, node: Any, begin: int, end: int) -> None:
        """Comments behind what is listed in brackets, a line each."""
        lines = [line for line in self._lines[bisect_left(self._lines, begin) :][: end - begin] if line < end]
        behind = [self._behind[line] for line in lines if line in self._behind]
        if not behind:
            return
        listed = [(self._end(each), each) for each in _listed(node)]
        for comment in behind:
            found = self._listed_before(listed, comment)
            if found is not None:
                space = _space(_trailing(comment.node))
                _set(found, "comma", _comma(space))

    def _listed_before(self, listed: Sequence[tuple[int, Node]], comment: Remark) -> Node | None:
        text = self._builder.text.text
        closes = text[between_end(text, comment.offset)] in ")]}"
        line = self._builder.text.starts[comment.line - 1]
        for end, each in listed:
            if line <= end <= comment.offset:
                end = self._behind_parentheses(each, end)
                if _AFTER_ELEMENT.match(text, end, comment.offset):
                    return None if closes and self._is_with_bracket(each, end, comment) else each
        return None

    def _behind_parentheses(self, node: Node, end: int) -> int:
        """``end``, or behind the parenthesis around the value of ``name=(value)``."""
        closed = _CLOSES.match(self._builder.text.text, end)
        place = self._builder.places.get(id(node.value)) if type(node) is cst.Arg and node.keyword else None
        if closed is None or place is None:
            return end
        begin = self._builder.text.begin(place)
        return closed.end() if self._builder.text.text[max(0, begin - 40) : begin].rstrip().endswith("=(") else end

    def _is_with_bracket(self, node: Node, end: int, comment: Remark) -> bool:
        """Does libcst keep the comment behind what is listed last with the closing bracket?"""
        if type(node) is cst.Param:
            return "," not in self._builder.text.text[end : comment.offset]
        return type(node) is not cst.Arg

    def _end(self, node: Node) -> int:
        inner = node.value if type(node) is not cst.Param else node.default
        if inner is None and type(node) is cst.Param and node.annotation is not None:
            inner = node.annotation.annotation
        place = self._builder.places.get(id(inner if inner is not None else node))
        return -1 if place is None else self._builder.text.end(place)

    def _waiting_from(self, line: int) -> int:
        return min(line, self._alone[self._next].line) if self._next < len(self._alone) else line

    def _has_comments(self, begin: int, end: int) -> bool:
        at = bisect_left(self._lines, begin)
        return at < len(self._lines) and self._lines[at] < end

    def _header_line(self, first: int) -> int:
        """The line of the colon before the block whose first statement begins on the line ``first``."""
        text, starts = self._builder.text.text, self._builder.text.starts
        line = first - 1
        while line > 1 and (line in self._alone_lines or not text[starts[line - 1] : starts[line]].strip()):
            line -= 1
        return line

    def _first_line(self, statement: Node) -> int:
        place = self._place(_first(statement))
        decorators = getattr(place, "decorator_list", None)
        return int(decorators[0].lineno if decorators else place.lineno)

    def _place(self, node: Node) -> Any:
        return self._builder.places[id(node)]


class _Head(Struct, frozen=True):
    """A compound statement without its body."""

    node: Node


def _listed(node: Any) -> Iterator[Node]:
    if not isinstance(node, _Head):
        yield from (each for each in descendants(node) if type(each) in _LISTED)
        return
    for name in ("decorators", "params", "bases", "keywords", "test", "iter", "items", "subject"):
        held = getattr(node.node, name, ())
        for part in held if isinstance(held, (list, tuple)) else (held,):
            yield from (each for each in descendants(part) if type(each) in _LISTED)


def _first(statement: Node) -> Node:
    return statement.body[0] if type(statement) is cst.SimpleStatementLine else statement


def _clauses(statement: Node) -> Iterator[Node]:
    """What has a body in a compound statement, in order, the chain of ``elif`` without recursion."""
    if type(statement) is cst.Match:
        yield from statement.cases
        return
    yield statement
    yield from getattr(statement, "handlers", ())
    branch = getattr(statement, "orelse", None)
    while branch is not None:
        yield branch
        branch = getattr(branch, "orelse", None)
    final = getattr(statement, "finalbody", None)
    if final is not None:
        yield final


def _set(node: Node, field: str, value: object) -> None:
    """Lean nodes are frozen like all of libcst's, once they are handed out."""
    if value:
        getattr(type(node), field).__set__(node, value)
