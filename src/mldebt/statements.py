"""Statements of a Python file as fixes see them: where they stand, how they are taken out, and the imports that
come and go with them.

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

_TROUBLE = (SyntaxError, ValueError, RecursionError, MemoryError)


def parsed(document: Document) -> ast.Module:
    """Raises ``RefusedError`` for what this Python cannot parse."""
    if document.is_notebook:
        raise RefusedError("its cells are no one file")
    try:
        return ast.parse(document.text)
    except _TROUBLE:
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


def branch_taken(document: Document, statement: ast.If | ast.While, block: Sequence[ast.stmt], truth: bool) -> Edit:
    """The branch that runs in the stead of a test whose outcome is known."""
    lines = whole_lines(document, statement)
    if document.line(statement.lineno)[: span_of(document, statement).column + 3].lstrip().startswith("elif"):
        raise RefusedError("a branch in the middle of a chain is not taken out")
    kept = statement.body if truth else statement.orelse
    if isinstance(statement, ast.While) and kept is statement.body:
        raise RefusedError("the loop runs")
    if not kept:
        return without(document, lines, len(block) == 1)
    first = kept[0]
    if kept is statement.orelse and isinstance(first, ast.If) and _is_elif(document, first):
        start = span_of(document, first)
        return document.edit(Span(lines[0], span_of(document, statement).column, start.line, start.column + 4), "if")
    if first.lineno == statement.lineno or first_line(first) <= _line_before(document, first):
        raise RefusedError("the branch stands on one line with its test")
    text = _dedented(document, kept, indent(document, statement.lineno))
    return document.edit(Span(lines[0], 1, lines[1], len(document.line(lines[1])) + 1), text)


def _line_before(document: Document, statement: ast.stmt) -> int:
    """The line itself where something stands in front of a statement on it, else none."""
    text = document.line(statement.lineno)[: span_of(document, statement).column - 1]
    return statement.lineno if text.strip() else 0


def _is_elif(document: Document, statement: ast.If) -> bool:
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


# --- imports that die with it ----------------------------------------------------------------------


def dying_imports(document: Document, tree: ast.Module, edits: Sequence[Edit]) -> Iterator[Edit]:
    """Imports of the module that nothing uses any more once the edits are made. Where only one name of several
    dies, the statement is written anew, if it stands on one line."""
    after = document.edited(edits).decode(document.encoding)
    dying = _unused(after) - _unused(document.text)
    for statement in tree.body:
        if not isinstance(statement, (ast.Import, ast.ImportFrom)):
            continue
        kept = [each for each in statement.names if _told(statement, each) not in dying]
        if len(kept) == len(statement.names):
            continue
        try:
            first, last = whole_lines(document, statement)
        except RefusedError:
            continue
        if any(edit.span.line <= last and first <= edit.span.end_line for edit in edits):
            continue
        if not kept:
            yield without(document, (first, last), False)
        elif first == last:
            made = ast.unparse(_with_names(statement, kept))
            yield document.edit(span_of(document, statement), made)


def _with_names(statement: ast.Import | ast.ImportFrom, names: list[ast.alias]) -> ast.stmt:
    if isinstance(statement, ast.Import):
        return ast.Import(names)
    return ast.ImportFrom(statement.module, names, statement.level)


def _unused(text: str) -> frozenset[str]:
    """The names that imports bind and nothing uses, as pyflakes sees it."""
    from pyflakes.checker import Checker
    from pyflakes.messages import UnusedImport

    try:
        found = Checker(ast.parse(text)).messages
    except _TROUBLE:
        return frozenset()
    return frozenset(str(each.message_args[0]) for each in found if isinstance(each, UnusedImport))


def _told(statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    """An imported name as pyflakes tells of it."""
    name = alias.name
    if isinstance(statement, ast.ImportFrom):
        module = "." * statement.level + (statement.module or "")
        name = f"{module}{name}" if module.endswith(".") else f"{module}.{name}"
    return f"{name} as {alias.asname}" if alias.asname and alias.asname != alias.name else name


# --- names that are used anew ----------------------------------------------------------------------


def reached(document: Document, tree: ast.Module, expression: str, module: str, at: Span) -> Iterator[Edit]:
    """What has to be added so that ``expression`` (a dotted name or a literal) means at ``at`` what it means at
    the top of the module: its import from ``module``, unless that is "". Raises ``RefusedError`` where another
    thing has its name, or where it is not there yet."""
    name = expression.partition(".")[0].partition("(")[0]
    if not name.isidentifier():
        return
    bound = list(_binding(tree, name))
    if module:
        if bound:
            raise RefusedError(f"`{name}` is another thing in {document.path}")
        yield _import(document, tree, module, name, at)
        return
    around = _function_at(tree, at)
    if around is not None and bound == [arg for arg in _parameters(around) if arg.arg == name]:
        return
    if len(bound) != 1 or bound[0] not in {each for one in tree.body for each in (one, *_targets(one))}:
        raise RefusedError(f"`{name}` is not bound once, at the top of {document.path}")
    if around is None and bound[0].lineno >= at.line:
        raise RefusedError(f"`{name}` is not there yet")


def _import(document: Document, tree: ast.Module, module: str, name: str, at: Span) -> Edit:
    """With what is imported from there already, else behind the last import at the top, before which it is used
    nowhere, or behind what begins a module."""
    imports = [each for each in tree.body if isinstance(each, (ast.Import, ast.ImportFrom))]
    for each in imports:
        if isinstance(each, ast.ImportFrom) and "." * each.level + (each.module or "") == module:
            last = span_of(document, each.names[-1])
            if each.names[-1].name != "*" and last.end_line < at.line:
                return document.insert(last.end_line, last.end_column, f", {name}")
    behind: Sequence[ast.stmt] = imports[-1:] if imports else [each for each in tree.body[:1] if _is_text(each)]
    line = whole_lines(document, behind[0])[1] if behind else _heading(document)
    if line >= at.line:
        raise RefusedError("it stands before the imports")
    gap = "" if imports or not behind else "\n"
    return document.insert(line + 1, 1, f"{gap}from {module} import {name}\n")


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _heading(document: Document) -> int:
    """The last of the comment lines that a file begins with."""
    line = 0
    while document.line(line + 1).startswith("#"):
        line += 1
    return line


def _function_at(tree: ast.Module, at: Span) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The innermost function whose body holds a place."""
    functions = (each for each in ast.walk(tree) if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)))
    around = [each for each in functions if each.body[0].lineno <= at.line <= (each.end_lineno or each.lineno)]
    return around[-1] if around else None  # they come from the outside in


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    args = function.args
    return [*args.posonlyargs, *args.args, *args.kwonlyargs]


def _binding(tree: ast.Module, name: str) -> Iterator[ast.stmt | ast.expr | ast.arg]:
    """Everything in the module that may bind ``name``, at any depth."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [(each.asname or each.name).partition(".")[0] for each in node.names]
            yield from (node for each in names if each == name)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            if node.name == name:
                yield node
        elif isinstance(node, ast.Name):
            if node.id == name and not isinstance(node.ctx, ast.Load):
                yield node
        elif isinstance(node, ast.arg):
            if node.arg == name:
                yield node
        elif getattr(node, "name", None) == name and isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)):
            yield tree.body[0]  # wherever it is: it is not at the top


def _targets(statement: ast.stmt) -> Iterator[ast.expr]:
    if isinstance(statement, ast.Assign):
        yield from statement.targets
    elif isinstance(statement, ast.AnnAssign):
        yield statement.target
