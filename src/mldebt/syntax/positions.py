"""Where nodes stand: one pass of libcst's own code generator that counts characters.

libcst nodes carry no positions and its PositionProvider computes all of them. This records only the
nodes that are asked for, and only in files that have something to report.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import libcst as cst
from libcst._nodes.internal import CodegenState

from mldebt.model import Span

_NEWLINE = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class Located:
    """Where a node stands and how it is written there."""

    span: Span
    text: str


def line_starts(text: str) -> list[int]:
    """Offset of the first character of each line, by the line ends that Python knows (LF, CR, CRLF)."""
    return [0, *(match.end() for match in _NEWLINE.finditer(text))]


def locate(module: cst.Module, text: str, nodes: Iterable[cst.CSTNode]) -> dict[cst.CSTNode, Located]:
    """The span and text of each node of ``nodes`` in ``text``, without the whitespace around it."""
    wanted = {id(node): node for node in nodes}  # a node's own hash is a Python call
    if not wanted:
        return {}
    state = _OffsetState(module.default_indent, module.default_newline)
    state.wanted = wanted
    state.whole = {}
    state.exact = {}
    module._codegen(state)  # the generator itself is libcst's only door to positions
    starts = line_starts(text)
    located: dict[cst.CSTNode, Located] = {}
    for key, node in wanted.items():
        found = state.exact.get(key) or state.whole.get(key)
        if found is not None:
            located[node] = Located(_span(starts, *found), text[found[0] : found[1]])
    return located


def _span(starts: list[int], begin: int, end: int) -> Span:
    line = bisect_right(starts, begin) - 1
    end_line = bisect_right(starts, end) - 1
    return Span(line + 1, begin - starts[line] + 1, end_line + 1, end - starts[end_line] + 1)


class _OffsetState(CodegenState):
    """Counts characters as they are generated; ``exact`` is libcst's syntactic position."""

    __slots__ = ("begun", "exact", "offset", "wanted", "whole")

    wanted: dict[int, cst.CSTNode]
    whole: dict[int, tuple[int, int]]
    exact: dict[int, tuple[int, int]]

    def __init__(self, default_indent: str, default_newline: str) -> None:
        super().__init__(default_indent, default_newline)
        self.offset = 0
        self.begun: list[int] = []

    def add_indent_tokens(self) -> None:
        for token in self.indent_tokens:
            self.offset += len(token)

    def add_token(self, value: str) -> None:
        self.offset += len(value)

    def pop_trailing_newline(self) -> None:
        """Nothing was stored, so there is nothing to take back; no node ends in that newline."""

    def before_codegen(self, node: cst.CSTNode) -> None:
        if id(node) in self.wanted:
            self.begun.append(self.offset)

    def after_codegen(self, node: cst.CSTNode) -> None:
        if id(node) in self.wanted:
            self.whole[id(node)] = (self.begun.pop(), self.offset)

    def record_syntactic_position(  # type: ignore[override]  # any context manager serves; the generator's is slow
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> AbstractContextManager[None]:
        # A hoisted start or end lies on a child that may not be recorded: the offset then is the
        # right one too, because such children print nothing of their own before or after.
        return _Recorded(self, id(node)) if id(node) in self.wanted else _UNRECORDED


class _Recorded(AbstractContextManager[None]):
    def __init__(self, state: _OffsetState, key: int) -> None:
        self._state = state
        self._key = key
        self._begin = 0

    def __enter__(self) -> None:
        self._begin = self._state.offset

    def __exit__(self, *raised: object) -> None:
        self._state.exact[self._key] = (self._begin, self._state.offset)


_UNRECORDED: AbstractContextManager[None] = nullcontext()
