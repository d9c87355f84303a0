"""What a branch decides about somebody: approved, rejected, sent to review.

A verdict is an outcome of the business, given as a string, a constant or enum member, a boolean
under a name that says so, a call or an exception that is named after it. Class labels ("cat") and
log messages are none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import libcst as cst
from msgspec import Struct

from mldebt.syntax.names import dotted, string
from mldebt.vocabulary import Vocabulary, tokenise

MAX_WORDS = 5  # a longer string is a sentence to a person, not a verdict

_ASKING = frozenset({"is", "should", "can", "must", "may", "shall"})
_COLLECTING = frozenset({"append", "add", "put"})


class Verdict(Struct, frozen=True):
    """An outcome and where it stands. ``words`` are the outcome words in it; ``name`` is what a boolean
    verdict is called, "" when the node says it itself."""

    node: cst.CSTNode
    words: tuple[str, ...]
    name: str = ""


class Verdicts:
    """Reads verdicts by the vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def given(self, node: cst.BaseExpression | None, *, target: str = "") -> Verdict | None:
        """The verdict that the expression ``node`` is, holds as a part, or is when bound to ``target``."""
        if node is None:
            return None
        text = _text(node)
        if text is not None:
            return self._said(node, text)
        if isinstance(node, (cst.Name, cst.Attribute)):
            return self._named(node, target)
        if type(node) is cst.IfExp:
            return self.given(node.body, target=target) or self.given(node.orelse, target=target)
        return next(filter(None, (self.given(part, target=name) for part, name in _parts(node))), None)

    def of_suite(self, suite: cst.BaseSuite) -> Verdict | None:
        """The verdict that the statements directly in ``suite`` give."""
        return next(filter(None, map(self._of_statement, _small_statements(suite))), None)

    def of_target(self, target: cst.CSTNode) -> Verdict | None:
        """The verdict that a boolean bound to ``target`` is: ``approved``, ``self.is_blocked``, ``row["flagged"]``."""
        return self._called(target, _last(target), "verdict-names")

    def of_key(self, key: cst.BaseExpression) -> Verdict | None:
        """The verdict that a boolean under the key ``key`` of a dict is."""
        return self._called(key, string(key) or "", "verdict-names")

    def of_function(self, name: cst.Name) -> Verdict | None:
        """The verdict that a function of that name answers: ``is_eligible``, ``should_approve``, ``approve``."""
        tokens = tokenise(name.value)
        if not tokens or len(tokens) > MAX_WORDS:
            return None
        asked = tokens[1:] if len(tokens) > 1 and tokens[0] in _ASKING else tokens
        return self._found(name, asked, "verdict-names") or self._found(name, asked[:1], "verdict-verbs")

    def _of_statement(self, statement: cst.CSTNode) -> Verdict | None:
        if type(statement) is cst.Return:
            return self.given(statement.value)
        if type(statement) is cst.Assign:
            name = _last(statement.targets[0].target)
            return self.given(statement.value, target=name)
        if type(statement) is cst.AnnAssign:
            return self.given(statement.value, target=_last(statement.target))
        if type(statement) is cst.Raise and statement.exc is not None:
            raised = statement.exc.func if type(statement.exc) is cst.Call else statement.exc
            return self._called(raised, _last(raised), "verdict-names")
        if type(statement) is cst.Expr and type(statement.value) is cst.Call:
            return self._done(statement.value)
        return None

    def _done(self, call: cst.Call) -> Verdict | None:
        """``block_account(user)``, ``queue.append("review")``."""
        name = _last(call.func)
        if name in _COLLECTING:
            return self.given(call)
        return self._called(call.func, name, "verdict-verbs", first=True)

    def _said(self, node: cst.BaseExpression, text: str) -> Verdict | None:
        tokens = tokenise(text[:80])
        if not tokens or len(tokens) > MAX_WORDS or len(text) > 60 or "/" in text:
            return None
        return self._found(node, tokens, "outcome-words")

    def _named(self, node: cst.Name | cst.Attribute, target: str) -> Verdict | None:
        name = _last(node)
        if name in {"True", "False"}:
            found = self._called(node, target, "verdict-names")
            return found and Verdict(node, found.words, f"{target} = {name}")
        owner = _last(node.value) if type(node) is cst.Attribute else ""
        if name.isupper() or owner[:1].isupper():  # a constant, or a member of an enum
            return self._called(node, name, "outcome-words")
        return None

    def _called(self, node: cst.CSTNode, name: str, words: str, *, first: bool = False) -> Verdict | None:
        tokens = tokenise(name)
        if not tokens or len(tokens) > MAX_WORDS:
            return None
        return self._found(node, tokens[:1] if first and len(tokens) > 1 else tokens, words)

    def _found(self, node: cst.CSTNode, tokens: tuple[str, ...], words: str) -> Verdict | None:
        if self._vocabulary.found("outcome-stop-words", tokens):
            return None
        found = self._vocabulary.found(words, tokens)
        return Verdict(node, found) if found else None


def _parts(node: cst.BaseExpression) -> Iterator[tuple[cst.BaseExpression, str]]:
    """What is handed on inside a dict, a tuple, or the object that is built, with the name it goes by."""
    if type(node) is cst.Dict:
        for pair in node.elements:
            if type(pair) is cst.DictElement:
                yield pair.value, string(pair.key) or ""
    elif isinstance(node, (cst.Tuple, cst.List)):
        for element in node.elements:
            yield element.value, ""
    elif type(node) is cst.Call:
        for argument in node.args:
            if isinstance(argument.value, (cst.Call, cst.List)):
                continue  # one level: further down it is data
            yield argument.value, argument.keyword.value if argument.keyword is not None else ""


def _small_statements(suite: cst.BaseSuite) -> Iterator[cst.CSTNode]:
    body: Iterable[cst.CSTNode] = suite.body
    for statement in body:
        if type(statement) is cst.SimpleStatementLine:
            yield from statement.body
        elif isinstance(statement, cst.BaseSmallStatement):
            yield statement


def _text(node: cst.BaseExpression) -> str | None:
    """A string, or how an f-string begins."""
    if type(node) is cst.FormattedString:
        first = node.parts[0] if node.parts else None
        return first.value if type(first) is cst.FormattedStringText else None
    return string(node)


def _last(node: cst.CSTNode) -> str:
    """The last name of a target or callee; the key of a string subscript."""
    if type(node) is cst.Subscript:
        index = node.slice[0].slice if len(node.slice) == 1 else None
        key = string(index.value) if type(index) is cst.Index else None
        return key if key is not None else _last(node.value)
    if type(node) is cst.Name:
        return node.value
    return node.attr.value if type(node) is cst.Attribute else dotted(node)
