"""Records where models are trained."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import libcst as cst

from mldebt.engine import At, Collector, Seen, Where, on
from mldebt.facts import Fact
from mldebt.facts.fits import ModelFit
from mldebt.syntax.names import dotted, last_name
from mldebt.traits.saves import has_lineage

_FITS = frozenset({"fit", "fit_generator", "partial_fit"})
_FUNCTIONS = frozenset({"lightgbm.train", "xgboost.train"})


class Fits(Collector):
    @on(cst.Call, called={*_FITS, "train", "backward"})
    def call(self, node: cst.Call, at: At) -> Iterator[Seen]:
        last = last_name(node.func)
        if last in _FITS and type(node.func) is cst.Attribute and node.args:
            if any(each.node is node and each.kind == "model" for each in at.story.fits):
                yield Seen(node, _maker(dotted(node.func) or last, _is_recorded(at)))
        elif (last == "train" and at.reference(node.func) in _FUNCTIONS) or (last == "backward" and not node.args):
            yield Seen(node, _maker(dotted(node.func) or last, _is_recorded(at)))


def _is_recorded(at: At) -> bool:
    return at.function is not None and has_lineage(at.function.node, at.vocabulary)


def _maker(call: str, recorded: bool) -> Callable[[Where], Fact]:
    def make(where: Where) -> Fact:
        return ModelFit(call[-40:], where.place, where.symbol, where.snippet, where.source_line, recorded)

    return make
