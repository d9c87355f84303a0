"""OPS005: a model, or something that it needs, is asked over the network without a timeout."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst
from msgspec.structs import replace

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome, Recipe
from mldebt.syntax.children import descendants
from mldebt.syntax.names import argument, dotted, keyword, last_name
from mldebt.terms import FALSE, TRUE, Term, all_of, any_of
from mldebt.traits.handlers import own_calls
from mldebt.traits.scopes import Function
from mldebt.vocabulary import tokenise

# What is asked of a server of models besides an answer.
_MANAGING = frozenset(
    {"pull", "push", "tags", "health", "status", "login", "upload", "register", "metrics", "train", "finetune",
     "delete", "download", "webhook", "token", "auth"}
)  # fmt: skip
_PLAIN_VERBS = frozenset({"predict", "classify", "infer", "inference", "embed", "rerank"})  # nothing else is called so
_HERE = frozenset({"localhost", "127.0.0.1"})
_ASKING = frozenset({"post", "request", "urlopen", "put"})

_TIMELESS = frozenset({"get", "post", "put", "patch", "delete", "head", "request", "urlopen"})


class UnboundedRemoteInference(Rule):
    @on(cst.Call, called=_TIMELESS)
    def call(self, node: cst.Call, at: At) -> Iterator[Hit]:
        name = last_name(node.func)
        if at.is_notebook:
            return  # somebody sits in front of it
        reference = at.reference(node.func)
        timeless = reference in at.vocabulary.words("timeless-calls") or _waits_for_ever(node, reference)
        if not timeless or self._bounded(node, at):
            return
        likely, sure = self._asks_model(node, name, at)
        if likely == FALSE:
            return
        yield Hit(
            node,
            {"call": node.func},
            outcomes=(
                Outcome(sure, Confidence.HIGH),
                Outcome(all_of(likely, at.machine_learning), Confidence.MEDIUM),
                Outcome(likely, Confidence.LOW),
            ),
            recipes=_recipes(reference.partition(".")[0]) if keyword(node, "timeout") is None else (),
        )

    @staticmethod
    def _bounded(node: cst.Call, at: At) -> bool:
        """Has the call a timeout, or may it have one: by ``**options``, by position, from its session?"""
        given = keyword(node, "timeout")
        if given is not None:
            return not (type(given.value) is cst.Name and given.value.value == "None")
        if any(each.star for each in node.args):
            return True
        owner = dotted(node.func.value) if type(node.func) is cst.Attribute else ""
        if owner in at.once("bounded sessions", lambda: _bounded_sessions(at)):
            return True
        if last_name(node.func) == "urlopen":
            return argument(node, 2) is not None
        made = at.value(node.func.value).call if type(node.func) is cst.Attribute else None
        return made is not None and keyword(made, "timeout") is not None

    @staticmethod
    def _asks_model(node: cst.Call, name: str, at: At) -> tuple[Term, Term]:
        """When the call is on the path of a prediction: likely, and surely."""
        words = at.vocabulary.words
        address = argument(node, 1 if name == "request" else 0, "url")
        tokens = (
            {token for each in descendants(address) for token in _tokens(each, at)} if address is not None else set()
        )
        if tokens & _MANAGING:
            return FALSE, FALSE
        function = at.function
        if function is None and tokens & _HERE:
            return FALSE, FALSE  # somebody tries it out
        if name in _ASKING and tokens & words("inference-url-words"):
            return TRUE, TRUE
        if function is None:
            return FALSE, FALSE
        if at.answers(function):
            holding = at.holding
            asked = FALSE if holding is None else holding.when
            return asked, asked  # a handler that asks no model asks for a token, a file, a page
        if name in _ASKING and function.klass is None and words("inference-url-words") & _handed(function, at):
            return TRUE, TRUE
        hot = at.in_model_class if at.vocabulary.matches("hot-methods", function.simple_name) else FALSE
        verb = set(tokenise(function.simple_name)[:1])
        named = name in _ASKING and bool(verb & words("asking-verbs"))
        return any_of(hot, TRUE if named else FALSE), TRUE if named and verb & _PLAIN_VERBS else hot


def _waits_for_ever(node: cst.Call, reference: str) -> bool:
    """``httpx.post(url, timeout=None)``: its default is bounded."""
    given = keyword(node, "timeout")
    return reference.startswith("httpx.") and given is not None and dotted(given.value) == "None"


def _bounded_sessions(at: At) -> frozenset[str]:
    """The sessions of this file that were given a timeout for all of their requests: by a ``request`` of their own,
    or by an adapter."""
    found = set()
    for node in descendants(at.interpreter.module_node) if at.interpreter.module_node is not None else ():
        target, given = None, None
        if type(node) is cst.Assign and type(node.targets[0].target) is cst.Attribute:
            target, given = node.targets[0].target, node.value
        elif type(node) is cst.Call and type(node.func) is cst.Attribute and len(node.args) > 1:
            target, given = node.func, node.args[1].value
        if target is None or target.attr.value not in {"request", "mount"} or type(given) is not cst.Call:
            continue
        if keyword(given, "timeout") is not None:
            found.add(dotted(target.value))
    return frozenset(found)


def _handed(function: Function, at: At) -> set[str]:
    """The words of what handlers of this file hand to ``function``."""
    found: set[str] = set()
    for each in at.interpreter.functions:
        if each is function or not at.answers(each):
            continue
        for call in own_calls(each.node.body):
            if dotted(call.func) == function.simple_name:
                found |= {token for given in call.args for node in descendants(given) for token in _tokens(node, at)}
    return found


def _recipes(library: str) -> tuple[Recipe, ...]:
    """The timeout that the project waits elsewhere, else one to think about."""
    known = Recipe(
        "add-argument", "wait no longer than", "unsafe", (("keyword", "timeout"), ("library", library)), wants="timeout"
    )
    guess = replace(known, title="wait no longer than 10 seconds", safety="suggested", wants="")
    guess = replace(guess, arguments=(("keyword", "timeout"), ("value", "10")))
    return (guess,) if library == "aiohttp" else (known, guess)  # which takes no number from its next version on


def _tokens(node: cst.CSTNode, at: At) -> tuple[str, ...]:
    """The words of a part of an address: of texts, also those that a name stands for, and of names."""
    if type(node) is cst.Name:
        text = at.text(node)
        return tokenise(node.value) + (tokenise(text[:200]) if text else ())
    if type(node) is cst.SimpleString:
        return tokenise(node.value[:200])
    return tokenise(node.value[:200]) if type(node) is cst.FormattedStringText else ()
