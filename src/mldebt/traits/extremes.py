"""What PyTorch gives for the largest along a dimension: the values, and the places where they stand."""

from __future__ import annotations

import libcst as cst

from mldebt.traits.values import BY_FLOW, Evidence, Trait, Value, only

EXTREMES = frozenset({"max", "min", "topk", "kthvalue", "sort", "median"})
_KEPT = (Trait.SCORE, Trait.PREDICTION, Trait.EXTERNAL)


def values_and_places(source: Value, name: str, node: cst.Call, of_torch: bool) -> Value | None:
    """``probs.max(dim=-1)``, ``torch.max(probs, 1)``, ``probs.topk(3)`` of a score: a pair whose second part
    numbers classes. ``of_torch``: it is a function, its first argument the score. ``None`` for a maximum over
    everything, which is one value."""
    if name not in EXTREMES or not source.traits.keys() & {Trait.SCORE, Trait.PREDICTION}:
        return None
    along = any(each.keyword is not None and each.keyword.value == "dim" for each in node.args)
    if not along and name != "topk" and not (of_torch and len(node.args) > 1):
        return None
    traits = only(source.traits, *_KEPT)
    places = Value(traits={Trait.COUNT: Evidence(BY_FLOW, detail="argmax")})
    return Value(traits=traits, elements=(Value(traits=traits), places))
