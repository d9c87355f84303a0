"""Python with metavariables against Python: does a piece of code look like a pattern?

``$NAME`` stands for any expression, the same wherever it stands again; ``$_`` for any, each time another.
``...`` stands for any number of arguments, parameters, elements or statements, and for any one expression
elsewhere; ``"..."`` for any string. A dotted name is compared by what it refers to, imports applied. What a
pattern does not say of ``else``, decorators, annotations, ``async`` and the like is free. White space, quotes
and the spelling of numbers mean nothing.

Every way to match is tried, one after the other, so that a condition which fails for the first may hold for
the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

import libcst as cst
from msgspec import Struct

from mldebt.syntax.children import fields_of
from mldebt.syntax.likeness import shape
from mldebt.syntax.metavariables import Pattern, has_metavariable, is_any, metavariable
from mldebt.syntax.names import dotted, number, string

STEPS = 20_000
"""Comparisons at one place: ``f(..., $A, ..., $B, ...)`` may try every pair of many arguments."""
STEPS_OF_FILE = 1_000_000
"""Comparisons of one rule in one file: what is not too much at a place may be at ten thousand."""

Bindings = Mapping[str, cst.CSTNode]

Refer = Callable[[cst.CSTNode], str]
"""What a name or attribute refers to, imports applied, "" when nobody knows."""

Admits = Callable[[str, cst.CSTNode, bool], bool]
"""May a metavariable stand for a node? The last argument says whether that is an expression; else it is only
a name: of a keyword, an attribute, what is defined."""

# What code may have and a pattern need not say, by the node that has it ("" any).
_FREE: Mapping[str, frozenset[str]] = {
    "": frozenset(
        {"orelse", "finalbody", "decorators", "returns", "annotation", "type_parameters", "asname", "msg", "cause"}
    ),
    "ExceptHandler": frozenset({"name"}),
    "Param": frozenset({"default"}),
}
# Those of which a pattern may name some: the others, and their order, are free.
_AMONG = frozenset({"decorators", "names", "handlers"})
# Fields that hold a name and no expression.
_SPELLED = frozenset({"name", "attr", "keyword", "module"})

_SUITES = (cst.IndentedBlock, cst.SimpleStatementSuite)
_STRINGS = (cst.SimpleString, cst.ConcatenatedString, cst.FormattedString)

_Part = tuple[object, object, str]
"""What is wanted, what is there, and the field that it is."""


class TooHardError(RuntimeError):
    """A match that would take more than its ``Effort`` allows."""


class Effort:
    """The comparisons that a rule may still make, in a file and at the place that it looks at."""

    def __init__(self) -> None:
        self._of_file = STEPS_OF_FILE
        self._here = STEPS

    def begin(self) -> None:
        """Another place."""
        self._here = STEPS

    def spend(self) -> None:
        """One comparison. Raises ``TooHardError`` when there is none left."""
        self._here -= 1
        self._of_file -= 1
        if self._here < 0:
            raise TooHardError(f"more than {STEPS:,} comparisons at one place")
        if self._of_file < 0:
            raise TooHardError(f"more than {STEPS_OF_FILE:,} comparisons in one file")


def matches(
    pattern: Pattern,
    node: cst.CSTNode,
    refer: Refer,
    effort: Effort,
    admits: Admits | None = None,
    known: Bindings | None = None,
) -> Iterator[Bindings]:
    """What the metavariables stand for, for each way in which ``node`` is like the pattern; those that are
    ``known`` stand for what they do there. Raises ``TooHardError``."""
    return _Matcher(refer, admits or _anything, effort).match(pattern.node, node, known or {})


def _anything(_name: str, _node: cst.CSTNode, _is_expression: bool) -> bool:
    return True


class _Matcher:
    def __init__(self, refer: Refer, admits: Admits, effort: Effort) -> None:
        self._refer = refer
        self._admits = admits
        self._effort = effort

    def match(self, pattern: cst.CSTNode, node: cst.CSTNode, known: Bindings) -> Iterator[Bindings]:
        self._effort.spend()
        said = _said(pattern)
        kind = type(node)
        if said.name:
            yield from self._bound(said.name, node, known, True)
        elif said.is_any or (said.is_plain and self._is_same(said, node)):
            yield known
        elif said.is_plain:
            return
        elif kind in _SUITES and type(pattern) in _SUITES:
            yield from self._sequence(_statements(pattern), _statements(node), known)
        elif type(pattern) is kind:
            yield from self._alike(pattern, node, known)
        elif type(pattern) is cst.Assign and type(node) is cst.AnnAssign and node.value is not None:
            parts = [(pattern.targets[0].target, node.target, "target"), (pattern.value, node.value, "value")]
            if len(pattern.targets) == 1:
                yield from self._all(parts, known)

    def _bound(self, name: str, node: cst.CSTNode, known: Bindings, is_expression: bool) -> Iterator[Bindings]:
        if name == "_":
            yield known
        elif name in known:
            if shape(known[name]) == shape(node):
                yield known
        elif self._admits(name, node, is_expression):
            yield {**known, name: node}

    def _is_same(self, said: _Said, node: cst.CSTNode) -> bool:
        """Whether a name or a literal is equal to the pattern's."""
        if said.path:
            written = dotted(node)
            return bool(written) and self._is_called(said.path, written, node)
        if said.text is not None:
            return type(node) in _STRINGS if said.text == "..." else string(node) == said.text
        return number(node) == said.number

    def _is_called(self, path: str, written: str, node: cst.CSTNode) -> bool:
        """A variable that holds what a call returned goes by its own name, too."""
        reference = self._refer(node)
        return reference == path or (written == path and (not reference or "(" in reference))

    def _alike(self, pattern: cst.CSTNode, node: cst.CSTNode, known: Bindings) -> Iterator[Bindings]:
        """Two nodes of one type."""
        if type(pattern) is cst.Call and type(node) is cst.Call:
            for found in self.match(pattern.func, node.func, known):
                yield from self._arguments(pattern.args, node.args, found)
        elif type(pattern) is cst.Parameters and type(node) is cst.Parameters:
            yield from self._sequence(_parameters(pattern), _parameters(node), known)
        elif type(pattern) is cst.ClassDef and type(node) is cst.ClassDef:
            parts: list[_Part] = [(getattr(pattern, each), getattr(node, each), each) for each in ("name", "body")]
            parts.append((pattern.decorators, node.decorators, "decorators"))
            for found in self._all(parts, known):
                bases = [*node.bases, *node.keywords]
                yield from self._arguments([*pattern.bases, *pattern.keywords], bases, found)
        elif _equal_texts(pattern, node):
            yield from self._all(
                [(wanted, getattr(node, field), field) for field, wanted in _said(pattern).parts], known
            )

    def _all(self, parts: Sequence[_Part], known: Bindings) -> Iterator[Bindings]:
        """Every part like its counterpart, at the same time."""
        if not parts:
            yield known
            return
        for found in self._part(*parts[0], known):
            yield from self._all(parts[1:], found)

    def _part(self, wanted: object, given: object, field: str, known: Bindings) -> Iterator[Bindings]:
        if isinstance(wanted, (list, tuple)):
            if isinstance(given, (list, tuple)):
                way = self._among if field in _AMONG else self._sequence
                yield from way(wanted, given, known)
        elif isinstance(wanted, cst.CSTNode):
            if isinstance(given, cst.CSTNode):
                spelled = self._spelled(wanted, given, field, known)
                yield from self.match(wanted, given, known) if spelled is None else spelled
        elif not isinstance(given, cst.CSTNode):
            yield known

    def _spelled(
        self, wanted: cst.CSTNode, given: cst.CSTNode, field: str, known: Bindings
    ) -> Iterator[Bindings] | None:
        """Names that are no expressions are compared as they are written, and so may targets be."""
        written, path = dotted(given), dotted(wanted)
        if not written or not path or (field not in _SPELLED and field != "target"):
            return None
        name = metavariable(wanted)
        if name and field != "target":
            return self._bound(name, given, known, False)
        return iter((known,)) if path == written else None if field == "target" else iter(())

    def _arguments(self, wanted: Sequence[cst.Arg], given: Sequence[cst.Arg], known: Bindings) -> Iterator[Bindings]:
        """Keyword arguments in any order, the others in theirs."""
        at = next((number for number, each in enumerate(wanted) if each.keyword is not None), None)
        if at is None:
            if any(each.keyword is not None for each in given) and not any(map(is_any, wanted)):
                return
            yield from self._sequence(wanted, [each for each in given if each.keyword is None], known)
            return
        rest = [*wanted[:at], *wanted[at + 1 :]]
        for number_, each in enumerate(given):
            if each.keyword is not None:
                parts = [(wanted[at].keyword, each.keyword, "keyword"), (wanted[at].value, each.value, "value")]
                for found in self._all(parts, known):
                    yield from self._arguments(rest, [*given[:number_], *given[number_ + 1 :]], found)

    def _sequence(
        self, wanted: Sequence[object], given: Sequence[object], known: Bindings, at: int = 0
    ) -> Iterator[Bindings]:
        """Items in their order, those given from ``at`` on; each ``...`` takes as few as will do."""
        if not wanted:
            if at == len(given):
                yield known
        elif is_any(wanted[0]):
            if len(wanted) == 1:
                yield known
                return
            for begin in range(at, len(given) + 1):
                yield from self._sequence(wanted[1:], given, known, begin)
        elif at < len(given):
            one, other = wanted[0], given[at]
            if isinstance(one, cst.CSTNode) and isinstance(other, cst.CSTNode):
                for found in self.match(one, other, known):
                    yield from self._sequence(wanted[1:], given, found, at + 1)

    def _among(self, wanted: Sequence[object], given: Sequence[object], known: Bindings) -> Iterator[Bindings]:
        """Each item is like one of those there are."""
        if not wanted:
            yield known
            return
        for each in given:
            if isinstance(wanted[0], cst.CSTNode) and isinstance(each, cst.CSTNode):
                for found in self.match(wanted[0], each, known):
                    yield from self._among(wanted[1:], given, found)


