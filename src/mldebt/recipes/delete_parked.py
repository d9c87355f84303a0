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

from mldebt.bindings import dying_imports
from mldebt.edits import Document, RefusedError
from mldebt.model import Edit, Span
from mldebt.recipes import Wanted
from mldebt.statements import begins, blocks, branch_taken, indent, parsed, span_of, whole_lines, without

_MOST_COMMENTS = 400
_FEWEST_COMMENTS = 3  # of a further block: fewer may be a remark
_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def realise(wanted: Wanted) -> Iterator[Edit]:
    document, span = wanted.document, wanted.finding.place.span
    if document.is_notebook:
        raise RefusedError("code is not taken out of notebooks")
    if document.line(span.line).lstrip().startswith("#"):
        yield _comments(document, span.line)
        return
    tree = parsed(document)
    edits = list(_edits(document, tree, span))
    yield from edits
    yield from dying_imports(document, tree, edits)


def _edits(document: Document, tree: ast.Module, span: Span) -> Iterator[Edit]:
    for node in ast.walk(tree):
        for block in blocks(node):
            for number, statement in enumerate(block):
                if isinstance(statement, (ast.If, ast.While)) and begins(statement.test, document, span):
                    yield from branch_taken(document, statement, block, _truth(statement.test))
                    return
                if number and begins(statement, document, span):
                    yield _of_dead(document, block, number)
                    return
        if isinstance(node, ast.IfExp) and begins(node.test, document, span):
            kept = node.body if _truth(node.test) else node.orelse
            yield document.edit(span_of(document, node), document.written(span_of(document, kept)))
            return
    raise RefusedError("the code has changed")


def _comments(document: Document, first: int) -> Edit:
    """The comment lines from ``first`` on that are code when they are taken together, as many as parse; and what is
    parked below them, with blank lines between."""
    lines = _block(document, first, indent(document, first))
    count = next((count for count in range(len(lines), 0, -1) if _is_code(lines[:count])), 0)
    if not count:
        raise RefusedError("the comment is no code any more")
    last = first + count - 1
    while count == len(lines):
        start = last + 1
        while start <= len(document.starts) and not document.line(start).strip():
            start += 1
        lines = _block(document, start, indent(document, first))
        if len(lines) < _FEWEST_COMMENTS or not _is_code(lines):
            break
        count, last = len(lines), start + len(lines) - 1
    return without(document, (first, last), False)


def _block(document: Document, first: int, outer: str) -> list[str]:
    """What stands in the comments on adjacent lines from ``first`` on, at one indentation."""
    lines: list[str] = []
    while document.line(first + len(lines)).startswith(f"{outer}#") and len(lines) < _MOST_COMMENTS:
        lines.append(document.line(first + len(lines)).lstrip()[1:])
    return lines


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


def _truth(test: ast.expr) -> bool:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return not _truth(test.operand)
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return all(not isinstance(each, ast.Constant) or bool(each.value) for each in test.values)
    if isinstance(test, ast.Constant):
        return bool(test.value)
    raise RefusedError("the test is no constant any more")


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
    first, last = whole_lines(document, dead[0])[0], whole_lines(document, dead[-1])[1]
    return without(document, (first, last), False)
