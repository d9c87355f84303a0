"""ENV004: behaviour depends on the host's name, the user, or a path that one platform only has."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.syntax.names import dotted
from mldebt.traits.questions import DECIDING
from mldebt.traits.values import Trait
from mldebt.vocabulary import tokenise

_EXISTS = frozenset({"os.path.exists", "os.path.isdir", "os.path.isfile", "exists", "is_dir", "is_file"})
_ORDERINGS = frozenset({cst.LessThan, cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual})
_METHODS = frozenset({"startswith", "endswith"})


class HostOrUserBranch(Rule):
    @on(*DECIDING)
    def branch(self, node: cst.CSTNode, at: At) -> Iterator[Hit]:
        for question in at.questions(node):
            if (
                _asks_host(at, question)
                or _asks_path(at, question, node)
                or _asks_platform(at, question)
                or _is_platform(at, question)
                or _asks_hosting(at, question)
            ):
                yield Hit(question, {"test": question})
                return

    @on(cst.Match)
    def match(self, node: cst.Match, at: At) -> Iterator[Hit]:
        patterns = (case.pattern for case in node.cases)
        if any(type(each) is cst.MatchValue for each in patterns) and _is_host(at, node.subject):
            yield Hit(node.subject, {"test": node.subject})


def _asks_host(at: At, question: cst.BaseExpression) -> bool:
    """Is the name of the machine or user compared with something written here?"""
    if type(question) is cst.Comparison and len(question.comparisons) == 1:
        left, right = question.left, question.comparisons[0].comparator
        return (_is_host(at, left) and _is_text(at, right)) or (_is_host(at, right) and _is_text(at, left))
    if type(question) is cst.Call and type(question.func) is cst.Attribute:
        return question.func.attr.value in _METHODS and _is_host(at, question.func.value)
    return False


def _is_host(at: At, node: cst.BaseExpression) -> bool:
    value = at.value(node)
    read = value.traits.get(Trait.VARIABLE)
    if read is not None and read.detail in at.vocabulary.words("host-variables"):
        return True
    called = value.reference.partition("(")[0]
    return bool(called) and "(" in value.reference and called in at.vocabulary.words("host-apis")


def _is_text(at: At, node: cst.BaseExpression) -> bool:
    value = at.value(node)
    if value.elements:
        return any(isinstance(each.constant, str) for each in value.elements)
    return isinstance(value.constant, str) and bool(value.constant)


def _asks_path(at: At, question: cst.BaseExpression, node: cst.CSTNode) -> bool:
    """Does another path stand ready for where one platform's folder is missing?"""
    if type(question) is not cst.Call or not isinstance(question.func, (cst.Attribute, cst.Name)):
        return False
    if type(node) is cst.Assert or (type(node) is cst.If and _only_stops(node)):
        return False
    name = at.reference(question.func) or dotted(question.func)
    if name not in _EXISTS and not (type(question.func) is cst.Attribute and question.func.attr.value in _EXISTS):
        return False
    asked: cst.BaseExpression | None = question.args[0].value if question.args else None
    if asked is None and type(question.func) is cst.Attribute and type(question.func.value) is cst.Call:
        made = question.func.value
        asked = made.args[0].value if made.args and dotted(made.func).rpartition(".")[2] == "Path" else None
    text = at.text(asked) if asked is not None else None
    return text is not None and any(
        text == prefix.rstrip("/") or text.startswith(f"{prefix.rstrip('/')}/")
        for prefix in at.vocabulary.words("machine-path-prefixes")
    )


def _only_stops(node: cst.If) -> bool:
    """Is the file only missed, and nothing else taken in its place?"""
    last = node.body.body[-1] if node.body.body else None
    return node.orelse is None and type(last) is cst.SimpleStatementLine and type(last.body[-1]) is cst.Raise


def _is_platform(at: At, question: cst.BaseExpression) -> bool:
    """``if IN_COLAB:``, whatever it was found out by."""
    asked = question.func if type(question) is cst.Call and not question.args else question
    return "_".join(tokenise(dotted(asked).rpartition(".")[2])) in at.vocabulary.words("hosting-switches")


def _asks_hosting(at: At, question: cst.BaseExpression) -> bool:
    """``if "AWS_LAMBDA_FUNCTION_NAME" in os.environ``, or a boolean that was made of it."""
    if type(question) is cst.Comparison and type(question.comparisons[0].operator) in _ORDERINGS:
        return False  # which release of the platform it is says what it can do
    read = at.value(question).traits.get(Trait.VARIABLE)
    return read is not None and read.detail in at.vocabulary.words("hosting-variables")


def _asks_platform(at: At, question: cst.BaseExpression) -> bool:
    """``"google.colab" in sys.modules``: the same question by another name."""
    if type(question) is not cst.Comparison or len(question.comparisons) != 1:
        return False
    target = question.comparisons[0]
    if not isinstance(target.operator, (cst.In, cst.NotIn)):
        return False
    if at.reference(target.comparator) not in {"sys.modules", "str(get_ipython())"}:
        return False
    return at.text(question.left) in at.vocabulary.words("hosting-modules")
