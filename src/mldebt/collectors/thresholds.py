"""Records every threshold, hard-coded or given from outside, for the inventory and for rules that compare them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import libcst as cst

from mldebt.engine import At, Collector, Seen, Where, on, spelled
from mldebt.facts import Fact
from mldebt.facts.sites import Threshold
from mldebt.model import Confidence, Outcome
from mldebt.syntax.asked import binds_number, defaults_to_number, gives_number
from mldebt.syntax.names import dotted, keyword, number, string
from mldebt.terms import Term, any_of
from mldebt.traits.scores import sure
from mldebt.traits.thresholds import Knob, assigned, is_parameter, is_setting, read_threshold


class Thresholds(Collector):
    @on(cst.Comparison)
    def comparison(self, node: cst.Comparison, at: At) -> Iterator[Seen]:
        for cut in at.cuts(node):
            when = any_of(*sure(cut.score, at.path)[:2])
            yield Seen(node, _maker(cut.score.concept, spelled(cut.literal), "comparison", when))

    @on(cst.Assign, cst.AnnAssign, like=binds_number)
    def constant(self, node: cst.Assign | cst.AnnAssign, at: At) -> Iterator[Seen]:
        for given in assigned(node):
            knob = read_threshold(at.vocabulary, given.name, given.value)
            if knob is None:
                continue
            kind = "constant"
            if at.function is None and is_setting(at.vocabulary, at.parents, at.klass):
                kind = "setting"
            elif is_parameter(at.function, given.target):
                kind = "default"
            own = given.name.lower() if kind == "constant" and given.name.isupper() and "_" in given.name else ""
            yield _seen(node, knob, given.literal, kind, at, own)

    @on(cst.Param, like=defaults_to_number)
    def default(self, node: cst.Param, at: At) -> Iterator[Seen]:
        value = number(node.default) if node.default is not None else None
        if value is None or node.default is None:
            return
        knob = read_threshold(at.vocabulary, node.name.value, value)
        if knob is not None:
            kind = "setting" if is_setting(at.vocabulary, at.parents, at.klass) else "default"
            yield _seen(node, knob, node.default, kind, at)

    @on(cst.Call, like=gives_number)
    def argument(self, node: cst.Call, at: At) -> Iterator[Seen]:
        for argument in at.passed(node):
            yield _seen(argument.node, argument.knob, argument.literal, "argument", at)
        yield from self._option(node, at)

    def _option(self, node: cst.Call, at: At) -> Iterator[Seen]:
        """``add_argument("--score-threshold", default=0.4)``, ``click.option``, ``field(default=...)``."""
        default = keyword(node, "default")
        value = number(default.value) if default is not None else None
        if default is None or value is None:
            return
        last = dotted(node.func).rpartition(".")[2]
        if last.lower() not in {"add_argument", "option", "add_option", "argument"}:
            return
        for given in node.args:
            text = string(given.value) if given.keyword is None else None
            knob = read_threshold(at.vocabulary, text.lstrip("-"), value) if text else None
            if knob is not None:
                yield _seen(node, knob, default.value, "setting", at)
                return


def _seen(node: cst.CSTNode, knob: Knob, literal: cst.BaseExpression, kind: str, at: At, name: str = "") -> Seen:
    return Seen(node, _maker(knob.concept, spelled(literal), kind, _when(knob.outcomes(at.path)), name))


def _when(outcomes: tuple[Outcome, ...]) -> Term:
    return any_of(*(each.when for each in outcomes if each.confidence is not Confidence.LOW))


def _maker(concept: str, value: str, kind: str, when: Term, name: str = "") -> Callable[[Where], Fact]:
    def make(where: Where) -> Fact:
        return Threshold(concept, value, kind, where.place, where.symbol, when, where.snippet, where.source_line, name)

    return make
