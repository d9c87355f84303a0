"""Comments that stand on lines of their own, and whether they are code."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections.abc import Iterable, Iterator, Sequence

import libcst as cst

MAX_LINES = 200  # of one block that are read
MAX_TRIES = 4  # lines of prose above the code that are given up before the block is
MAX_LENGTH = 400  # characters of a line of code

_PROSE_BEFORE = re.compile(
    r"example|usage|e\.g\.|for instance|how to|output|run with|such as|format|schema", re.IGNORECASE
)
_MARKER = re.compile(r"^#:? ?")
_ACTS = (
    ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Delete,
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Raise, ast.Assert,
    ast.AsyncFor, ast.AsyncWith,
)  # fmt: skip


def comment_blocks(node: cst.Module | cst.IndentedBlock) -> Iterator[list[list[cst.Comment]]]:
    """The comments on lines of their own directly in ``node``: those between two statements, as
    blocks of adjacent lines."""
    if isinstance(node, cst.Module):
        yield _blocks(node.header)
    for statement in node.body:
        yield _blocks(getattr(statement, "leading_lines", ()))
        yield _blocks(getattr(statement, "lines_after_decorators", ()))
        branch = getattr(statement, "orelse", None)
        while branch is not None:
            yield _blocks(branch.leading_lines)
            branch = getattr(branch, "orelse", None)
        for handler in getattr(statement, "handlers", ()):
            yield _blocks(handler.leading_lines)
    yield _blocks(node.footer)


def _blocks(lines: Iterable[cst.EmptyLine]) -> list[list[cst.Comment]]:
    blocks: list[list[cst.Comment]] = [[]]
    for line in lines:
        if line.comment is not None:
            blocks[-1].append(line.comment)
        elif blocks[-1]:
            blocks.append([])
    return blocks


def parked_lines(comments: Sequence[str], least: int) -> int | None:
    """Where in a block of comments code begins that has ``least`` lines or more, ``None`` when the
    block is not code. An example that is announced as one is documentation."""
    if len(comments) < least or len(comments) > MAX_LINES or any(len(each) > MAX_LENGTH for each in comments):
        return None
    lines = [_MARKER.sub("", each) for each in comments]
    for start in range(min(MAX_TRIES, len(lines) - least + 1)):
        if start and _PROSE_BEFORE.search(lines[start - 1]):
            return None
        if _is_code(lines[start:]):
            return start
    return None


def _is_code(lines: Sequence[str]) -> bool:
    """Do the lines parse, and do most of their statements do something? Prose and tables do neither."""
    text = textwrap.dedent("\n".join(lines))
    if "\0" in text or not text.strip():
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return _acts(tree.body)


def _acts(body: Sequence[ast.stmt]) -> bool:
    acting = sum(isinstance(each, _ACTS) or _is_call(each) for each in body)
    return acting >= 1 and acting * 2 > len(body)


def _is_call(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, (ast.Call, ast.Await, ast.Yield))


def comments_in(module: cst.Module) -> Iterator[list[cst.Comment]]:
    """Every comment of a module, in order: those on adjacent lines of their own as one block, one behind
    code as a block of its own."""
    stack: list[cst.CSTNode] = [module]
    while stack:
        node = stack.pop()
        if isinstance(node, cst.Comment):
            yield [node]
            continue
        further: list[cst.CSTNode] = []
        for each in node.children:
            if isinstance(each, cst.EmptyLine):
                continue
            if not isinstance(each, _NO_COMMENTS):
                further.append(each)
        yield from _own_lines(node)
        stack += further[::-1]


_NO_COMMENTS = (cst.Name, cst.SimpleString, cst.Integer, cst.Float, cst.SimpleWhitespace, cst.Newline)
_LINES = ("header", "leading_lines", "lines_after_decorators", "footer", "empty_lines")


def _own_lines(node: cst.CSTNode) -> Iterator[list[cst.Comment]]:
    for name in _LINES:
        lines = getattr(node, name, ())
        if isinstance(lines, (list, tuple)):
            yield from (block for block in _blocks(lines) if block)
