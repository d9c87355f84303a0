"""Python with metavariables against Python: does a piece of code look like a pattern?

``$NAME`` stands for any expression, the same wherever it stands again; ``$_`` for any, each time another.
``...`` stands for any number of arguments, elements or statements, and for any one expression elsewhere;
``"..."`` for any string. A dotted name is compared by what it refers to, imports applied. What a pattern
does not say of ``else``, ``finally``, decorators and annotations is free. White space, quotes and the
spelling of numbers mean nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import libcst as cst

from mldebt.syntax.children import descendants, fields_of
from mldebt.syntax.names import dotted, number, string
from mldebt.syntax.parse import find_problem

LONGEST = 2_000  # characters of a pattern
MOST_NODES = 500
STEPS = 20_000
"""Comparisons that one match may take: ``f(..., $A, ..., $B, ...)`` may try every pair of many arguments."""

Bindings = Mapping[str, cst.CSTNode]

_PREFIX = "mldebt_metavariable_"
_PIECE = re.compile(r"(?P<string>'[^'\n]*'|\"[^\"\n]*\")|\$(?P<name>[A-Z_][A-Z0-9_]*)|(?P<bad>\$)")
_FREE = frozenset({"orelse", "finalbody", "decorators", "returns", "annotation", "type_parameters"})


class PatternError(ValueError):
    """A text that is no pattern; says why."""


class TooHardError(RuntimeError):
    """A match that would take more than ``STEPS``."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """``node`` is what matching code must be like; ``names`` are its metavariables, without ``_``."""

    source: str
    node: cst.CSTNode
    names: frozenset[str]


def compile_pattern(source: str) -> Pattern:
    """Read a pattern: one expression or one statement. Raises ``PatternError``."""
    if len(source) > LONGEST:
        raise PatternError(f"is longer than {LONGEST} characters")
    names: set[str] = set()

    def name(found: re.Match[str]) -> str:
        if found["string"] is not None:
            return found["string"]
        if found["bad"] is not None:
            raise PatternError("a $ must begin a metavariable, as in $MODEL: capitals, digits and _")
        names.add(found["name"])
        return _PREFIX + found["name"]

    text = _PIECE.sub(name, source.strip())
    problem = find_problem(text)
    if problem is not None:
        raise PatternError(problem.message)
    node = _parse(text)
    if sum(1 for _ in descendants(node)) > MOST_NODES:
        raise PatternError(f"has more than {MOST_NODES} parts")
    if _metavariable(node) or _is_any(node):
        raise PatternError("matches everything; say more than one metavariable")
    return Pattern(source, node, frozenset(names - {"_"}))


def _parse(text: str) -> cst.CSTNode:
    try:
        module = cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise PatternError(f"is not Python: {error.message.strip().splitlines()[0]}") from None
    except (RecursionError, MemoryError):
        raise PatternError("is nested too deeply") from None
    if len(module.body) != 1:
        raise PatternError("must be one expression or one statement")
    statement: cst.CSTNode = module.body[0]
    if isinstance(statement, cst.SimpleStatementLine):
        if len(statement.body) != 1:
            raise PatternError("must be one expression or one statement")
        statement = statement.body[0]
    return statement.value if isinstance(statement, cst.Expr) else statement


def match(
    pattern: Pattern, node: cst.CSTNode, refer: Callable[[cst.CSTNode], str], known: Bindings | None = None
) -> Bindings | None:
    """What the metavariables stand for if ``node`` is like the pattern; those that are ``known`` stand for
    what they do there. ``refer`` gives what a name or
    attribute refers to, imports applied, "" when nobody knows. Raises ``TooHardError``."""
    return _Matcher(refer).match(pattern.node, node, known or {})


def _metavariable(node: cst.CSTNode) -> str:
    return node.value[len(_PREFIX) :] if type(node) is cst.Name and node.value.startswith(_PREFIX) else ""


def _is_any(item: object) -> bool:
    """Is it ``...``, bare or as the argument, element or statement that it may be?"""
    if isinstance(item, cst.Arg):
        return not item.star and item.keyword is None and type(item.value) is cst.Ellipsis
    if isinstance(item, (cst.Element, cst.Expr)):
        return _is_any(item.value)
    return type(item) is cst.Ellipsis


class _Matcher:
    def __init__(self, refer: Callable[[cst.CSTNode], str]) -> None:
        self._refer = refer
        self._left = STEPS

    def match(self, pattern: cst.CSTNode, node: cst.CSTNode, known: Bindings) -> Bindings | None:
        self._left -= 1
        if self._left < 0:
            raise TooHardError(f"the pattern takes more than {STEPS} comparisons at one place")
        name = _metavariable(pattern)
        if name:
            return self._bind(name, node, known)
        if _is_any(pattern):
            return known
        simple = self._simple(pattern, node)
        if simple is not None:
            return known if simple else None
        if isinstance(pattern, cst.BaseSuite) and isinstance(node, cst.BaseSuite):
            return self._sequence(_statements(pattern), _statements(node), known)
        if type(pattern) is not type(node):
            return None
        if isinstance(pattern, cst.Call) and isinstance(node, cst.Call):
            found = self.match(pattern.func, node.func, known)
            return None if found is None else self._arguments(pattern.args, node.args, found)
        return self._fields(pattern, node, known)

    def _bind(self, name: str, node: cst.CSTNode, known: Bindings) -> Bindings | None:
        if name == "_":
            return known
        bound = known.get(name)
        if bound is None:
            return {**known, name: node}
        return known if self.match(bound, node, {}) is not None else None

    def _simple(self, pattern: cst.CSTNode, node: cst.CSTNode) -> bool | None:
        """Whether names and literals are equal; ``None`` when the pattern is neither."""
        path = dotted(pattern)
        if path and _PREFIX not in path:
            written = dotted(node)
            return bool(written) and (self._refer(node) or written) == path
        text = string(pattern)
        if text is not None:
            return _is_string(node) if text == "..." else string(node) == text
        value = number(pattern)
        if value is not None:
            return number(node) == value
        return None

    def _fields(self, pattern: cst.CSTNode, node: cst.CSTNode, known: Bindings) -> Bindings | None:
        for field in fields_of(type(pattern)):
            wanted, given = getattr(pattern, field), getattr(node, field)
            found: Bindings | None = known
            if isinstance(wanted, (list, tuple)):
                if not wanted and field in _FREE:
                    continue
                found = self._sequence(wanted, given, known) if isinstance(given, (list, tuple)) else None
            elif isinstance(wanted, cst.CSTNode):
                found = self.match(wanted, given, known) if isinstance(given, cst.CSTNode) else None
            elif isinstance(given, cst.CSTNode) and field not in _FREE:
                return None
            if found is None:
                return None
            known = found
        return known if _equal_texts(pattern, node) else None

    def _arguments(self, wanted: Sequence[cst.Arg], given: Sequence[cst.Arg], known: Bindings) -> Bindings | None:
        """Keyword arguments by name in any order, the others in theirs."""
        named = {each.keyword.value: each.value for each in given if each.keyword is not None}
        for each in wanted:
            if each.keyword is not None:
                value = named.pop(each.keyword.value, None)
                found = None if value is None else self.match(each.value, value, known)
                if found is None:
                    return None
                known = found
        open_ended = any(_is_any(each) for each in wanted)
        if named and not open_ended:
            return None
        rest = [each for each in given if each.keyword is None]
        return self._sequence([each for each in wanted if each.keyword is None], rest, known)

    def _sequence(self, wanted: Sequence[object], given: Sequence[object], known: Bindings) -> Bindings | None:
        """Items in their order; each ``...`` takes as few as will do."""
        for at, item in enumerate(wanted):
            if _is_any(item):
                after = wanted[at + 1 :]
                if not after:
                    return known
                for skipped in range(at, len(given) + 1):
                    result = self._sequence(after, given[skipped:], known)
                    if result is not None:
                        return result
                return None
            if at >= len(given):
                return None
            other = given[at]
            if not isinstance(item, cst.CSTNode) or not isinstance(other, cst.CSTNode):
                return None
            found = self.match(item, other, known)
            if found is None:
                return None
            known = found
        return known if len(given) == len(wanted) else None


def _statements(suite: cst.BaseSuite) -> list[cst.CSTNode]:
    """The statements of a body, however they are spread over lines."""
    found: list[cst.CSTNode] = []
    for statement in suite.body:
        found += statement.body if isinstance(statement, cst.SimpleStatementLine) else [statement]
    return found


def _is_string(node: cst.CSTNode) -> bool:
    return isinstance(node, (cst.SimpleString, cst.ConcatenatedString, cst.FormattedString))


def _equal_texts(pattern: cst.CSTNode, node: cst.CSTNode) -> bool:
    """The fields that hold text: how a name or literal is written, and stars of arguments."""
    if isinstance(pattern, (cst.Name, cst.Imaginary)):
        return pattern.value == getattr(node, "value", None)
    if isinstance(pattern, cst.Arg):
        return pattern.star == getattr(node, "star", "")
    return True
