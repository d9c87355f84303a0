"""``delete-parked``: take code out that never runs, and the imports that only it used.

The place of the finding is the test that never changes (the branch that runs is kept), the first statement
that nothing reaches (it goes, and what follows it in its block), or the first line of code in comments. What
cannot be done line by line is refused: statements that share a line, strings over several lines that would
move, notebooks.
"""

from __future__ import annotations

import ast
import textwrap
import warnings
from collections.abc import Iterator, Sequence

from mldebt.edits import Document, RefusedError
from mldebt.model import Edit, Span
from mldebt.recipes import Wanted

_Lines = tuple[int, int]
_MOST_COMMENTS = 400
_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def realise(wanted: Wanted) -> Iterator[Edit]:
    document, span = wanted.document, wanted.finding.place.span
    if document.is_notebook:
        raise RefusedError("code is not taken out of notebooks")
    if document.line(span.line).lstrip().startswith("#"):
        yield _comments(document, span.line)
        return
    tree = _parsed(document)
    edit = _edit(document, tree, span)
    yield edit
    yield from _imports(document, tree, edit)


def _edit(document: Document, tree: ast.Module, span: Span) -> Edit:
    for node in ast.walk(tree):
        for block in _blocks(node):
            for number, statement in enumerate(block):
                if isinstance(statement, (ast.If, ast.While)) and _begins(statement.test, document, span):
                    return _of_test(document, statement, block)
                if number and _begins(statement, document, span):
                    return _of_dead(document, block, number)
        if isinstance(node, ast.IfExp) and _begins(node.test, document, span):
            kept = node.body if _truth(node.test) else node.orelse
            return document.edit(_span(document, node), document.written(_span(document, kept)))
    raise RefusedError("the code has changed")


def _comments(document: Document, first: int) -> Edit:
    """The comment lines from ``first`` on that are code when they are taken together: as many as parse."""
    lines: list[str] = []
    indent = _indent(document, first)
    while document.line(first + len(lines)).startswith(f"{indent}#") and len(lines) < _MOST_COMMENTS:
        lines.append(document.line(first + len(lines)).lstrip()[1:])
    count = next((count for count in range(len(lines), 0, -1) if _is_code(lines[:count])), 0)
    if not count:
        raise RefusedError("the comment is no code any more")
    return _without(document, (first, first + count - 1), False)


def _is_code(lines: Sequence[str]) -> bool:
    """By itself, or as a branch, a return or a loop's ending that stood in something."""
    text = textwrap.dedent("\n".join(lines))
    inside = "def f():\n while 1:\n" + textwrap.indent(text, "  ")
    for each in (text, inside):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # an unknown escape of the scanned code is not ours to print
                return bool(ast.parse(each).body)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return False


