"""Reading a pattern: Python in which ``$NAME`` may stand for an expression or a name, and ``...`` for any number."""

from __future__ import annotations

import ast
import re
import warnings

import libcst as cst
from msgspec import Struct

from mldebt.syntax.children import descendants
from mldebt.syntax.parse import find_problem

LONGEST = 2_000  # characters of a pattern
MOST_NODES = 500

_PREFIX = "mldebt_metavariable_"
_ANY = "mldebt_any"  # a parameter that is written as ...
_PIECE = re.compile(
    r"(?P<string>(?P<f>\b[rR]?[fF][rR]?)?(?:'[^'\n]*'|\"[^\"\n]*\"))|\$(?P<name>[A-Z_][A-Z0-9_]*)|(?P<bad>\$)"
)
_SIGNATURE = re.compile(r"\bdef\s+\w+\s*\(")
_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


class PatternError(ValueError):
    """A text that is no pattern; says why."""


class Pattern(Struct, frozen=True):
    """``node`` is what matching code must be like; ``names`` are its metavariables, without ``_``."""

    source: str
    node: cst.CSTNode
    names: frozenset[str]

    @property
    def kinds(self) -> tuple[type[cst.CSTNode], ...]:
        """The types of nodes that may match: what is assigned may be annotated."""
        kind = type(self.node)
        return (kind, cst.AnnAssign) if kind is cst.Assign else (kind,)


def compile_pattern(source: str) -> Pattern:
    """Read a pattern: one expression or one statement. Raises ``PatternError``. Call it on a thread with a large
    stack (``stack.call``)."""
    if len(source) > LONGEST:
        raise PatternError(f"is longer than {LONGEST} characters")
    names: set[str] = set()

    def plain(found: re.Match[str]) -> str:
        if found["string"] is not None:
            if found["f"] and "{$" in found["string"]:
                raise PatternError('cannot have a metavariable in an f-string; "..." is any string')
            return found["string"]
        if found["bad"] is not None:
            raise PatternError("is no pattern: a $ must begin a metavariable, as in $MODEL: capitals, digits and _")
        names.add(found["name"])
        return _PREFIX + found["name"]

    text = _with_parameters(_PIECE.sub(plain, source.strip()))
    problem = find_problem(text)
    if problem is not None:
        raise PatternError(f"is {problem.message}")
    node = _parse(text)
    if sum(1 for _ in descendants(node)) > MOST_NODES:
        raise PatternError(f"has more than {MOST_NODES} parts")
    if metavariable(node) or is_any(node):
        raise PatternError("matches everything; say more than one metavariable")
    return Pattern(source, node, frozenset(names - {"_"}))


def metavariable(node: cst.CSTNode) -> str:
    """The name of the metavariable that ``node`` is, "" for anything else."""
    return node.value[len(_PREFIX) :] if type(node) is cst.Name and node.value.startswith(_PREFIX) else ""


def has_metavariable(path: str) -> bool:
    """Is a part of a dotted name a metavariable?"""
    return _PREFIX in path


def identifiers(pattern: Pattern) -> frozenset[str]:
    """The names that code must hold to match: as it is written, or in what it refers to."""
    names = (each.value for each in descendants(pattern.node) if type(each) is cst.Name)
    return frozenset(name for name in names if not name.startswith((_PREFIX, _ANY)))


def is_any(item: object) -> bool:
    """Is it ``...``, bare or as the argument, parameter, element or statement that it may be?"""
    if type(item) is cst.Arg:
        return not item.star and item.keyword is None and type(item.value) is cst.Ellipsis
    if isinstance(item, (cst.Element, cst.Expr)):
        return is_any(item.value)
    if type(item) is cst.Param:
        return item.name.value == _ANY
    return type(item) is cst.Ellipsis


def _with_parameters(text: str) -> str:
    """``def f(..., a)``, which is no Python, with a parameter of a name that we know."""
    for found in reversed([*_SIGNATURE.finditer(text)]):
        depth, end, has_default, begin = 1, found.end(), False, found.end()
        parts: list[str] = []
        while end < len(text) and depth:
            depth += _BRACKETS.get(text[end], 0)
            if not depth or (depth == 1 and text[end] == ","):
                part = text[begin:end]
                if part.strip() == "...":
                    part = part.replace("...", f"{_ANY}=0" if has_default else _ANY)
                has_default = has_default or ("=" in part and "*" not in part)
                parts.append(part)
                begin = end + 1
            end += 1
        if not depth:
            text = f"{text[: found.end()]}{','.join(parts)}{text[end - 1 :]}"
    return text


def _parse(text: str) -> cst.CSTNode:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about "is" with a literal, say
            ast.parse(text)  # it says better than libcst what is wrong
        module = cst.parse_module(text)
    except SyntaxError as error:
        raise PatternError(f"is not Python: {error.msg}{_place(text, error)}") from None
    except cst.ParserSyntaxError as error:
        raise PatternError(f"is not Python: {error.message.strip().splitlines()[0]}") from None
    except (RecursionError, MemoryError, ValueError):
        raise PatternError("is nested too deeply") from None
    if len(module.body) != 1:
        raise PatternError("must be one expression or one statement")
    statement: cst.CSTNode = module.body[0]
    if type(statement) is cst.SimpleStatementLine:
        if len(statement.body) != 1:
            raise PatternError("must be one expression or one statement")
        statement = statement.body[0]
    return statement.value if type(statement) is cst.Expr else statement


def _place(text: str, error: SyntaxError) -> str:
    """Where it is in the pattern as its author wrote it."""
    lines = text.splitlines()
    if error.lineno is None or not 1 <= error.lineno <= len(lines) or not error.offset:
        return ""
    before = lines[error.lineno - 1][: error.offset - 1].replace(_PREFIX, "$").replace(_ANY, "...")
    line = f"line {error.lineno}, " if len(lines) > 1 else ""
    return f" ({line}column {len(before) + 1})"
