"""Words of the business in a test: which identifier asks about one, and which literal it is compared with."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst
from msgspec import Struct

from mldebt.syntax.children import descendants
from mldebt.syntax.names import dotted, string
from mldebt.traits.evaluate import Evaluator
from mldebt.vocabulary import Vocabulary, tokenise

SURE = 6  # the weight of a word that needs no neighbour

_PROPER = re.compile(r"^[A-Z][a-z]+\w*([ -]|$)")  # a name people gave: "Gold", "Great Britain"
_CODE = re.compile(r"^[A-Z]{2,5}$")  # EMEA, US
_SHORT = re.compile(r"^[a-z]{2}$")  # us, beside emea
_COUNTRYLIKE = frozenset({"region", "market"})
_STRING_METHODS = frozenset({"lower", "upper", "strip", "casefold", "title"})


class Asked(Struct, frozen=True):
    """``word`` is the identifier that is compared with ``value``, both as nodes; ``name`` its last name."""

    node: cst.BaseExpression
    word: cst.BaseExpression
    value: cst.BaseExpression
    name: str


class Domain:
    """Reads the tests of one file."""

    def __init__(self, evaluator: Evaluator, vocabulary: Vocabulary) -> None:
        self._evaluator = evaluator
        self._vocabulary = vocabulary

    def asked(self, test: cst.BaseExpression, around: str) -> Asked | None:
        """The first word of the business that ``test`` compares with strings written in the code;
        ``around`` is the symbol it stands in, whose words can give a word its business sense."""
        return next((found for part in _parts(test) for found in self._compared(part, around)), None)

    def subject(self, node: cst.BaseExpression, texts: list[str], around: str) -> str:
        """The last name of ``node`` when it is a word of the business beside these literals, else ""."""
        name = _called(self._plain(node))
        return name if name and self._is_domain(name, texts, node, around) else ""

    def _compared(self, part: cst.BaseExpression, around: str) -> Iterator[Asked]:
        if type(part) is not cst.Comparison or len(part.comparisons) != 1:
            return
        target = part.comparisons[0]
        if not isinstance(target.operator, (cst.Equal, cst.NotEqual, cst.In, cst.NotIn)):
            return
        sides = (part.left, target.comparator)
        for word, value in (sides, sides[::-1]):
            texts = self._texts(value)
            if texts and not self._texts(word):
                name = self.subject(word, texts, around)
                if name:
                    yield Asked(part, word, value, name)
            if isinstance(target.operator, (cst.In, cst.NotIn)):
                return  # "x" in country asks for a part of the text

    def _texts(self, node: cst.BaseExpression) -> list[str]:
        """The strings that ``node`` is or holds, as literals or by a name bound to some."""
        if isinstance(node, (cst.Tuple, cst.List, cst.Set)):
            return [text for each in node.elements for text in self._texts(each.value)]
        value = self._evaluator.value(node)
        if isinstance(value.constant, str) and value.constant:
            return [value.constant]
        return [each.constant for each in value.elements or () if isinstance(each.constant, str)]

    def _plain(self, node: cst.BaseExpression) -> cst.BaseExpression:
        """``row["country"]`` of ``row["country"].lower()`` and ``str(row["country"])``."""
        while type(node) is cst.Call:
            if type(node.func) is cst.Attribute and node.func.attr.value in _STRING_METHODS:
                node = node.func.value
            elif type(node.func) is cst.Name and node.func.value == "str" and node.args:
                node = node.args[0].value
            else:
                break
        return node

    def _is_domain(self, name: str, texts: list[str], node: cst.BaseExpression, around: str) -> bool:
        if all(text.strip().lower() in self._vocabulary.words("plain-literals") for text in texts):
            return False
        tokens = tokenise(name)
        joined = "_".join(tokens)
        stop = self._vocabulary.words("domain-stop-words")
        if not tokens or joined in stop or (len(tokens) > 1 and "_".join(tokens[-2:]) in stop) or name.isupper():
            return False
        found = self._vocabulary.found("domain-words", tokens)
        if not found or not joined.endswith(found[-1]):
            return False  # country_embedding is no country
        weights = self._vocabulary.weights("domain-words")
        if max(weights[word] for word in found) >= SURE:
            return True
        if any(_PROPER.match(text) for text in texts) or self._are_of_business(texts):
            return True
        if found[-1] in _COUNTRYLIKE and all(_CODE.match(text) for text in texts):
            return True
        beside = {*tokenise(around), *(token for each in _names(node) for token in tokenise(each))} - set(tokens)
        return bool(beside & self._vocabulary.words("domain-neighbours"))

    def _are_of_business(self, texts: list[str]) -> bool:
        """Are all the literals names of plans, customers or markets, or short codes beside such a name?"""
        known = self._vocabulary.words("plan-literals") | self._vocabulary.words("market-literals")
        said = [text.strip().lower() for text in texts]
        return any(text in known for text in said) and all(text in known or _SHORT.match(text) for text in said)


def _called(node: cst.BaseExpression) -> str:
    """What an operand is called: a name, attribute or string key; of ``x.get("plan")`` the key."""
    if type(node) is cst.Subscript:
        index = node.slice[0].slice if len(node.slice) == 1 else None
        key = string(index.value) if type(index) is cst.Index else None
        return key if key is not None and key.isidentifier() else ""
    if type(node) is cst.Call and type(node.func) is cst.Attribute and node.func.attr.value == "get" and node.args:
        key = string(node.args[0].value)
        return key if key is not None and key.isidentifier() else ""
    if isinstance(node, (cst.Name, cst.Attribute)):
        return dotted(node).rpartition(".")[2]
    return ""


def _names(node: cst.CSTNode) -> Iterator[str]:
    return (each.value for each in descendants(node) if type(each) is cst.Name)


def _parts(test: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    stack = [test]
    while stack:
        node = stack.pop()
        if type(node) is cst.BooleanOperation:
            stack.extend((node.right, node.left))
        elif type(node) is cst.UnaryOperation:
            stack.append(node.expression)
        else:
            yield node