def _parsed(document: Document) -> ast.Module:
    try:
        return ast.parse(document.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise RefusedError(f"{document.path} cannot be parsed by this Python") from None


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
            yield block


def _span(document: Document, node: ast.expr | ast.stmt) -> Span:
    """``ast`` counts columns in bytes of UTF-8."""
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    start, end = document.line(node.lineno).encode(), document.line(node.end_lineno).encode()
    column = len(start[: node.col_offset].decode()) + 1
    end_column = len(end[: node.end_col_offset].decode()) + 1
    return Span(node.lineno, column, node.end_lineno, end_column)


def _begins(node: ast.expr | ast.stmt, document: Document, span: Span) -> bool:
    found = _span(document, node)
    return (found.line, found.column) == (span.line, span.column)


def _truth(test: ast.expr) -> bool:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return not _truth(test.operand)
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return all(not isinstance(each, ast.Constant) or bool(each.value) for each in test.values)
    if isinstance(test, ast.Constant):
        return bool(test.value)
    raise RefusedError("the test is no constant any more")


# --- what becomes of a statement -------------------------------------------------------------------


def _of_test(document: Document, statement: ast.If | ast.While, block: list[ast.stmt]) -> Edit:
    lines = _whole_lines(document, statement)
    if document.line(statement.lineno)[: _span(document, statement).column + 3].lstrip().startswith("elif"):
        raise RefusedError("a branch in the middle of a chain is not taken out")
    kept = statement.body if _truth(statement.test) else statement.orelse
    if isinstance(statement, ast.While) and kept is statement.body:
        raise RefusedError("the loop runs")
    if not kept:
        return _without(document, lines, len(block) == 1)
    first = kept[0]
    if kept is statement.orelse and isinstance(first, ast.If) and _is_elif(document, first):
        start = _span(document, first)
        return document.edit(Span(lines[0], _span(document, statement).column, start.line, start.column + 4), "if")
    if first.lineno == statement.lineno or _first_line(first) <= _line_before(document, first):
        raise RefusedError("the branch stands on one line with its test")
    text = _dedented(document, kept, _indent(document, statement.lineno))
    return document.edit(Span(lines[0], 1, lines[1], len(document.line(lines[1])) + 1), text)


def _of_dead(document: Document, block: list[ast.stmt], number: int) -> Edit:
    ending = next(
        (n for n in range(number) if isinstance(block[n], (ast.Return, ast.Raise, ast.Continue, ast.Break))), None
    )
    if ending is None:
        raise RefusedError("something reaches it now")
    dead = block[ending + 1 :]
    if any(isinstance(each, (ast.Yield, ast.YieldFrom)) for one in dead for each in ast.walk(one)):
        raise RefusedError("a yield in it makes the function a generator")
    if block[ending].end_lineno == dead[0].lineno:
        raise RefusedError("it shares a line with what runs")
    first, last = _whole_lines(document, dead[0])[0], _whole_lines(document, dead[-1])[1]
    return _without(document, (first, last), False)


def _without(document: Document, lines: _Lines, alone: bool) -> Edit:
    """The lines gone, or ``pass`` where they were all that a block had."""
    first, last = lines
    if alone:
        return document.edit(Span(first, 1, last, len(document.line(last)) + 1), f"{_indent(document, first)}pass")
    if last < len(document.starts):
        return document.edit(Span(first, 1, last + 1, 1), "")
    end = len(document.line(first - 1)) + 1
    return document.edit(Span(first - 1, end, last, len(document.line(last)) + 1), "")


def _whole_lines(document: Document, statement: ast.stmt) -> _Lines:
    """The lines of a statement that shares none with another."""
    first, last = _first_line(statement), statement.end_lineno or statement.lineno
    span = _span(document, statement)
    before = document.line(statement.lineno)[: span.column - 1]
    behind = document.line(last)[span.end_column - 1 :].strip()
    if before.strip() or (behind and not behind.startswith("#")):
        raise RefusedError("it shares a line with another statement")
    return first, last


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(each.lineno for each in decorators)])


def _line_before(document: Document, statement: ast.stmt) -> int:
    """The line itself where something stands in front of a statement on it, else none."""
    text = document.line(statement.lineno)[: _span(document, statement).column - 1]
    return statement.lineno if text.strip() else 0


def _is_elif(document: Document, statement: ast.If) -> bool:
    return document.line(statement.lineno)[_span(document, statement).column - 1 :].startswith("elif")


def _indent(document: Document, line: int) -> str:
    text = document.line(line)
    return text[: len(text) - len(text.lstrip(" \t"))]


def _dedented(document: Document, kept: Sequence[ast.stmt], indent: str) -> str:
    """The statements with their comments, at ``indent``."""
    inner = _indent(document, _first_line(kept[0]))
    first, last = _first_line(kept[0]), kept[-1].end_lineno or kept[-1].lineno
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
        lines.append(indent + text[len(inner) :] if text.strip() else text)
    return "\n".join(lines)


def _continued(statement: ast.stmt) -> Iterator[int]:
    """The lines that begin within a string."""
    for node in ast.walk(statement):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes))
        if (is_text or isinstance(node, ast.JoinedStr)) and isinstance(node, ast.expr) and node.end_lineno is not None:
            yield from range(node.lineno + 1, node.end_lineno + 1)


# --- imports that die with it ----------------------------------------------------------------------


def _imports(document: Document, tree: ast.Module, edit: Edit) -> Iterator[Edit]:
    """Imports of the module that nothing uses any more. Where only one name of several dies, the statement is
    written anew, if it stands on one line."""
    after = document.edited([edit]).decode(document.encoding)
    dying = _unused(after) - _unused(document.text)
    for statement in tree.body:
        if not isinstance(statement, (ast.Import, ast.ImportFrom)):
            continue
        kept = [each for each in statement.names if _told(statement, each) not in dying]
        if len(kept) == len(statement.names):
            continue
        try:
            first, last = _whole_lines(document, statement)
        except RefusedError:
            continue
        if edit.span.line <= last and first <= edit.span.end_line:
            continue
        if not kept:
            yield _without(document, (first, last), False)
        elif first == last:
            made = ast.unparse(_with_names(statement, kept))
            yield document.edit(_span(document, statement), made)


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
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    return frozenset(str(each.message_args[0]) for each in found if isinstance(each, UnusedImport))


def _told(statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    """An imported name as pyflakes tells of it."""
    name = alias.name
    if isinstance(statement, ast.ImportFrom):
        module = "." * statement.level + (statement.module or "")
        name = f"{module}{name}" if module.endswith(".") else f"{module}.{name}"
    return f"{name} as {alias.asname}" if alias.asname and alias.asname != alias.name else name
