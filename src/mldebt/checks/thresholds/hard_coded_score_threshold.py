"""THR001: a model score is compared with a number written in the code."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on, spelled
from mldebt.model import Confidence, Outcome, Severity
from mldebt.traits.clamps import is_clamp, is_validated
from mldebt.traits.display import has_windows, is_display, is_drawn
from mldebt.traits.scores import Cut, sure
from mldebt.traits.thresholds import settled
from mldebt.vocabulary import tokenise

_CONVENTIONS = frozenset({0.05, 0.01, 0.1, 0.001})
_SIGNIFICANCE = frozenset({"p_value", "p_values", "pvalue", "pvalues", "pval", "pvals", "p_val"})
_LOSSES = frozenset({"loss", "losses", "criterion"})


class HardCodedScoreThreshold(Rule):
    @on(cst.Comparison)
    def compare(self, node: cst.Comparison, at: At) -> Iterator[Hit]:
        allowed = frozenset(self.options["allowed-literals"])
        for cut in at.scores.cuts(node, allowed):
            if is_clamp(at.parents, cut.scored, cut.value) or is_validated(at.parents, cut.scored, cut.value):
                continue
            shown = is_drawn(at.symbol, at.path) or is_display(at.parents, at.vocabulary)
            if cut.score.guessed and (shown or has_windows(at.imported, at.vocabulary)):
                continue
            if not (shown and _is_significance(cut, at)):
                yield self._hit(cut, at, shown)
                return

    def _hit(self, cut: Cut, at: At, shown: bool) -> Hit:
        high, medium, low = sure(cut.score, at.path, self.options["min-weight"])
        value = spelled(cut.literal)
        variant, severity = "guess" if cut.score.guessed else "", cut.score.severity
        if cut.kept:
            variant, severity = "named", Severity.NOTE  # it has a name and a place of its own already
        elif cut.value in _CONVENTIONS and _is_significance(cut, at):
            severity = Severity.NOTE  # everybody's level of significance
        elif _LOSSES.intersection(tokenise(at.symbol)):
            severity = Severity.NOTE  # it says which examples count in training, and decides about nobody
        if shown:
            variant, severity = "display", Severity.NOTE
        elif at.klass is not None and at.symbol.endswith(".predict") and cut.value == 0.5:
            variant, severity = "classifier-default", Severity.NOTE
        return Hit(
            cut.node,
            {"score": cut.scored, "value": value, "name": cut.name},
            variant=variant,
            outcomes=(
                Outcome(high, Confidence.HIGH, severity),
                Outcome(medium, Confidence.MEDIUM, severity),
                Outcome(low, Confidence.LOW, severity),
            ),
            concept=f"threshold:{cut.score.concept}",
            value=value,
            recipes=() if cut.name or shown else settled(value, f"{cut.score.concept}_threshold"),
            flow=cut.score.evidence.path if cut.score.flows else (),
        )


def _is_significance(cut: Cut, at: At) -> bool:
    """Is it a p-value, by its name or by the test that gave it?"""
    detail = cut.score.evidence.detail
    words = at.vocabulary.found("score-words", tokenise(detail))
    return bool(_SIGNIFICANCE.intersection(words)) or detail in at.vocabulary.words("drift-apis")
