"""Records the calls that draw at random without a seed of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import libcst as cst

from mldebt.engine import At, Collector, Seen, Where, on
from mldebt.facts import Fact
from mldebt.facts.draws import Draw
from mldebt.traits.randomness import draw_of


class Draws(Collector):
    @on(cst.Call)
    def call(self, node: cst.Call, at: At) -> Iterator[Seen]:
        drawn = draw_of(node, at.reference, at.vocabulary)
        if drawn is None or (drawn.shows and isinstance(at.parent(), cst.Expr)):
            return
        if not drawn.compares or isinstance(at.parent(), (cst.Comparison, cst.ComparisonTarget)):
            yield Seen(node, _maker(drawn.api, drawn.generator, drawn.own))


def _maker(api: str, generator: str, own: bool) -> Callable[[Where], Fact]:
    def make(where: Where) -> Fact:
        return Draw(api, generator, own, where.place, where.symbol, where.snippet, where.source_line)

    return make
