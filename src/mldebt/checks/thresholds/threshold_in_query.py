"""THR005: a threshold is written into a query, a mask or a filter of rows."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on, spelled
from mldebt.model import Confidence, Outcome, Severity
from mldebt.syntax.names import argument, dotted, number
from mldebt.terms import IsMachineLearning
from mldebt.traits.masks import RowFilter, conditions, row_filters
from mldebt.traits.queries import begins_sql, bounds, is_sql, read_query
from mldebt.traits.scores import Score, is_ordinary, sure
from mldebt.traits.thresholds import settled

_ARRAYS = frozenset({"numpy", "torch", "tensorflow", "jax", "cupy", "np", "tf", "jnp", "cp"})
_ORDERING_METHODS = frozenset({"gt", "ge", "lt", "le", "greater", "greater_equal", "less", "less_equal"})
_ROW_CONDITIONS = frozenset({"filter", "where", "having", "filter_by"})  # of Spark, Polars and SQL expressions
_TEXT_CONDITIONS = frozenset({"query", "filter", "where", "expr", "eval", "having"})
_TEXT_STATEMENTS = frozenset({"sql", "execute", "executemany", "read_sql", "read_sql_query", "text", "query", "raw"})

_BINDING = frozenset({"query", "eval"})  # of pandas: `@name` in their text is a name of the code
_TEXTS = frozenset({cst.SimpleString, cst.ConcatenatedString, cst.FormattedString})

_CALLED = _ORDERING_METHODS | _ROW_CONDITIONS | _TEXT_CONDITIONS | _TEXT_STATEMENTS | {"when", "between"}


class ThresholdInQuery(Rule):
    @on(cst.Call, called=_CALLED)
    def call(self, node: cst.Call, at: At) -> Iterator[Hit]:
        last = node.func.attr.value if type(node.func) is cst.Attribute else dotted(node.func)
        if last == "where" and len(node.args) in (1, 3) and self._is_array(node, at):
            yield from self._masked(node.args[0].value, "where", at)
        elif last == "when" and len(node.args) == 2:  # of Spark and Polars
            yield from self._masked(node.args[0].value, "when", at)
        elif last in _ROW_CONDITIONS and type(node.func) is cst.Attribute:
            for given in node.args:
                yield from self._masked(given.value, last, at)
        elif last in _ORDERING_METHODS or last == "between":
            yield from self._method(node, last, at)
        if last in _TEXT_CONDITIONS or last in _TEXT_STATEMENTS:
            yield from self._text(node, last, at)

    @on(cst.Subscript)
    def select(self, node: cst.Subscript, at: At) -> Iterator[Hit]:
        index = node.slice[0].slice
        if type(index) is not cst.Index:
            return
        if type(node.value) is cst.Attribute and node.value.attr.value == "loc":
            yield from self._masked(index.value, "loc", at)
        if self.options["row-filters"]:
            for each in row_filters(node, index.value, at.interpreter.evaluator):
                yield self._rows(each, at)

    @on(cst.Assign, like=lambda node: type(node.value) in _TEXTS)
    def kept(self, node: cst.Assign, at: At) -> Iterator[Hit]:
        """``QUERY = "SELECT ... WHERE score >= 0.7"``, whoever runs it."""
        if begins_sql(read_query(node.value) or ""):
            yield from self._bounded(node.value, "sql", None, at)

    def _is_array(self, node: cst.Call, at: At) -> bool:
        return (at.reference(node.func) or dotted(node.func)).partition(".")[0] in _ARRAYS

    def _masked(self, mask: cst.BaseExpression, query: str, at: At) -> Iterator[Hit]:
        for comparison in conditions(mask):
            for cut in at.cuts(comparison):
                yield self._hit(cut.node, cut.scored, cut.score, spelled(cut.literal), query, at, fixable=not cut.name)
                break

    def _method(self, node: cst.Call, last: str, at: At) -> Iterator[Hit]:
        """``scores.gt(0.4)``, ``torch.gt(scores, 0.4)``, ``frame.score.between(0.3, 0.7)``."""
        if type(node.func) is not cst.Attribute:
            return
        scored: cst.BaseExpression | None = node.func.value
        position = 0
        if at.origins.is_module(at.reference(node.func.value)) and self._is_array(node, at):
            scored, position = argument(node, 0), 1
        given = [argument(node, position)] + ([argument(node, position + 1)] if last == "between" else [])
        for limit in given:
            value = number(limit) if limit is not None else None
            if scored is None or limit is None or value is None or value == 100 or is_ordinary(value, frozenset()):
                continue
            score = at.scores.score(scored, value)
            if score is not None:
                yield self._hit(node, scored, score, spelled(limit), last, at)
                return

    def _text(self, node: cst.Call, last: str, at: At) -> Iterator[Hit]:
        frame = node.func.value if type(node.func) is cst.Attribute else None
        for given in node.args[:3]:
            if given.keyword is None:
                yield from self._bounded(given.value, last, frame, at)

    def _bounded(self, node: cst.BaseExpression, query: str, frame: cst.CSTNode | None, at: At) -> Iterator[Hit]:
        """The first score that a query written as ``node`` holds against a number."""
        text = read_query(node)
        if text is None or ("<" not in text and ">" not in text and "between" not in text.lower()):
            return
        if query not in _TEXT_CONDITIONS and not is_sql(text):
            return
        for bound in bounds(text):
            if bound.value == 100 or is_ordinary(bound.value, frozenset()):
                continue
            score = at.scores.named(node, bound.column, bound.value, frame)
            if score is not None:
                binds = query in _BINDING and "pandas" in at.imported
                yield self._hit(node, bound.column, score, bound.text, query, at, fixable=binds)
                return

    def _hit(
        self,
        node: cst.CSTNode,
        scored: str | cst.CSTNode,
        score: Score,
        value: str,
        query: str,
        at: At,
        *,
        fixable: bool = True,
    ) -> Hit:
        high, medium, low = sure(score, at.path)
        return Hit(
            node,
            {"score": scored, "value": value, "query": query},
            outcomes=(
                Outcome(high, Confidence.HIGH, score.severity),
                Outcome(medium, Confidence.MEDIUM, score.severity),
                Outcome(low, Confidence.LOW, score.severity),
            ),
            concept=f"threshold:{score.concept}",
            value=value,
            flow=score.evidence.path if score.flows else (),
            recipes=settled(value, f"{score.concept}_threshold") if fixable else (),
        )

    def _rows(self, found: RowFilter, at: At) -> Hit:
        learning = IsMachineLearning(at.path)
        value = spelled(found.literal)
        return Hit(
            found.node,
            {"score": found.column, "value": value},
            variant="rows",
            outcomes=(Outcome(learning, Confidence.MEDIUM, Severity.NOTE), Outcome(confidence=Confidence.LOW)),
            concept=f"threshold:{found.name}",
            value=value,
        )
