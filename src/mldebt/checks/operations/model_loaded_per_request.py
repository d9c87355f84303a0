"""OPS006: a function that answers requests loads the model each time."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.syntax.children import calls, descendants
from mldebt.syntax.names import dotted, last_name
from mldebt.terms import FALSE, TRUE, RunsForRequests, Term, all_of
from mldebt.traits.learners import HELPER, LOADED
from mldebt.traits.scopes import Function
from mldebt.traits.values import BY_FLOW, Trait
from mldebt.vocabulary import tokenise

_CACHES = frozenset(
    {
        "cache",
        "cached",
        "lru_cache",
        "cache_resource",
        "experimental_singleton",
        "memoize",
        "singleton",
        "cache_data",
        "experimental_memo",
    }
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
_PLAIN_LOADERS = frozenset({"spacy.load", "torch.jit.load", "tensorflow.saved_model.load", "torch.hub.load"})


class ModelLoadedPerRequest(Rule):
    @on(cst.Call)
    def call(self, node: cst.Call, at: At) -> Iterator[Hit]:
        function = at.function
        key = id(function.node) if function is not None else 0
        when = at.once((ModelLoadedPerRequest, key), lambda: _when(function, at))
        if when == FALSE or _is_guarded(at):
            return
        loader = self._loader(node, at)
        if loader:
            yield Hit(
                node,
                {"call": node.func, "handler": function.simple_name if function is not None else "the page"},
                outcomes=(
                    Outcome(all_of(when, at.machine_learning), Confidence.HIGH),
                    Outcome(when, Confidence.LOW),
                ),
                related=((function.node.name, f"inside {function.simple_name}"),) if function is not None else (),
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


def _is_asked(node: cst.Call) -> bool:
    """Is a pipeline that stands ready called: ``self.pipeline(rows)``?"""
    return dotted(node.func) in {"self.pipeline", "self.pipe", "cls.pipeline"}


def _holds_model(node: cst.Call, at: At) -> bool:
    """Is what is loaded a model, by what it is called, where the loader reads anything?"""
    if last_name(node.func) not in _GENERAL or at.reference(node.func) in _PLAIN_LOADERS:
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


def _when(function: Function | None, at: At) -> Term:
    """When the code runs anew for each request: in a handler, in a script that a page runs with each input, and in a
    function that answers by its name, if a handler of the project calls it."""
    page = "streamlit" in at.imported
    if function is None:
        return TRUE if page else FALSE
    name = function.simple_name
    if set(tokenise(name)) & _LIFECYCLE or _is_cached(function):
        return FALSE
    if at.answers(function):
        return TRUE
    if page:
        return FALSE if name in at.once("kept", lambda: _kept(at)) else TRUE
    if name.startswith("_") or not (at.vocabulary.matches("hot-methods", name) or at.origins.is_answering(name)):
        return FALSE
    return RunsForRequests(at.path, function.name)


def _kept(at: At) -> frozenset[str]:
    """The functions of this file that are called where the result is kept."""
    keeping = (each for each in at.interpreter.functions if _is_cached(each))
    return frozenset(last_name(call.func) for each in keeping for call in calls(each.node.body))


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
