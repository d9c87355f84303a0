"""REP003: a model is saved under a fixed name, with nothing that says where it came from."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.terms import IsMachineLearning
from mldebt.traits.saves import has_lineage, is_versioned, saved_by
from mldebt.traits.values import Trait

_SAVES = frozenset({"dump", "save", "export", "save_model", "save_weights", "save_pretrained", "to_onnx", "save_file"})
_PASSING = ("checkpoint", "ckpt")


class ArtefactWithoutLineage(Rule):
    """Checkpoints of a training that goes on are not artefacts; what is written beside one is its lineage."""

    @on(cst.Call, called=_SAVES)
    def call(self, node: cst.Call, at: At) -> Iterator[Hit]:
        if any(word in at.symbol.lower() for word in _PASSING):
            return
        module = at.interpreter.module_node
        body: cst.CSTNode | None = at.function.node if at.function is not None else module
        if body is None or module is None:
            return
        found = saved_by(node, at.reference(node.func), at.value)
        if found is not None and _is_converted(found.what, at):
            return
        if found is None or is_versioned(found.path) or has_lineage(body, at.vocabulary):
            return
        yield Hit(
            node,
            {"what": found.what, "path": found.path[:60]},
            outcomes=(Outcome(IsMachineLearning(at.path), Confidence.MEDIUM),),
            concept=f"artefact:{found.path}",
            value=found.path,
        )


def _is_converted(what: cst.CSTNode, at: At) -> bool:
    """Was it loaded ready-made, in a file that trains nothing? It came from where it was loaded."""
    evidence = at.value(what).traits.get(Trait.MODEL)
    loaded = evidence is not None and evidence.detail not in at.vocabulary.words("estimators")
    return loaded and not {"fit", "train", "backward", "fit_generator"} & at.called
