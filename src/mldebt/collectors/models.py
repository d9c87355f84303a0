"""Where models are built and loaded."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Collector, Seen, Where, on
from mldebt.facts.sites import ModelSite
from mldebt.gate import Gate
from mldebt.syntax.names import argument
from mldebt.traits.learners import MADE, TRAINED, model_words
from mldebt.traits.values import Trait


class Models(Collector):
    """A ``ModelSite`` for every call that gives a model: an estimator made, or an artefact loaded."""

    opened_by = Gate(named=model_words)

    @on(cst.Call)
    def call(self, node: cst.Call, at: At) -> Iterator[Seen]:
        evidence = at.value(node).traits.get(Trait.MODEL)
        if evidence is None or not evidence.path or evidence.path[-1].node is not node:
            return
        given = argument(node, 0)
        artefact = at.text(given) if given is not None else None
        fixed = argument(node, -1, "revision")
        revision = at.text(fixed) if fixed is not None else None
        kind = "estimator" if evidence.kind in {MADE, TRAINED} else "loader"

        def make(where: Where) -> ModelSite:
            return ModelSite(evidence.detail, kind, artefact or "", revision or "", where.place, where.symbol)

        yield Seen(node, make)
