"""The parts of a node that mean something, in the order they are written.

libcst's own ``children`` rebuilds the node to find them. This reads the fields, leaving out white
space, punctuation and parentheses, by a reader made once per node type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from typing import Any, Union, get_args, get_origin

import libcst as cst

_SKIPPED_NAMES = frozenset(
    {"lpar", "rpar", "lbracket", "rbracket", "lbrace", "rbrace", "comma", "semicolon", "equal", "dot", "colon",
     "header", "footer", "leading_lines", "lines_after_decorators", "trailing_whitespace", "asynchronous", "indicator",
     "first_colon", "second_colon", "star", "posonly_ind", "star_etc", "encoding", "default_indent", "default_newline",
     "indent", "start", "end", "conversion", "leading_whitespace", "trailing_comma", "separator"}
)  # fmt: skip
_NO_NODES = frozenset({str, bool, type(None), cst.MaybeSentinel})

Reader = Callable[[cst.CSTNode], list[cst.CSTNode]]


class _Readers(dict[type[cst.CSTNode], Reader]):
    """Made when they are first asked for."""

    def __missing__(self, kind: type[cst.CSTNode]) -> Reader:
        made = self[kind] = _reader(kind)
        return made


READERS = _Readers()
"""What lists the meaningful children of a node, by its type."""


def fields_of(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """The names of the fields of ``kind`` that can hold meaningful nodes."""
    return tuple(
        field.name
        for field in fields(kind)
        if field.type not in _NO_NODES
        and not field.name.startswith(("whitespace", "newline"))
        and field.name not in _SKIPPED_NAMES
    )


# Not by ``issubclass``: an abstract class asks all of its subclasses before it says no, which took 50 milliseconds.
_KINDS = [kind for kind in vars(cst).values() if isinstance(kind, type) and cst.CSTNode in kind.__mro__]

LEAVES: frozenset[type[cst.CSTNode]] = frozenset(kind for kind in _KINDS if not fields_of(kind))
"""The node types without meaningful children: names, literals, operators, ..."""


def _reader(kind: type[cst.CSTNode]) -> Reader:
    """A function that lists the meaningful children of a ``kind``, compiled for its fields."""
    named = set(fields_of(kind))
    read = [field for field in fields(kind) if field.name in named]
    first = []
    while read and not _options(read[0].type)[1:] and get_origin(read[0].type) is not Sequence:
        first.append(f"node.{read.pop(0).name}")
    lines = ["def read(node):", f"    found = [{', '.join(first)}]"]
    for field in read:
        lines += _reading(field.name, _options(field.type))
    known: dict[str, Any] = {"DEFAULT": cst.MaybeSentinel.DEFAULT}
    exec("\n".join([*lines, "    return found"]), known)
    made: Reader = known["read"]
    return made


def _options(declared: Any) -> tuple[Any, ...]:
    return get_args(declared) if get_origin(declared) is Union else (declared,)


def _reading(name: str, options: tuple[Any, ...]) -> list[str]:
    """The statements that add what the field ``name``, one of ``options``, holds."""
    sequences = [each for each in options if get_origin(each) is Sequence]
    if len(sequences) == len(options):
        return [f"    found += node.{name}"]
    lines = [f"    held = node.{name}"]
    if sequences:
        lines += ["    if held.__class__ is list or held.__class__ is tuple:", "        found += held", "    el"]
    else:
        lines.append("    ")
    lines[-1] += "if held is not None and held is not DEFAULT:"
    return [*lines, "        found.append(held)"]


def children(node: cst.CSTNode) -> list[cst.CSTNode]:
    """The meaningful children of ``node``, in order."""
    return READERS[type(node)](node)


_STATEMENT_BASES = frozenset({cst.BaseSuite, cst.BaseStatement, cst.BaseSmallStatement, cst.Module})
SMALL_STATEMENTS = frozenset(kind for kind in _KINDS if cst.BaseSmallStatement in kind.__mro__)
"""The types of statements that share lines."""

_STATEMENTS = frozenset(kind for kind in _KINDS if not _STATEMENT_BASES.isdisjoint(kind.__mro__)) | {
    cst.Else, cst.Finally, cst.ExceptHandler, cst.ExceptStarHandler, cst.MatchCase}  # fmt: skip


def statements(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The statements below ``node``, and what holds them, in order: ``descendants`` without the expressions."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        below = children(current)
        below.reverse()
        stack += [each for each in below if type(each) in _STATEMENTS]


def branches(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """``descendants`` of ``node`` without the leaves, which are more than half of them."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        below = children(current)
        below.reverse()
        for each in below:
            if type(each) not in LEAVES:
                stack.append(each)


def calls(node: cst.CSTNode) -> Iterator[cst.Call]:
    """The calls below ``node``, in order."""
    for each in branches(node):
        if type(each) is cst.Call:
            yield each


def descendants(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """``node`` and everything below it, in order, without recursion."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        kind = type(current)
        if kind not in LEAVES:
            below = READERS[kind](current)
            below.reverse()
            stack += below
