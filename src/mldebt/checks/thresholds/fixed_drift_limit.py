"""THR007: the limit of a drift test or of a data quality statistic is a number in the code."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import libcst as cst

from mldebt.engine import At, Hit, Rule, on, spelled
from mldebt.model import Confidence, Outcome
from mldebt.syntax.asked import binds_number, gives_number
from mldebt.syntax.children import descendants
from mldebt.syntax.names import dotted, last_name, number, string
from mldebt.terms import IsMachineLearning
from mldebt.traits.scores import Cut, concept_of, is_ordinary, sure
from mldebt.traits.thresholds import assigned, is_setting
from mldebt.vocabulary import tokenise

MAX_SAID = 200  # nodes of a branch in which words are looked for

_CONTEXT = frozenset({"drift", "drifted", "monitor", "monitoring", "shift", "stability", "skew"})
_LIMITS = frozenset({"threshold", "thresh", "limit", "cutoff", "tolerance", "alert", "alarm", "max"})
_UNMISTAKABLE = frozenset(
    {"stability_index", "drift_score", "drift_share", "null_ratio", "missing_ratio", "missing_rate", "null_rate",
     "nan_ratio", "missing_fraction", "null_fraction", "share_drifted"}
)  # fmt: skip
_TESTS = frozenset({"p_val", "p_value", "pvalue", "alpha"})  # of a drift detector's constructor


class FixedDriftLimit(Rule):
    @on(cst.Comparison)
    def compare(self, node: cst.Comparison, at: At) -> Iterator[Hit]:
        for cut in at.cuts(node):
            if _is_drift(cut, at):
                high, medium, low = sure(cut.score, at.path)
                outcomes = (
                    Outcome(high, Confidence.HIGH),
                    Outcome(medium, Confidence.MEDIUM),
                    Outcome(low, Confidence.LOW),
                )
                yield self._hit(node, cut.scored, cut.literal, cut.score.concept, outcomes)
            return

    @on(cst.Call, like=gives_number)
    def argument(self, node: cst.Call, at: At) -> Iterator[Hit]:
        known = at.vocabulary.words("drift-arguments")
        for argument in node.args:
            keyword = argument.keyword.value if argument.keyword is not None else ""
            if keyword not in known and keyword not in _TESTS:
                continue
            value = number(argument.value)
            if value is None or is_ordinary(value, frozenset()):
                continue
            if keyword in _TESTS and "drift" not in tokenise(dotted(node.func)):
                continue
            yield self._hit(argument, keyword, argument.value, concept_of(at.vocabulary, keyword), _named(at))

    @on(cst.Assign, cst.AnnAssign, like=binds_number)
    def constant(self, node: cst.Assign | cst.AnnAssign, at: At) -> Iterator[Hit]:
        for given in assigned(node):
            if is_ordinary(given.value, frozenset()) or not _is_limit(given.name, at):
                continue
            if at.function is None and is_setting(at.vocabulary, at.parents, at.klass):
                continue
            concept = concept_of(at.vocabulary, given.name)
            yield self._hit(node, given.target, given.literal, concept, _named(at))

    def _hit(
        self, node: cst.CSTNode, statistic: str | cst.CSTNode, literal: cst.CSTNode, concept: str,
        outcomes: tuple[Outcome, ...],
    ) -> Hit:  # fmt: skip
        value = spelled(literal)
        return Hit(
            node,
            {"statistic": statistic, "value": value},
            outcomes=outcomes,
            concept=f"threshold:{concept}",
            value=value,
        )


def _named(at: At) -> tuple[Outcome, ...]:
    return Outcome(IsMachineLearning(at.path), Confidence.HIGH), Outcome(confidence=Confidence.MEDIUM)


def _is_drift(cut: Cut, at: At) -> bool:
    """Is the score a drift statistic, or one of data quality? Those with a second sense need drift around them."""
    detail = cut.score.evidence.detail
    tokens = (*tokenise(detail), *tokenise(last_name(_receiver(cut.scored))))
    words = set(at.vocabulary.found("drift-words", tokens))
    if detail not in at.vocabulary.words("drift-apis") and not words and cut.score.evidence.kind != "drift":
        return False
    if {"drift", "drifted"} & set(tokens) or words & _UNMISTAKABLE:
        return True
    return bool(_CONTEXT & {*tokenise(at.path), *tokenise(at.symbol), *_said(at)})


def _said(at: At) -> Iterator[str]:
    """The words in what is called and said where the test decides: ``logger.warning("drift in %s", column)``."""
    deciding = next((each for each in reversed(at.parents) if isinstance(each, (cst.If, cst.BaseSuite))), None)
    for each in islice(descendants(deciding.body), MAX_SAID) if type(deciding) is cst.If else ():
        yield from tokenise(each.value if type(each) is cst.Name else string(each) or "")


def _receiver(node: cst.BaseExpression) -> cst.BaseExpression:
    """``null_ratio`` of ``null_ratio.max()``."""
    while type(node) is cst.Call and type(node.func) is cst.Attribute:
        node = node.func.value
    return node


def _is_limit(name: str, at: At) -> bool:
    """Does the name say that it is a limit of drift: ``DRIFT_LIMIT``, ``psi_threshold``?"""
    tokens = tokenise(name)
    if {*tokens, *tokenise(at.path)} & at.vocabulary.words("drift-stop-words"):
        return False
    words = set(at.vocabulary.found("drift-words", tokens)) - {"p_value", "pvalue", "p_val", "latency_p95"}
    return bool(words) and bool(_LIMITS & set(tokens))
