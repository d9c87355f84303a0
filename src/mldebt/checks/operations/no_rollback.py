"""OPS002: serving loads one fixed file, or the latest model: there is no going back to the one before."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.facts.acts import LOAD
from mldebt.model import Confidence, Outcome
from mldebt.syntax.names import argument
from mldebt.terms import Declares, IsText, Serves, all_of
from mldebt.traits.artefacts import UNNUMBERED, artefact_of

STAGES_END = ">=2.9"  # MLflow documentation: stages are deprecated from this version on


class NoRollback(Rule):
    @on(cst.Call)
    def call(self, node: cst.Call, at: At) -> Iterator[Hit]:
        done = at.doing(node)
        if done is None or done.kind != LOAD:
            return
        artefact = artefact_of(node, at.value)
        if artefact is None:
            yield from self._named_elsewhere(node, at)
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

    @staticmethod
    def _named_elsewhere(node: cst.Call, at: At) -> Iterator[Hit]:
        """The file may be a constant of another module, of a name without any number."""
        given = argument(node, 0)
        reference = at.reference(given) if isinstance(given, (cst.Name, cst.Attribute)) else ""
        if "(" not in reference and at.origins.may_be_own(reference):
            fixed = IsText(at.path, reference, UNNUMBERED)
            name = reference.rpartition(".")[2]
            yield Hit(node, {"artefact": name}, outcomes=(Outcome(all_of(Serves(at.path), fixed), Confidence.HIGH),))
