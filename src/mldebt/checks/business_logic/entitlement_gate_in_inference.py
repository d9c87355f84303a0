"""BIZ007: a plan, tier or tenant is checked inside the inference path."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.syntax.children import descendants
from mldebt.syntax.names import dotted, string
from mldebt.terms import all_of
from mldebt.traits.inference import Holding
from mldebt.vocabulary import tokenise

_SURE = 6  # the weight of a word that needs nothing beside it


class EntitlementGateInInference(Rule):
    @on(cst.If, cst.IfExp)
    def branch(self, node: cst.If | cst.IfExp, at: At) -> Iterator[Hit]:
        holding = at.holding
        gate = next((part for part in at.questions(node) if self._gates(part, at)), None) if holding else None
        if gate is not None and holding is not None:
            yield self._hit(gate, holding, at)

    @on(cst.Match)
    def match(self, node: cst.Match, at: At) -> Iterator[Hit]:
        """``match account.plan: case "enterprise":``."""
        patterns = (case.pattern.value for case in node.cases if type(case.pattern) is cst.MatchValue)
        holding = at.holding
        if holding is not None and self._asks(node.subject, any(_is_plan(each, at) for each in patterns), at):
            yield self._hit(node.subject, holding, at)

    @staticmethod
    def _hit(gate: cst.BaseExpression, holding: Holding, at: At) -> Hit:
        outcome = Outcome(all_of(holding.when, at.machine_learning), Confidence.MEDIUM)
        return Hit(gate, {"word": gate}, outcomes=(outcome,))

    def _gates(self, part: cst.BaseExpression, at: At) -> bool:
        if type(part) is cst.Comparison:
            operands = [part.left, *(each.comparator for each in part.comparisons)]
            literal = any(_is_plan(each, at) for operand in operands for each in _members(operand))
            return any(self._asks(each, literal, at) for each in operands)
        return self._asks(part, False, at)

    def _asks(self, node: cst.BaseExpression, literal: bool, at: At) -> bool:
        """Is ``node`` a plan by its name, beside a plan's name or on a customer?"""
        if type(node) is cst.Call:
            node = node.func  # user.is_premium()
        name = _last(node)
        tokens = tokenise(name)
        weights = at.vocabulary.weights("entitlement-words")
        found = at.vocabulary.found("entitlement-words", tokens)
        if not found or not "_".join(tokens).endswith(found[-1]):
            return False
        if weights[found[-1]] >= _SURE or literal:
            return True
        owner = {token for each in descendants(node) if type(each) is cst.Name for token in tokenise(each.value)}
        return bool((owner - set(tokens)) & at.vocabulary.words("customer-words")) and type(node) is cst.Attribute


def _members(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    if isinstance(node, (cst.Tuple, cst.List, cst.Set)):
        yield from (each.value for each in node.elements)
    else:
        yield node


def _is_plan(node: cst.BaseExpression, at: At) -> bool:
    """The name of a plan, as a string or as a member of an enum."""
    text = string(node)
    if text is None:
        name = dotted(node).rpartition(".")[2]
        text = name if name.isupper() else ""
    return text.lower() in at.vocabulary.words("plan-literals")


def _last(node: cst.BaseExpression) -> str:
    if type(node) is cst.Subscript:
        index = node.slice[0].slice
        key = string(index.value) if type(index) is cst.Index else None
        return key or ""
    return dotted(node).rpartition(".")[2]
