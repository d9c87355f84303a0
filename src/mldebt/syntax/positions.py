"""Where nodes stand: libcst's own code generator, made to count characters.

libcst nodes carry no positions and its PositionProvider computes all of them, at half the speed of
its parser. This records only the nodes that are asked for. It serves where ``ast`` cannot: lean trees
know the places of most of their nodes themselves.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import TypeAlias

import libcst as cst
from libcst._nodes.internal import CodegenState
from msgspec import Struct

from mldebt.lines import line_starts
from mldebt.model import Span

Offsets: TypeAlias = "tuple[int, int]"


class Located(Struct, frozen=True):
    """Where a node stands and how it is written there."""

    span: Span
    text: str


def locate(module: cst.Module, text: str, nodes: Iterable[cst.CSTNode]) -> dict[cst.CSTNode, Located]:
    """The span and text of each node of ``nodes`` in ``text``, without the whitespace around it."""
    asked = {id(node): node for node in nodes}  # a node's own hash is a Python call
    wanted = dict(asked)
    starts = line_starts(text)
    found: dict[int, Offsets] = {}
    if wanted.pop(id(module), None) is not None:
        found[id(module)] = (0, len(text))
    if wanted:
        found.update(locate_offsets(module, list(wanted.values())))
    return {
        node: Located(span_of(starts, *found[key]), text[slice(*found[key])])
        for key, node in asked.items()
        if key in found
    }


def span_of(starts: Sequence[int], begin: int, end: int) -> Span:
    line = bisect_right(starts, begin) - 1
    end_line = bisect_right(starts, end) - 1
    return Span(line + 1, begin - starts[line] + 1, end_line + 1, end - starts[end_line] + 1)


def locate_offsets(module: cst.Module, wanted: Iterable[cst.CSTNode]) -> dict[int, Offsets]:
    """Offsets of the nodes ``wanted`` below ``module`` in what it was read from, by their ids."""
    state = _OffsetState(module.default_indent, module.default_newline)
    state.left = {id(node) for node in wanted}
    state.recorded = set(state.left)
    with suppress(_AllFoundError):
        module._codegen(state)  # the generator itself is libcst's only door to positions
    return {**state.whole, **state.exact}


class _AllFoundError(Exception):
    """Whatever is generated from here on is not needed."""


class _OffsetState(CodegenState):
    """Counts characters as they are generated. ``whole`` is what a node prints, ``exact`` libcst's
    syntactic position, which leaves out the white space that a node owns."""

    __slots__ = ("begun", "exact", "left", "offset", "recorded", "whole")

    recorded: set[int]
    left: set[int]  # those whose end has not been reached

    def __init__(self, default_indent: str, default_newline: str) -> None:
        super().__init__(default_indent, default_newline)
        self.offset = 0
        self.begun: list[int] = []
        self.whole: dict[int, Offsets] = {}
        self.exact: dict[int, Offsets] = {}

    def add_indent_tokens(self) -> None:
        for token in self.indent_tokens:
            self.offset += len(token)

    def add_token(self, value: str) -> None:
        self.offset += len(value)

    def pop_trailing_newline(self) -> None:
        """Nothing was stored, so there is nothing to take back; no node ends in that newline."""

    def before_codegen(self, node: cst.CSTNode) -> None:
        if id(node) in self.recorded:
            self.begun.append(self.offset)

    def after_codegen(self, node: cst.CSTNode) -> None:
        key = id(node)
        if key in self.recorded:
            self.whole[key] = (self.begun.pop(), self.offset)
            self.left.discard(key)
            if not self.left:
                raise _AllFoundError

    def record_syntactic_position(  # type: ignore[override]  # any context manager serves; the generator's is slow
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> AbstractContextManager[None]:
        if id(node) not in self.recorded:
            return _UNRECORDED
        for hoisted in (start_node, end_node):  # begins or ends where that child does
            if hoisted is not None:
                self.recorded.add(id(hoisted))
        return _Recorded(self, id(node), id(start_node), id(end_node))


class _Recorded(AbstractContextManager[None]):
    def __init__(self, state: _OffsetState, key: int, first: int, last: int) -> None:
        self._state = state
        self._key = key
        self._first = first
        self._last = last

    def __enter__(self) -> None:
        self._state.exact[self._key] = (self._state.offset, self._state.offset)

    def __exit__(self, *raised: object) -> None:
        state = self._state
        begin, end = state.exact[self._key][0], state.offset
        first = state.exact.get(self._first) or state.whole.get(self._first)
        last = state.exact.get(self._last) or state.whole.get(self._last)
        state.exact[self._key] = (first[0] if first else begin, last[1] if last else end)


_UNRECORDED: AbstractContextManager[None] = nullcontext()
