"""Calls that change the world: what they reach, and whether the model itself is at the other end."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

import libcst as cst
from msgspec import Struct

from mldebt.syntax.children import children, descendants
from mldebt.syntax.names import argument, called_name, string, target_names
from mldebt.vocabulary import Vocabulary, tokenise


class Effect(Struct, frozen=True):
    """``kind`` is what is reached: "http", "message", "payment", "sql", "orm", "queue", "cache", "file"; ``writes``:
    it leaves something behind there."""

    kind: str
    writes: bool


@functools.lru_cache(maxsize=8)
def effects_of(vocabulary: Vocabulary) -> Effects:
    """The reader of effects for ``vocabulary``, made once."""
    return Effects(vocabulary)


class Effects:
    """Reads the effects of calls by the vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._methods: dict[str, str] = {}
        self._pairs: dict[tuple[str, str], str] = {}
        self._prefixes: dict[str, str] = {}
        for kind, entries in vocabulary.mapping("side-effect-apis").items():
            self._prefixes.update(dict.fromkeys(entries, kind))
        for kind, entries in vocabulary.mapping("side-effect-methods").items():
            for entry in entries:
                receiver, _, method = entry.rpartition(".")
                if receiver:
                    self._pairs[receiver, method] = kind
                else:
                    self._methods[method] = kind

    def read(self, call: cst.Call, reference_of: Callable[[cst.CSTNode], str]) -> Effect | None:
        """What ``call`` reaches; ``reference_of`` resolves names (see ``terms.Carries``)."""
        name = called_name(call.func)
        if not name:
            return None
        kind = self._known(call.func, name, reference_of) or ("file" if _opens_to_write(call, name) else None)
        if kind is None and _manager(call.func):
            kind = "orm"
        if kind is None:
            return None
        writing = name in self._vocabulary.words("side-effect-writes") or kind in {
            "message",
            "payment",
            "queue",
            "cache",
            "file",
        }
        return Effect(kind, writing or (kind == "http" and name in {"post", "put", "patch", "delete"}))

    def _known(self, func: cst.BaseExpression, name: str, reference_of: Callable[[cst.CSTNode], str]) -> str | None:
        if type(func) is cst.Attribute:
            receiver = tokenise(called_name(func.value))
            kind = self._pairs.get((receiver[-1], name)) if receiver else None
            if kind is None and name in self._methods:
                kind = self._methods[name]
            if kind is not None:
                return kind
        parts = reference_of(func).split(".")
        if len(parts) == 1 or parts[-1][:1].isupper():
            return None  # a client is made, nothing is sent yet
        if any(part.endswith("()") and not part[:1].isupper() for part in parts):
            return None  # a method of what the call gave: response.json()
        bare = [part.removesuffix("()") for part in parts]
        kinds = (self._prefixes.get(".".join(bare[:size])) for size in range(len(bare), 0, -1))
        return next(filter(None, kinds), None) or self._methods.get(parts[-1])

    def fetches_artefact(self, call: cst.Call) -> bool:
        """Do the arguments say that the call gets the model, its weights, or what is to be predicted on?"""
        tokens: set[str] = set()
        for given in call.args:
            for node in descendants(given.value):
                if type(node) is cst.Name:
                    tokens.update(tokenise(node.value))
        return bool(tokens & self._vocabulary.words("artefact-words"))

    def is_remote(self, *names: str) -> bool:
        """Does one of these names say that the model runs elsewhere?"""
        words = self._vocabulary.words("remote-inference")
        return any(token in words for name in names for token in tokenise(name))


def _opens_to_write(call: cst.Call, name: str) -> bool:
    mode = argument(call, 1, "mode") if name == "open" else None
    text = string(mode) if mode is not None else None
    return text is not None and text[:1] in {"w", "a", "x"}


def answers(call: cst.Call, function: cst.FunctionDef, parents: Sequence[cst.CSTNode]) -> bool:
    """Is what the call gives what the function returns? Then the call is the prediction."""
    held: set[str] = set()
    for parent in reversed(parents):
        if isinstance(parent, (cst.Return, cst.Yield)):
            return True
        if type(parent) is cst.Assign:
            held.update(name for each in parent.targets for name in target_names(each.target))
            break
        if type(parent) is cst.With:
            items = parent.items
            held.update(name for each in items if each.asname for name in target_names(each.asname.name))
            break
        if isinstance(parent, (cst.SimpleStatementLine, cst.IndentedBlock)):
            break
    return bool(held) and _returned(function, held)


def _returned(function: cst.FunctionDef, held: set[str]) -> bool:
    """Is one of the names ``held``, or what is made from them, in a ``return``?"""
    nodes = list(descendants(function.body))
    for _ in range(3):  # response -> body -> answer
        for node in nodes:
            if isinstance(node, (cst.Assign, cst.AnnAssign)) and node.value is not None and _mentions(node.value, held):
                targets = [each.target for each in node.targets] if isinstance(node, cst.Assign) else [node.target]
                held.update(name for each in targets for name in target_names(each))
            elif type(node) is cst.For and _mentions(node.iter, held):
                held.update(target_names(node.target))
    return any(type(node) is cst.Return and node.value is not None and _mentions(node.value, held) for node in nodes)


def _mentions(node: cst.CSTNode, names: set[str]) -> bool:
    """Is one of ``names`` part of what ``node`` comes to, not only of a condition in it?"""
    stack = [node]
    while stack:
        current = stack.pop()
        if type(current) is cst.Name and current.value in names:
            return True
        if not isinstance(current, (cst.CompIf, cst.Comparison)):
            stack.extend(children(current))
    return False


def _manager(func: cst.CSTNode) -> bool:
    """``Document.objects.filter``: a query through a manager of the application's own records."""
    while True:
        if type(func) is cst.Call:
            func = func.func
            continue
        if type(func) is not cst.Attribute:
            return False
        inner = func.value
        if type(inner) is cst.Attribute and inner.attr.value == "objects" and called_name(inner.value)[:1].isupper():
            return True
        func = inner
