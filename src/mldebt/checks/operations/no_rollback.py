"""OPS002: serving loads one fixed file, or the latest model: there is no going back to the one before."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.facts.acts import LOAD
from mldebt.model import Confidence, Outcome
from mldebt.terms import HasRole
from mldebt.traits.artefacts import artefact_of
from mldebt.traits.doings import doings_of


class NoRollback(Rule):
    @on(cst.Call)
    def call(self, node: cst.Call, at: At) -> Iterator[Hit]:
        done = doings_of(at.vocabulary).of(node, at.reference, at.value)
        if done is None or done.kind != LOAD:
            return
        artefact = artefact_of(node, at.value)
        if artefact is None or artefact.kind == "versioned":
            return
        yield Hit(
            node,
            {"artefact": artefact.text[-60:]},
            variant="latest" if artefact.kind == "latest" else "",
            outcomes=(Outcome(HasRole(at.path, ("serve",)), Confidence.HIGH),),
        )
