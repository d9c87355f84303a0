"""Records the calls that draw at random without a seed of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import libcst as cst

from mldebt.engine import At, Collector, Seen, Where, on
from mldebt.facts import Fact
from mldebt.facts.draws import Draw
from mldebt.traits.randomness import draw_of
from mldebt.vocabulary import tokenise

_CHOOSING = frozenset(
    {"augment", "augmentation", "noise", "shuffle", "split", "sample", "bootstrap", "batch", "batches", "init",
     "initialise",
     "initialize", "weights", "jitter", "perturb", "dropout", "mask"}
)  # fmt: skip
"""Words of functions whose random numbers decide what a model is trained on, or starts from."""


class Draws(Collector):
    @on(cst.Call)
    def call(self, node: cst.Call, at: At) -> Iterator[Seen]:
        drawn = draw_of(node, at.reference, at.vocabulary)
        if drawn is None or (drawn.shows and isinstance(at.parent(), cst.Expr)):
            return
        chooses = isinstance(at.parent(), (cst.Comparison, cst.ComparisonTarget))
        if not drawn.compares or chooses or _CHOOSING & set(tokenise(at.symbol.rpartition(".")[2])):
            yield Seen(node, _maker(drawn.api, drawn.generator, drawn.own))


def _maker(api: str, generator: str, own: bool) -> Callable[[Where], Fact]:
    def make(where: Where) -> Fact:
        return Draw(api, generator, own, where.place, where.symbol, where.snippet, where.source_line)

    return make
