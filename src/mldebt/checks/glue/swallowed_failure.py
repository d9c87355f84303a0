"""GLU003: whatever fails while a model or its data are at work is passed over."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.facts.acts import LOAD, PREDICT
from mldebt.model import Confidence, Outcome
from mldebt.syntax.children import children, descendants, statements
from mldebt.syntax.names import last_name
from mldebt.traits.doings import WORDS, Doing, doings_of
from mldebt.traits.failures import failures_of, is_broad


class SwallowedFailure(Rule):
    @on(cst.ExceptHandler)
    def handler(self, node: cst.ExceptHandler, at: At) -> Iterator[Hit]:
        tried = at.parents[-2] if at.parents[-1:] and at.parents[-1] is node else at.parent()
        if type(tried) is not cst.Try or not is_broad(node):
            return
        failures = failures_of(at.vocabulary)
        swallowed = failures.swallows(node)
        invented = None if swallowed or _is_command(at) else failures.invents(node)
        if not swallowed and invented is None:
            return
        done = _done(tried.body, at)
        if done is None or (invented is not None and done.kind != PREDICT):
            return
        if swallowed and _tries_again(tried, done, at):
            return
        yield self._hit(node, done, invented, at)

    @on(cst.With)
    def suppressed(self, node: cst.With, at: At) -> Iterator[Hit]:
        for item in node.items:
            call = item.item
            if type(call) is not cst.Call or last_name(call.func) != "suppress":
                continue
            caught = [each.value for each in call.args if type(each.value) is cst.Name]
            if any(each.value in {"Exception", "BaseException"} for each in caught):
                done = _done(node.body, at)
                if done is not None:
                    yield self._hit(node, done, None, at)

    @staticmethod
    def _hit(node: cst.CSTNode, done: Doing, invented: cst.BaseExpression | None, at: At) -> Hit:
        fields: dict[str, str | cst.CSTNode] = {"call": done.name, "doing": WORDS[done.kind]}
        if invented is not None:
            fields["value"] = invented
        return Hit(
            node,
            fields if invented is not None else {"call": done.name, "doing": WORDS[done.kind]},
            variant="invented" if invented is not None else "",
            outcomes=(Outcome(at.machine_learning, Confidence.HIGH), Outcome(confidence=Confidence.LOW)),
        )


def _is_command(at: At) -> bool:
    """Does the function around give the status that a command ends with?"""
    function = at.function
    if function is None:
        return False
    returns = function.node.returns
    given = [each.value for each in statements(function.node.body) if type(each) is cst.Return]
    plain = [each.value for each in given if type(each) is cst.Integer]
    return "0" in plain and len(plain) == len(given) and (returns is None or last_name(returns.annotation) == "int")


def _tries_again(tried: cst.Try, done: Doing, at: At) -> bool:
    """Is the same done in another way right behind, where this one leaves the function when it succeeds?"""
    if not any(isinstance(each, (cst.Return, cst.Break)) for each in descendants(tried.body)):
        return False
    if any(type(each) is cst.Continue for handler in tried.handlers for each in descendants(handler.body)):
        return True  # the next candidate of a list
    block = at.parents[-3] if len(at.parents) > 2 else None
    lines = block.body if isinstance(block, (cst.IndentedBlock, cst.Module)) else ()
    if tried not in lines:
        return False
    doings = doings_of(at.vocabulary)
    following = lines[list(lines).index(tried) + 1 :]
    return any(
        (found := doings.of(each, at.reference, at.value)) is not None and found.kind == done.kind
        for line in following
        for each in descendants(line)
        if type(each) is cst.Call
    )


def _done(body: cst.BaseSuite, at: At) -> Doing | None:
    """What the body of a ``try`` does with a model or its data; predicting and loading speak first.
    Functions that it defines run elsewhere, an inner ``try`` has handlers of its own."""
    doings = doings_of(at.vocabulary)
    found: Doing | None = None
    stack: list[cst.CSTNode] = [body]
    while stack:
        node = stack.pop()
        if type(node) is cst.Call:
            done = doings.of(node, at.reference, at.value)
            if done is not None and (found is None or done.kind in {PREDICT, LOAD}):
                found = done
                if done.kind == PREDICT:
                    return found
        if not isinstance(node, (cst.FunctionDef, cst.ClassDef, cst.Lambda, cst.Try)):
            stack += children(node)[::-1]
    return found
