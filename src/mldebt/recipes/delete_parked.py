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

_MOST_COMMENTS = 1000  # lines that are looked at
_FEW = 3  # from so many lines on, a further block is no remark
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
    """The comment lines from ``first`` on that are code when they are taken together: all blocks that are, with the
    blank lines between them, else as many lines of the first block as parse."""
    lines, ends = _parked(document, first)
    whole = [end for end in ends if _is_code(lines[:end])]
    while len(whole) > 1 and _may_be_remark(lines, ends[ends.index(whole[-1]) - 1], whole[-1]):
        whole.pop()  # what was code without it still is
    count = whole[-1] if whole else next((count for count in range(ends[0], 0, -1) if _is_code(lines[:count])), 0)
    if not count:
        raise RefusedError("the comment is no code any more")
    return without(document, (first, first + count - 1), False)


def _may_be_remark(lines: Sequence[str], start: int, end: int) -> bool:
    """Are these few lines, and none that belong into what is above them?"""
    block = [line for line in lines[start:end] if line]
    return len(block) < _FEW and _margin(block[0]) <= _margin(lines[0])


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip())


def _parked(document: Document, first: int) -> tuple[list[str], list[int]]:
    """What stands in the comments from ``first`` on, at one indentation, and after how many lines each block ends."""
    outer = indent(document, first)
    lines: list[str] = []
    ends: list[int] = []
    while len(lines) < _MOST_COMMENTS:
        line = document.line(first + len(lines))
        if line.startswith(f"{outer}#"):
            lines.append(line.lstrip()[1:])
            ends[-1:] = [len(lines)] if ends and ends[-1] == len(lines) - 1 else [*ends[-1:], len(lines)]
        elif not line.strip() and first + len(lines) < len(document.starts):
            lines.append("")
        else:
            break
    return lines, ends


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
