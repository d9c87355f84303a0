"""What an ``except`` does with a failure: hands it on, tells somebody, or swallows it."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import libcst as cst

from mldebt.syntax.children import descendants
from mldebt.syntax.names import dotted, last_name
from mldebt.vocabulary import Vocabulary, tokenise

_BROAD = frozenset({"Exception", "BaseException", "builtins.Exception"})
_TELLING = frozenset({"error", "errors", "message", "detail", "status", "success", "ok", "reason", "exception"})
# What wraps an answer for the web.
_REPLIES = frozenset({"jsonify", "JSONResponse", "ORJSONResponse", "make_response"})
# What a handler may build to stand in for an answer: no other call is a way of carrying on unseen.
_EMPTY = frozenset(
    {"list", "dict", "set", "tuple", "str", "float", "int", "DataFrame", "Series", "zeros", "ones", "full", "empty",
     "array", "nan", "zeros_like", "ones_like", "defaultdict", "full_like", "Tensor", "tensor"}
)  # fmt: skip


@functools.lru_cache(maxsize=8)
def failures_of(vocabulary: Vocabulary) -> Failures:
    """The reader for ``vocabulary``, made once."""
    return Failures(vocabulary)


def is_broad(handler: cst.ExceptHandler) -> bool:
    """Does the handler catch whatever is raised?"""
    caught = handler.type
    if caught is None:
        return True
    if type(caught) is cst.Tuple:
        return any(dotted(each.value) in _BROAD for each in caught.elements)
    return dotted(caught) in _BROAD


class Failures:
    """Reads handlers by the vocabulary of reporting."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._calls = vocabulary.words("reporting-calls")
        self._receivers = vocabulary.words("reporting-receivers")

    def swallows(self, handler: cst.ExceptHandler) -> bool:
        """Does nothing in the handler's body hand the failure on, tell of it, or do the work another way?"""
        statements = _statements(handler.body)
        return bool(statements) and not _hands_on(handler) and all(self._passes_over(each) for each in statements)

    def invents(self, handler: cst.ExceptHandler) -> cst.BaseExpression | None:
        """The number or word that a handler which does tell of the failure returns as if it were the answer."""
        statements = _statements(handler.body)
        last = statements[-1] if statements else None
        if type(last) is not cst.Return or last.value is None or not _is_answer(last.value):
            return None
        told = all(
            type(each) is cst.Expr and type(each.value) is cst.Call and self.reports(each.value)
            for each in statements[:-1]
        )
        return last.value if told else None

    def reports(self, call: cst.Call) -> bool:
        """Does somebody learn of something by this call?"""
        func = call.func
        if last_name(func) in self._calls:
            return True
        if type(func) is not cst.Attribute:
            return False
        return any(token in self._receivers for part in dotted(func.value).split(".") for token in tokenise(part))

    @staticmethod
    def _passes_over(statement: cst.CSTNode) -> bool:
        """``pass``, ``continue``, ``return None``, ``rows = []``: nobody learns of anything."""
        if isinstance(statement, (cst.Pass, cst.Continue, cst.Break)):
            return True
        if type(statement) is cst.Expr:
            return isinstance(statement.value, (cst.Ellipsis, cst.BaseString)) or _adds_answer(statement.value)
        if type(statement) is cst.Return:
            return statement.value is None or (_is_plain(statement.value) and not _says_so(statement.value))
        if type(statement) is cst.Assign:
            return _is_plain(statement.value)
        return type(statement) is cst.AnnAssign and statement.value is not None and _is_plain(statement.value)


def _hands_on(handler: cst.ExceptHandler) -> bool:
    """Is what was caught, by its name, part of what the handler makes?"""
    caught = handler.name.name if handler.name is not None else None
    if type(caught) is not cst.Name:
        return False
    return any(type(each) is cst.Name and each.value == caught.value for each in descendants(handler.body))


def _statements(suite: cst.BaseSuite) -> Sequence[cst.CSTNode]:
    found: list[cst.CSTNode] = []
    for line in suite.body:
        found.extend(line.body if type(line) is cst.SimpleStatementLine else [line])
    return found


def _is_plain(node: cst.BaseExpression) -> bool:
    """A literal, a name, an empty container, a constructor of one, or a reply of these: no work is done for it."""
    if type(node) is cst.Call and last_name(node.func) in _REPLIES:
        return bool(node.args) and all(each.keyword is None and _is_plain(each.value) for each in node.args)
    for each in descendants(node):
        if type(each) is cst.Call and last_name(each.func) not in _EMPTY:
            return False
        if isinstance(each, (cst.Await, cst.Lambda, cst.GeneratorExp, cst.ListComp, cst.DictComp, cst.FormattedString)):
            return False
    return True


def _says_so(node: cst.BaseExpression) -> bool:
    """Does what is returned tell the caller: ``{"error": ...}``, ``"", 400``, ``(False, "no model")``?"""
    if type(node) is cst.Call:
        return any(_says_so(each.value) for each in node.args)
    if type(node) is cst.Dict:
        keys = (each.key for each in node.elements if type(each) is cst.DictElement)
        return any(type(key) is cst.SimpleString and key.value.strip("\"'").lower() in _TELLING for key in keys)
    if type(node) is cst.Tuple:
        parts = [each.value for each in node.elements]
        status = any(type(each) is cst.Integer and len(each.value) == 3 and each.value[0] in "45" for each in parts)
        return status or any(isinstance(each, (cst.Dict, cst.Call)) and _says_so(each) for each in parts)
    return type(node) is cst.SimpleString and bool({"error", "failed"} & set(tokenise(node.value)))


def _adds_answer(node: cst.BaseExpression) -> bool:
    """``scores.append(0.0)``: a number stands among the answers as if it were one."""
    if type(node) is not cst.Call or last_name(node.func) != "append" or len(node.args) != 1:
        return False
    given = node.args[0].value
    return type(given) is not cst.SimpleString and _is_answer(given)


def _is_answer(node: cst.BaseExpression) -> bool:
    """A number, or a word that is no empty text: what a caller takes for a prediction."""
    if isinstance(node, (cst.Integer, cst.Float)):
        return True
    if type(node) is cst.UnaryOperation:
        return isinstance(node.expression, (cst.Integer, cst.Float)) and type(node.operator) is not cst.Not
    return type(node) is cst.SimpleString and 2 < len(node.value) <= 40
