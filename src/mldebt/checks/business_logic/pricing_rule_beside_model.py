"""BIZ006: rules of pricing or eligibility stand beside a model."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.gate import Gate
from mldebt.model import Confidence, Outcome, Role
from mldebt.syntax.children import LEAVES, children
from mldebt.syntax.names import dotted, number, string
from mldebt.terms import FALSE, HasRole, IsModel, all_of
from mldebt.vocabulary import tokenise

LEAST = 2  # words, and tests against a number, that make a rule of the business

_PASSED = LEAVES | {cst.FunctionDef, cst.ClassDef, cst.Lambda}
_ORDERINGS = frozenset({cst.LessThan, cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual})


class PricingRuleBesideModel(Rule):
    opened_by = Gate(tokens=("money-words",))

    @on(cst.FunctionDef)
    def function(self, node: cst.FunctionDef, at: At) -> Iterator[Hit]:
        words: dict[str, None] = {}
        tests = 0
        money = False
        for word, compared in self._said(node, at):
            words[word] = None
            tests += compared
            money = money or word in at.vocabulary.words("money-words")
        if tests < LEAST or len(words) < LEAST or not money:
            return
        klass = at.klass
        holding = at.holding_of(node)
        model_code = FALSE if klass is None else IsModel(at.path, f"@.{klass.name}")
        outcomes = []
        if holding is not None:
            outcomes.append(Outcome(all_of(holding.when, at.machine_learning), Confidence.MEDIUM))
        outcomes.append(Outcome(all_of(model_code, at.machine_learning), Confidence.MEDIUM))
        outcomes.append(Outcome(all_of(HasRole(at.path, (Role.SERVE.value,)), at.machine_learning), Confidence.MEDIUM))
        outcomes.append(Outcome(at.machine_learning, Confidence.LOW))
        fields = {"function": node.name.value, "words": ", ".join(sorted(words))}
        yield Hit(node.name, fields, outcomes=tuple(outcomes))

    def _said(self, node: cst.FunctionDef, at: At) -> Iterator[tuple[str, int]]:
        """The words of money and eligibility in the function, each with whether a number is held against it."""
        stack: list[cst.CSTNode] = [node.body]
        while stack:
            current = stack.pop()
            if type(current) is cst.Comparison:
                yield from self._compared(current, at)
            elif type(current) is cst.BinaryOperation:
                for side in (current.left, current.right):
                    yield from ((word, 0) for word in self._words(side, at))
            for each in children(current):
                if type(each) not in _PASSED:
                    stack.append(each)

    def _compared(self, node: cst.Comparison, at: At) -> Iterator[tuple[str, int]]:
        for target in node.comparisons:
            if type(target.operator) not in _ORDERINGS:
                continue
            for side, other in ((node.left, target.comparator), (target.comparator, node.left)):
                value = number(other)
                if value is not None and value not in (0, 1, -1):
                    yield from ((word, 1) for word in self._words(side, at))

    def _words(self, node: cst.BaseExpression, at: At) -> Iterator[str]:
        name = ""
        if type(node) is cst.Subscript:
            name = _key(node) or ""
        elif isinstance(node, (cst.Name, cst.Attribute)):
            name = dotted(node).rpartition(".")[2]
        tokens = tokenise(name)
        if not tokens or len(tokens) > 4 or at.vocabulary.found("money-stop-words", tokens):
            return
        found = at.vocabulary.found("money-words", tokens) or at.vocabulary.found("eligibility-words", tokens)
        yield from found[-1:]


def _key(node: cst.Subscript) -> str | None:
    """The key of ``row["price"]``, where its words stand in the text: that is where the gate looks for them."""
    index = node.slice[0].slice
    key = index.value if type(index) is cst.Index else None
    return string(key) if type(key) is cst.SimpleString and "\\" not in key.value else None
