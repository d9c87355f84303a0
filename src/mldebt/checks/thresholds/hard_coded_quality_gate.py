"""THR010: a quality gate compares a metric with a number written in the code."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on, spelled
from mldebt.model import Confidence, Outcome
from mldebt.traits.gates import is_gate
from mldebt.traits.scores import sure


class HardCodedQualityGate(Rule):
    @on(cst.Comparison)
    def compare(self, node: cst.Comparison, at: At) -> Iterator[Hit]:
        for cut in at.scores.cuts(node):
            if cut.score.evidence.kind != "metric" or not is_gate(at.parents, at.vocabulary):
                return
            high, medium, low = sure(cut.score, at.path)
            value = spelled(cut.literal)
            yield Hit(
                node,
                {"metric": cut.scored, "value": value},
                outcomes=(
                    Outcome(high, Confidence.HIGH),
                    Outcome(medium, Confidence.MEDIUM),
                    Outcome(low, Confidence.LOW),
                ),
                concept=f"threshold:{cut.score.concept}",
                value=value,
                flow=cut.score.evidence.path if cut.score.flows else (),
            )
            return
