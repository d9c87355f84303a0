"""BIZ001: model code branches on a word of the business, such as a country or a plan."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.syntax.names import string
from mldebt.terms import FALSE, all_of
from mldebt.traits.domain import Asked, Domain

_KEYS = frozenset({cst.Name, cst.Attribute, cst.Subscript, cst.Call})


class DomainBranchInModel(Rule):
    @on(cst.If)
    def branch(self, node: cst.If, at: At) -> Iterator[Hit]:
        above = at.parent()
        if type(above) is cst.If and above.orelse is node:
            return  # the first test of the chain speaks for all
        if at.function is None or at.model_code == FALSE:
            return
        domain = _domain(at)
        found: list[Asked] = []
        current: cst.If | cst.Else | None = node
        while type(current) is cst.If:
            asked = domain.asked(current.test, at.symbol)
            if asked is not None:
                found.append(asked)
            current = current.orelse
        yield from self._hit(found, at)

    @on(cst.IfExp)
    def ternary(self, node: cst.IfExp, at: At) -> Iterator[Hit]:
        asked = _domain(at).asked(node.test, at.symbol) if at.function is not None else None
        if asked is not None:
            yield from self._hit([asked], at)

    @on(cst.Match)
    def match(self, node: cst.Match, at: At) -> Iterator[Hit]:
        values = [case.pattern.value for case in node.cases if type(case.pattern) is cst.MatchValue]
        texts = [text for text in map(string, values) if text]
        if texts and _domain(at).subject(node.subject, texts, at.symbol):
            yield from self._hit([Asked(node.subject, node.subject, values[0], "")], at)

    @on(cst.Subscript)
    def lookup(self, node: cst.Subscript, at: At) -> Iterator[Hit]:
        """``FACTORS[country]``, with the table written in the code."""
        index = node.slice[0].slice
        if type(index) is cst.Index:
            yield from self._looked_up(node, node.value, index.value, at)

    @on(cst.Call, called={"get"})
    def got(self, node: cst.Call, at: At) -> Iterator[Hit]:
        """``FACTORS.get(country, 1.0)``."""
        if type(node.func) is cst.Attribute and node.args:
            yield from self._looked_up(node, node.func.value, node.args[0].value, at)

    def _looked_up(
        self, node: cst.BaseExpression, table: cst.BaseExpression, key: cst.BaseExpression, at: At
    ) -> Iterator[Hit]:
        if type(key) not in _KEYS:
            return
        columns = at.value(table).columns
        if columns is None or len(columns) < 2 or not all(each.literal is not None for each in columns.values()):
            return
        if _domain(at).subject(key, list(columns), at.symbol):
            yield from self._hit([Asked(node, key, table, "")], at)

    def _hit(self, found: list[Asked], at: At) -> Iterator[Hit]:
        if not found or at.function is None:
            return
        model_code = at.model_code
        if model_code == FALSE:
            return
        first = found[0]
        yield Hit(
            first.node,
            {"word": first.word, "value": first.value},
            outcomes=(
                Outcome(all_of(model_code, at.machine_learning), Confidence.MEDIUM),
                Outcome(model_code, Confidence.LOW),
            ),
            related=tuple((each.node, "branches here too") for each in found[1:]),
        )


def _domain(at: At) -> Domain:
    return Domain(at.interpreter.evaluator, at.vocabulary)
