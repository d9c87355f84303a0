"""The parts of a node that mean something, in the order they are written.

libcst's own ``children`` rebuilds the node to find them. This reads the fields, leaving out white
space, punctuation and parentheses, from a table made once per node type.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import libcst as cst

_SKIPPED_NAMES = frozenset(
    {"lpar", "rpar", "lbracket", "rbracket", "lbrace", "rbrace", "comma", "semicolon", "equal", "dot", "colon",
     "header", "footer", "leading_lines", "lines_after_decorators", "trailing_whitespace", "asynchronous", "indicator",
     "first_colon", "second_colon", "star", "posonly_ind", "star_etc", "encoding", "default_indent", "default_newline"}
)  # fmt: skip
_TABLE: dict[type[cst.CSTNode], tuple[str, ...]] = {}


def fields_of(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """The names of the fields of ``kind`` that can hold meaningful nodes."""
    names = _TABLE.get(kind)
    if names is None:
        names = tuple(
            field.name
            for field in fields(kind)
            if not field.name.startswith(("whitespace", "newline")) and field.name not in _SKIPPED_NAMES
        )
        _TABLE[kind] = names
    return names


def children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The meaningful children of ``node``, in order."""
    for name in fields_of(type(node)):
        value = getattr(node, name)
        if isinstance(value, cst.CSTNode):
            yield value
        elif isinstance(value, (list, tuple)):
            for each in value:
                if isinstance(each, cst.CSTNode):
                    yield each


def descendants(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """``node`` and everything below it, in order, without recursion."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(list(children(current))))
