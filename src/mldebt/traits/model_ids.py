"""Ids of language models: which strings they are, and whether one is used as an id where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import libcst as cst

from mldebt.syntax.children import children
from mldebt.syntax.names import dotted, string
from mldebt.vocabulary import Vocabulary, tokenise

CATALOGUE = 8
"""Ids in one literal: a table of what there is, of which nothing says that it is called."""
MOST_PARTS = 2_000
_ABOUT = frozenset(
    {"encoding", "tokenizer", "tokenize", "tokens", "cost", "costs", "price", "prices", "print", "log", "info"}
)
"""Words of calls that ask something about a model and do not call it."""


def alias(text: str, vocabulary: Vocabulary, further: Sequence[str] = ()) -> str:
    """The moving id that a string is, without its provider, "" when it is none."""
    if len(text) > 80:
        return ""
    known: Mapping[str, object] = vocabulary.mapping("language-model-aliases")
    for separator in ("/", ":"):
        provider, _, rest = text.rpartition(separator)
        if provider and vocabulary.words("model-providers").issuperset(provider.split("/")):
            text = rest
    return text if text in known or text in further else ""


def is_used(node: cst.CSTNode, parents: Sequence[cst.CSTNode], vocabulary: Vocabulary) -> bool:
    """Is the string at ``node`` handed over, or kept, as the id of a model? Not where it is compared, is a
    choice among others, a key, or in a table of ids."""
    if _is_in_catalogue(parents, vocabulary):
        return False
    child: cst.CSTNode = node
    named = False
    for parent in reversed(parents):
        if type(parent) is cst.Arg:
            named = parent.keyword is not None and _names_model(parent.keyword.value, vocabulary)
            if (
                not named
                and parent.keyword is not None
                and parent.keyword.value not in ("default", "default_value", "value")
            ):
                return False
        elif type(parent) is cst.Call:
            if not _ABOUT.isdisjoint(tokenise(_called(parent))):
                return False
            first = string(parent.args[0].value) if parent.args else None
            if named or _names_model(_called(parent), vocabulary):
                return True
            if first is not None and first != string(node) and _names_model(first, vocabulary):
                return True
        elif type(parent) is cst.Param:
            return _names_model(parent.name.value, vocabulary)
        elif type(parent) is cst.DictElement:
            key = string(parent.key)
            return parent.value is child and key is not None and _names_model(key, vocabulary)
        elif isinstance(parent, (cst.Assign, cst.AnnAssign)):
            return any(_names_model(name, vocabulary) for name in _targets(parent))
        elif not isinstance(parent, (cst.BooleanOperation, cst.IfExp, cst.ParenthesizedWhitespace)) or _is_test(
            parent, child
        ):
            return False
        child = parent
    return False


def _is_test(parent: cst.CSTNode, child: cst.CSTNode) -> bool:
    return type(parent) is cst.IfExp and parent.test is child


def _names_model(name: str, vocabulary: Vocabulary) -> bool:
    return not vocabulary.words("model-id-names").isdisjoint(tokenise(name))


def _called(call: cst.Call) -> str:
    return dotted(call.func).rpartition(".")[2] or _last(call.func)


def _last(node: cst.CSTNode) -> str:
    return node.attr.value if type(node) is cst.Attribute else ""


def _targets(node: cst.Assign | cst.AnnAssign) -> Iterator[str]:
    for target in [each.target for each in node.targets] if isinstance(node, cst.Assign) else [node.target]:
        if type(target) is cst.Subscript:
            keys = [string(each.slice.value) for each in target.slice if type(each.slice) is cst.Index]
            yield from (key for key in keys if key is not None)
        else:
            yield dotted(target).rpartition(".")[2] or _last(target)


def _is_in_catalogue(parents: Sequence[cst.CSTNode], vocabulary: Vocabulary) -> bool:
    outer = next((each for each in parents if isinstance(each, (cst.Dict, cst.List, cst.Tuple, cst.Set))), None)
    if outer is None:
        return False
    known = vocabulary.mapping("language-model-aliases")
    dated = vocabulary.inverse("language-model-aliases")
    found, left = 0, MOST_PARTS
    queue: list[cst.CSTNode] = [outer]
    while queue and left and found < CATALOGUE:
        left -= 1
        node = queue.pop()
        if type(node) is cst.SimpleString:
            text = (string(node) or "").rpartition("/")[2]
            found += (
                text in known
                or text in dated
                or text.startswith(("gpt-", "claude-", "gemini-", "mistral-", "llama", "command-"))
            )
        else:
            queue.extend(children(node))
    return found >= CATALOGUE