class _Said(Struct, frozen=True):
    """What a node of a pattern says: the ``name`` of a metavariable, ``...``, a dotted ``path``, a literal, or else
    ``parts``: fields that mean something, without those that it leaves free."""

    name: str
    is_any: bool
    path: str
    text: str | None
    number: int | float | None
    parts: tuple[tuple[str, object], ...]

    @property
    def is_plain(self) -> bool:
        return bool(self.path) or self.text is not None or self.number is not None


@cache  # of patterns, which are few and stay
def _said(pattern: cst.CSTNode) -> _Said:
    kind, path = type(pattern), dotted(pattern)
    free = _FREE[""] | _FREE.get(kind.__name__, frozenset())
    fields = [(field, getattr(pattern, field)) for field in fields_of(kind)]
    return _Said(
        name=metavariable(pattern),
        is_any=is_any(pattern),
        path="" if has_metavariable(path) else path,
        text=string(pattern),
        number=number(pattern),
        parts=tuple(
            (field, held) for field, held in fields if field not in free or isinstance(held, cst.CSTNode) or held
        ),
    )


def _statements(suite: cst.CSTNode) -> list[cst.CSTNode]:
    """The statements of a body, however they are spread over lines."""
    found: list[cst.CSTNode] = []
    assert isinstance(suite, _SUITES)
    for statement in suite.body:
        found += statement.body if type(statement) is cst.SimpleStatementLine else [statement]
    return found


def _parameters(node: cst.Parameters) -> list[cst.CSTNode]:
    """The parameters in their order, without the marks between their kinds."""
    starred = (node.star_arg, node.star_kwarg)
    first, last = ([each] if type(each) is cst.Param else [] for each in starred)
    return [*node.posonly_params, *node.params, *first, *node.kwonly_params, *last]


def _equal_texts(pattern: cst.CSTNode, node: cst.CSTNode) -> bool:
    """The fields that hold text: how a name or literal is written, and stars of arguments and parameters."""
    if isinstance(pattern, (cst.Name, cst.Imaginary, cst.FormattedStringText)):
        return pattern.value == getattr(node, "value", None)
    if isinstance(pattern, (cst.Arg, cst.Param)):
        return pattern.star == getattr(node, "star", "")
    return True
