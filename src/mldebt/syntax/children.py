"""The parts of a node that mean something, in the order they are written.

libcst's own ``children`` rebuilds the node to find them. This reads the fields, leaving out white
space, punctuation and parentheses, by a reader made once per node type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from operator import attrgetter

import libcst as cst

_SKIPPED_NAMES = frozenset(
    {"lpar", "rpar", "lbracket", "rbracket", "lbrace", "rbrace", "comma", "semicolon", "equal", "dot", "colon",
     "header", "footer", "leading_lines", "lines_after_decorators", "trailing_whitespace", "asynchronous", "indicator",
     "first_colon", "second_colon", "star", "posonly_ind", "star_etc", "encoding", "default_indent", "default_newline",
     "indent", "start", "end", "conversion", "leading_whitespace", "trailing_comma", "separator"}
)  # fmt: skip
_NO_NODES = frozenset({str, bool, type(None), cst.MaybeSentinel})

Reader = Callable[[cst.CSTNode], Sequence[object]]
_READERS: dict[type[cst.CSTNode], Reader] = {}


def fields_of(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """The names of the fields of ``kind`` that can hold meaningful nodes."""
    return tuple(
        field.name
        for field in fields(kind)
        if field.type not in _NO_NODES
        and not field.name.startswith(("whitespace", "newline"))
        and field.name not in _SKIPPED_NAMES
    )


LEAVES: frozenset[type[cst.CSTNode]] = frozenset(
    kind
    for kind in vars(cst).values()
    if isinstance(kind, type) and issubclass(kind, cst.CSTNode) and not fields_of(kind)
)
"""The node types without meaningful children: names, literals, operators, ..."""


def _reader(kind: type[cst.CSTNode]) -> Reader:
    names = fields_of(kind)
    if len(names) > 1:
        read: Reader = attrgetter(*names)
    elif names:
        single = attrgetter(*names)
        read = lambda node: (single(node),)  # noqa: E731  # attrgetter of one name gives no tuple
    else:
        read = lambda node: ()  # noqa: E731
    _READERS[kind] = read
    return read


def children(node: cst.CSTNode) -> Sequence[cst.CSTNode]:
    """The meaningful children of ``node``, in order."""
    kind = type(node)
    found: list[cst.CSTNode] = []
    for value in (_READERS.get(kind) or _reader(kind))(node):
        # libcst's nodes are of an abstract base class: asking isinstance of each costs more than all the rest.
        held = type(value)
        if held is list or held is tuple:
            found += value  # type: ignore[arg-type]  # sequences hold nodes and nothing else
        elif held not in _NO_NODES:
            found.append(value)  # type: ignore[arg-type]  # what is no text and no sequence is a node
    return found


def descendants(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """``node`` and everything below it, in order, without recursion."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack += children(current)[::-1]
