"""OPS002: serving loads one fixed file, or the latest model: there is no going back to the one before."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.facts.acts import LOAD
from mldebt.model import Confidence, Outcome
from mldebt.terms import Declares, Serves, all_of
from mldebt.traits.artefacts import artefact_of

STAGES_END = ">=2.9"  # MLflow documentation: stages are deprecated from this version on


class NoRollback(Rule):
    @on(cst.Call)
    def call(self, node: cst.Call, at: At) -> Iterator[Hit]:
        done = at.doing(node)
        if done is None or done.kind != LOAD:
            return
        artefact = artefact_of(node, at.value)
        if artefact is None or artefact.kind == "versioned":
            return
        serves = Serves(at.path)
        outcomes: tuple[Outcome, ...] = (Outcome(serves, Confidence.HIGH),)
        if artefact.kind == "stage":
            outcomes = (
                Outcome(all_of(serves, Declares(at.path, "mlflow", STAGES_END)), Confidence.MEDIUM),
                Outcome(all_of(serves, Declares(at.path, "mlflow", STAGES_END, or_unknown=True)), Confidence.LOW),
            )
        variant = "" if artefact.kind == "fixed" else artefact.kind
        yield Hit(node, {"artefact": artefact.text[-60:]}, variant=variant, outcomes=outcomes)
