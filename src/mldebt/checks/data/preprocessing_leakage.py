"""DAT003: what is learnt for training has seen the data that the model is tested on."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome, Severity
from mldebt.traits.lineage import Leak
from mldebt.traits.steps import STATISTICS
from mldebt.traits.story import may_learn

_FITS = frozenset(
    {"fit", "fit_transform", "fit_resample", "fit_sample", "adapt", "partial_fit", "train", "fillna", "scale",
     "minmax_scale", "robust_scale", "maxabs_scale", "quantile_transform", "power_transform"}
)  # fmt: skip
_SAID = {
    "before-split": "the split, or where its parts are used",
    "refitted": "fitted on the training part here",
    "watched": "the same data tests the result",
}


class PreprocessingLeakage(Rule):
    @on(cst.Call, called=_FITS)
    def call(self, node: cst.Call, at: At) -> Iterator[Hit]:
        yield from self._leak(node, node.func, at)

    @on(cst.BinaryOperation, like=may_learn)
    def standardised(self, node: cst.BinaryOperation, at: At) -> Iterator[Hit]:
        if not STATISTICS.isdisjoint(at.called):
            yield from self._leak(node, node, at)

    @staticmethod
    def _leak(node: cst.CSTNode, shown: cst.CSTNode, at: At) -> Iterator[Hit]:
        leak = at.story.leaks.get(id(node))
        if leak is not None:
            said = _SAID.get(leak.kind)
            related = ((leak.other, said),) if said and leak.other is not node else ()
            yield Hit(
                node,
                {"fit": shown, "column": leak.column},
                variant=leak.kind if leak.kind != "before-split" else "",
                outcomes=(_outcome(leak),),
                related=related,
            )


def _outcome(leak: Leak) -> Outcome:
    if leak.fit.kind in {"unknown", "statistic"}:
        return Outcome(confidence=Confidence.MEDIUM, severity=Severity.NOTE)
    sure = leak.kind in {"before-split", "both-parts"}
    return Outcome(confidence=Confidence.HIGH if sure else Confidence.MEDIUM)
