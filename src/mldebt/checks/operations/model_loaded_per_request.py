"""OPS006: a function that answers requests loads the model each time."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.syntax.children import descendants
from mldebt.syntax.names import dotted, last_name
from mldebt.traits.handlers import own_nodes
from mldebt.traits.learners import HELPER, LOADED
from mldebt.traits.scopes import Function
from mldebt.traits.values import BY_FLOW, Trait
from mldebt.vocabulary import tokenise

_CACHES = frozenset(
    {"cache", "cached", "lru_cache", "cache_resource", "experimental_singleton", "memoize", "singleton"}
)
_LIFECYCLE = frozenset(
    {
        "load",
        "reload",
        "init",
        "startup",
        "warm",
        "warmup",
        "refresh",
        "setup",
        "train",
        "update",
        "upload",
        "download",
        "switch",
        "set",
    }
)
# What reads any object: it is a model only when something there is called so.
_GENERAL = frozenset({"load", "loads"})


class ModelLoadedPerRequest(Rule):
    @on(cst.Call)
    def call(self, node: cst.Call, at: At) -> Iterator[Hit]:
        function = at.function
        if function is None:
            return
        handler = at.once((ModelLoadedPerRequest, id(function.node)), lambda: _handler(function, at))
        if handler is None or _is_guarded(at):
            return
        loader = self._loader(node, at)
        if loader:
            yield Hit(
                node,
                {"call": node.func, "handler": handler.simple_name},
                outcomes=(Outcome(at.machine_learning, Confidence.HIGH), Outcome(confidence=Confidence.LOW)),
                related=((handler.node.name, f"inside {handler.simple_name}"),),
            )

    def _loader(self, node: cst.Call, at: At) -> str:
        """The loader that ``node`` is, or that the function of this file runs which it calls."""
        evidence = at.value(node).traits.get(Trait.MODEL)
        if evidence is None or evidence.weight < BY_FLOW or evidence.kind not in {LOADED, HELPER}:
            return ""
        own = at.value(node.func).function
        if own is None:
            direct = any(each.node is node for each in evidence.path) and last_name(node.func) == evidence.detail
            direct = direct and not _is_asked(node)
            return evidence.detail if direct and _holds_model(node, at) else ""
        if own.simple_name == "__init__" or _is_cached(own) or _remembers(own.node):
            return ""
        inside = any(
            type(each) is cst.Call and last_name(each.func) == evidence.detail for each in descendants(own.node.body)
        )
        return evidence.detail if inside else ""


def _asking_handler(function: Function, at: At) -> Function | None:
    """The handler of this file that asks the object whose method loads a model for each answer."""
    name = function.simple_name
    if function.klass is None or not at.vocabulary.matches("hot-methods", name):
        return None
    for each in at.interpreter.functions:
        if each.klass is not function.klass and at.answers(each):
            for call in own_nodes(each.node.body):
                if isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute) and last_name(call.func) == name:
                    return each
    return None


def _is_asked(node: cst.Call) -> bool:
    """Is a pipeline that stands ready called: ``self.pipeline(rows)``?"""
    return dotted(node.func) in {"self.pipeline", "self.pipe", "cls.pipeline"}


def _holds_model(node: cst.Call, at: At) -> bool:
    """Is what is loaded a model, by what it is called, where the loader reads anything?"""
    if last_name(node.func) not in _GENERAL:
        return True
    words = at.vocabulary.words("artefact-tokens")
    nodes = [each for argument in node.args for each in descendants(argument.value)]
    for parent in reversed(at.parents):
        if type(parent) is cst.Assign:
            nodes += [each.target for each in parent.targets]
        if type(parent) is cst.SimpleStatementLine:
            break
    for each in nodes:
        text = at.text(each) or "" if isinstance(each, (cst.Name, cst.SimpleString)) else ""
        named = each.value if type(each) is cst.Name else each.attr.value if type(each) is cst.Attribute else ""
        if words & {*tokenise(named), *tokenise(text[:200])}:
            return True
    return False


def _handler(function: Function, at: At) -> Function | None:
    """The function that answers requests, anew each time: this one, or one that asks the object whose method it is."""
    if set(tokenise(function.simple_name)) & _LIFECYCLE or _is_cached(function):
        return None
    return function if at.answers(function) else _asking_handler(function, at)


def _is_cached(function: Function) -> bool:
    return any(token in _CACHES for each in function.decorators for token in (each.rpartition(".")[2], *tokenise(each)))


def _is_guarded(at: At) -> bool:
    """Does a test around the call ask whether it was done before?"""
    for parent in reversed(at.parents):
        if type(parent) is cst.FunctionDef:
            return False
        if isinstance(parent, (cst.If, cst.IfExp)) and _asks_whether_there(parent.test):
            return True
        if type(parent) is cst.ExceptHandler:
            return True  # not in the cache
        if type(parent) is cst.BooleanOperation and type(parent.operator) is cst.Or:
            return True
    return False


def _asks_whether_there(test: cst.BaseExpression) -> bool:
    for each in descendants(test):
        if type(each) is cst.ComparisonTarget and isinstance(each.operator, (cst.Is, cst.NotIn, cst.In, cst.IsNot)):
            return True
        if type(each) is cst.UnaryOperation and type(each.operator) is cst.Not:
            return True
        if type(each) is cst.Call and last_name(each.func) in {"hasattr", "globals", "get"}:
            return True
    return False


def _remembers(function: cst.FunctionDef) -> bool:
    """Does the function keep what it loads: in a global, in an attribute, or by asking first?"""
    for each in descendants(function.body):
        if isinstance(each, (cst.Global, cst.Nonlocal)):
            return True
        if type(each) is cst.If and _asks_whether_there(each.test):
            return True
        if type(each) is cst.Assign and any(
            isinstance(target.target, (cst.Attribute, cst.Subscript))
            and dotted(target.target).startswith(("self.", "cls."))
            for target in each.targets
        ):
            return True
    return False
