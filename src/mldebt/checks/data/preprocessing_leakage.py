"""DAT003: what is learnt for training has seen the data that the model is tested on."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome, Severity
from mldebt.traits.lineage import Leak

_FITS = frozenset({"fit", "fit_transform", "fit_resample", "fit_sample", "adapt", "partial_fit", "train"})
_SAID = {
    "before-split": "the split, or where its parts are used",
    "refitted": "fitted on the training part here",
    "watched": "the same data tests the result",
}


class PreprocessingLeakage(Rule):
    @on(cst.Call)
    def call(self, node: cst.Call, at: At) -> Iterator[Hit]:
        if not isinstance(node.func, cst.Attribute) or node.func.attr.value not in _FITS:
            return
        leak = at.story.leaks.get(id(node))
        if leak is not None:
            said = _SAID.get(leak.kind)
            related = ((leak.other, said),) if said and leak.other is not node else ()
            yield Hit(
                node,
                {"fit": node.func, "column": leak.column},
                variant=leak.kind if leak.kind != "before-split" else "",
                outcomes=(_outcome(leak),),
                related=related,
            )


def _outcome(leak: Leak) -> Outcome:
    if leak.fit.kind == "unknown":
        return Outcome(confidence=Confidence.MEDIUM, severity=Severity.NOTE)
    sure = leak.kind in {"before-split", "both-parts"}
    return Outcome(confidence=Confidence.HIGH if sure else Confidence.MEDIUM)
