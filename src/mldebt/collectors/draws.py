"""Records the calls that draw at random without a seed of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import libcst as cst

from mldebt.engine import At, Collector, Seen, Where, on
from mldebt.facts import Fact
from mldebt.facts.draws import Draw
from mldebt.gate import Gate
from mldebt.traits.randomness import Drawn, draw_of, drawing, is_seed
from mldebt.vocabulary import tokenise

_CHOOSING = frozenset(
    {"augment", "augmentation", "noise", "shuffle", "split", "sample", "bootstrap", "batch", "batches", "init",
     "initialise",
     "initialize", "weights", "jitter", "perturb", "dropout", "mask"}
)  # fmt: skip
"""Words of functions whose random numbers decide what a model is trained on, or starts from."""


class Draws(Collector):
    opened_by = Gate(named=drawing)

    @on(cst.Call)
    def call(self, node: cst.Call, at: At) -> Iterator[Seen]:
        drawn = draw_of(node, at.reference, at.vocabulary)
        if drawn is None or (drawn.shows and type(at.parent()) is cst.Expr):
            return
        chooses = isinstance(at.parent(), (cst.Comparison, cst.ComparisonTarget))
        if not drawn.compares or chooses or _CHOOSING & set(tokenise(at.symbol.rpartition(".")[2])):
            keyword = "" if _is_repeated(at) else drawn.keyword
            yield Seen(node, _maker(drawn, keyword, _seed_near(at) if keyword else ""))


def _maker(drawn: Drawn, keyword: str, near: str) -> Callable[[Where], Fact]:
    def make(where: Where) -> Fact:
        place, symbol, snippet, line = where.place, where.symbol, where.snippet, where.source_line
        return Draw(drawn.api, drawn.generator, drawn.own, place, symbol, snippet, line, keyword, near)

    return make


def _is_repeated(at: At) -> bool:
    """Does the call stand in a loop of its function? The same seed would draw the same again."""
    for parent in reversed(at.parents):
        if isinstance(parent, (cst.For, cst.While, cst.BaseComp)):
            return True
        if type(parent) is cst.FunctionDef:
            return False
    return False


def _seed_near(at: At) -> str:
    """The one parameter of the enclosing function that is a seed."""
    if at.function is None:
        return ""
    params = at.function.node.params
    names = (each.name.value for each in (*params.posonly_params, *params.params, *params.kwonly_params))
    found = [name for name in names if is_seed(name)]
    return found[0] if len(found) == 1 else ""
