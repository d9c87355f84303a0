"""Statements of a Python file as fixes see them: where they stand, and how they are taken out.

What cannot be done line by line is refused (``RefusedError``): statements that share a line, strings over
several lines that would move.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from mldebt.edits import Document, RefusedError
from mldebt.model import Edit, Span

Lines = tuple[int, int]
"""First and last."""

TROUBLE = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What Python's own parser raises."""


def parsed(document: Document) -> ast.Module:
    """Raises ``RefusedError`` for what this Python cannot parse."""
    if document.is_notebook:
        raise RefusedError("its cells are no one file")
    try:
        return ast.parse(document.text)
    except TROUBLE:
        raise RefusedError(f"{document.path} cannot be parsed by this Python") from None


# --- where things stand ----------------------------------------------------------------------------


def blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """The lists of statements directly below a node."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
            yield block


def span_of(document: Document, node: ast.expr | ast.stmt | ast.alias) -> Span:
    """``ast`` counts columns in bytes of UTF-8."""
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    start, end = document.line(node.lineno).encode(), document.line(node.end_lineno).encode()
    column = len(start[: node.col_offset].decode()) + 1
    end_column = len(end[: node.end_col_offset].decode()) + 1
    return Span(node.lineno, column, node.end_lineno, end_column)


def begins(node: ast.expr | ast.stmt, document: Document, span: Span) -> bool:
    """Does the node begin where ``span`` does?"""
    found = span_of(document, node)
    return (found.line, found.column) == (span.line, span.column)


def whole_lines(document: Document, statement: ast.stmt) -> Lines:
    """The lines of a statement that shares none with another."""
    first, last = first_line(statement), statement.end_lineno or statement.lineno
    span = span_of(document, statement)
    before = document.line(statement.lineno)[: span.column - 1]
    behind = document.line(last)[span.end_column - 1 :].strip()
    if before.strip() or (behind and not behind.startswith("#")):
        raise RefusedError("it shares a line with another statement")
    return first, last


def first_line(statement: ast.stmt) -> int:
    """Decorators belong to what they decorate."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(each.lineno for each in decorators)])


def indent(document: Document, line: int) -> str:
    """The white space that a line begins with."""
    text = document.line(line)
    return text[: len(text) - len(text.lstrip(" \t"))]


# --- taking out ------------------------------------------------------------------------------------


def without(document: Document, lines: Lines, alone: bool) -> Edit:
    """The lines gone, or ``pass`` where they were all that a block had."""
    first, last = lines
    if alone:
        return document.edit(Span(first, 1, last, len(document.line(last)) + 1), f"{indent(document, first)}pass")
    if last < len(document.starts):
        return document.edit(Span(first, 1, last + 1, 1), "")
    end = len(document.line(first - 1)) + 1
    return document.edit(Span(first - 1, end, last, len(document.line(last)) + 1), "")


def with_surroundings(document: Document, statement: ast.stmt) -> Lines:
    """The lines of a statement of the module with the comment above it, where that speaks of nothing else, and the
    blank lines that would be too many."""
    first, last = whole_lines(document, statement)
    if not document.line(last + 1).strip():
        while document.line(first - 1).startswith("#"):
            first -= 1
    above = _blanks(document, first, -1)
    below = _blanks(document, last, 1)
    if last + below >= len(document.starts) or below > above:
        return first - above, last
    return first, last + below


def _blanks(document: Document, line: int, step: int) -> int:
    """The blank lines that follow on a line in one direction."""
    count = 0
    while (
        1 <= line + step * (count + 1) <= len(document.starts) and not document.line(line + step * (count + 1)).strip()
    ):
        count += 1
    return count


def branch_taken(
    document: Document, statement: ast.If | ast.While, block: Sequence[ast.stmt], truth: bool
) -> Iterator[Edit]:
    """The branch that runs in the stead of a test whose outcome is known."""
    lines = whole_lines(document, statement)
    kept = statement.body if truth else statement.orelse
    if isinstance(statement, ast.While) and kept is statement.body:
        raise RefusedError("the loop runs")
    if isinstance(statement, ast.If) and is_elif(document, statement):
        yield from _of_elif(document, statement, lines, truth)
        return
    if not kept:
        yield without(document, lines, len(block) == 1)
        return
    first = kept[0]
    if is_elif(document, first):
        start = span_of(document, first)
        yield document.edit(Span(lines[0], span_of(document, statement).column, start.line, start.column + 4), "if")
        return
    if first.lineno == statement.lineno or first_line(first) <= _line_before(document, first):
        raise RefusedError("the branch stands on one line with its test")
    text = _dedented(document, kept, indent(document, statement.lineno))
    yield document.edit(Span(lines[0], 1, lines[1], len(document.line(lines[1])) + 1), text)


def _of_elif(document: Document, statement: ast.If, lines: Lines, truth: bool) -> Iterator[Edit]:
    """A branch in a chain: it goes, or becomes the ``else`` behind which nothing comes."""
    start, end = span_of(document, statement), statement.body[-1].end_lineno or lines[1]
    if truth:
        header = document.line(statement.test.end_lineno or lines[0])
        colon = header.find(":", span_of(document, statement.test).end_column - 1)
        if statement.body[0].lineno == statement.test.end_lineno or colon < 0:
            raise RefusedError("the branch stands on one line with its test")
        yield document.edit(Span(lines[0], start.column, statement.test.end_lineno or lines[0], colon + 1), "else")
        if statement.orelse:
            yield without(document, (end + 1, lines[1]), False)
        return
    if statement.orelse:
        behind = (number for number in range(end + 1, lines[1] + 1))
        end = next(each for each in behind if document.line(each).lstrip().startswith(("else", "elif"))) - 1
    yield without(document, (lines[0], end), False)


def _line_before(document: Document, statement: ast.stmt) -> int:
    """The line itself where something stands in front of a statement on it, else none."""
    text = document.line(statement.lineno)[: span_of(document, statement).column - 1]
    return statement.lineno if text.strip() else 0


def is_elif(document: Document, statement: ast.stmt) -> bool:
    """Is the statement a branch further down a chain?"""
    return document.line(statement.lineno)[span_of(document, statement).column - 1 :].startswith("elif")


def _dedented(document: Document, kept: Sequence[ast.stmt], outer: str) -> str:
    """The statements with their comments, at ``outer``."""
    inner = indent(document, first_line(kept[0]))
    first, last = first_line(kept[0]), kept[-1].end_lineno or kept[-1].lineno
    while document.line(first - 1).strip().startswith("#"):
        first -= 1
    inside = {line for each in kept for line in _continued(each)}
    lines = []
    for number in range(first, last + 1):
        text = document.line(number)
        if number in inside:
            raise RefusedError("a text over several lines would move")
        if text.strip() and not text.startswith(inner):
            raise RefusedError("its lines are indented in a way of their own")
        lines.append(outer + text[len(inner) :] if text.strip() else text)
    return "\n".join(lines)


def _continued(statement: ast.stmt) -> Iterator[int]:
    """The lines that begin within a string."""
    for node in ast.walk(statement):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes))
        if (is_text or isinstance(node, ast.JoinedStr)) and isinstance(node, ast.expr) and node.end_lineno is not None:
            yield from range(node.lineno + 1, node.end_lineno + 1)
