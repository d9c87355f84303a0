"""The comments of a text, and whether those on lines of their own are code."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

import libcst as cst
from msgspec import Struct

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

_DIRECTIVE = re.compile(r"#\s*mldebt:.*?(?=\s#|\Z)")

# Strings are passed over; no branch of this can fail behind its first character.
_TOKEN = re.compile(
    "#[^\r\n]*|\"\"\"(?:[^\\\\\"]+|\\\\.?|\"(?!\"\"))*(?:\"\"\"|\\Z)|'''(?:[^\\\\']+|\\\\.?|'(?!''))*(?:'''|\\Z)"
    "|\"(?:[^\"\\\\\r\n]+|\\\\[\\s\\S])*\"?|'(?:[^'\\\\\r\n]+|\\\\[\\s\\S])*'?",
    re.DOTALL,
)


class Remark(Struct, frozen=True):
    """A comment and where it stands: ``line`` from 1, ``column`` from 0, ``offset`` in the text. ``alone``:
    on a line of its own."""

    node: cst.Comment
    line: int
    column: int
    offset: int
    alone: bool


def remarks_in(text: str, starts: Sequence[int]) -> list[Remark]:
    """Every comment of ``text``, whose lines begin at ``starts``."""
    found: list[Remark] = []
    if "#" not in text:
        return found
    for token in _TOKEN.finditer(text):
        if text[token.start()] == "#":
            offset = token.start()
            line = bisect_right(starts, offset)
            begin = starts[line - 1]
            alone = not text[begin:offset].strip(" \t\f")
            found.append(Remark(cst.Comment(token[0]), line, offset - begin, offset, alone))
    return found


def said(comment: cst.Comment) -> str:
    """What a comment says to people, without the ``#``. What it tells mldebt is none of that: a rule's name and
    the reason of a suppression admit nothing."""
    return _DIRECTIVE.sub("", comment.value).lstrip("#").strip()


def offsets_of(nodes: Iterable[cst.CSTNode], remarks: Iterable[Remark]) -> dict[cst.CSTNode, tuple[int, int]]:
    """Where those of ``nodes`` begin and end that are comments of ``remarks``."""
    asked = {id(node) for node in nodes if type(node) is cst.Comment}
    if not asked:
        return {}
    return {each.node: (each.offset, each.offset + len(each.node.value)) for each in remarks if id(each.node) in asked}


def adjacent(remarks: Iterable[Remark]) -> list[list[cst.Comment]]:
    """Comments in blocks: those on adjacent lines of their own as one, one behind code alone."""
    blocks: list[list[cst.Comment]] = []
    last: Remark | None = None
    for each in remarks:
        if last is not None and last.alone and each.alone and each.line == last.line + 1:
            blocks[-1].append(each.node)
        else:
            blocks.append([each.node])
        last = each
    return blocks


def comment_blocks(node: cst.Module | cst.IndentedBlock) -> Iterator[list[list[cst.Comment]]]:
    """The comments on lines of their own directly in ``node``: those between two statements, as
    blocks of adjacent lines."""
    if type(node) is cst.Module:
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
