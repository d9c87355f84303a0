"""Tests: which functions they are, and whether they try more than what goes well."""

from __future__ import annotations

from collections.abc import Iterable

import libcst as cst

from mldebt.syntax.children import branches, calls, descendants
from mldebt.syntax.names import argument, dotted, last_name, number, string
from mldebt.vocabulary import Vocabulary, tokenise

_RAISES = frozenset({"raises", "assertRaises", "assertRaisesRegex", "given", "fuzz", "xfail_if"})
_ODD = frozenset({"nan", "NaN", "inf", "NaT", "NA", "None"})
_EMPTY_FRAMES = frozenset({"DataFrame", "Series", "array", "zeros", "empty", "tensor", "list", "dict", "set"})
# Of these only the unconditional count: ``skipif`` says where a test runs.
_SKIPS = frozenset({"skip", "xfail", "expectedFailure"})
_HANDING = frozenset({cst.Arg, cst.Element, cst.DictElement, cst.Assign})
SENT = frozenset({"post", "get", "put", "invoke", "simulate_post"})
"""What tests send requests to an application by."""
MAX_CALLS = 80  # last names kept of one test


def is_trial(name: str, klass: str) -> bool:
    """Is a function of this name, in a class of that, one that a test runner runs?"""
    return name.startswith("test") and len(name) > 4 and (not name[4].islower() or not klass.startswith("Test"))


def tries_edges(function: cst.FunctionDef, vocabulary: Vocabulary) -> bool:
    """Does the test, with its decorators, hand over what is missing, empty or of the wrong kind, or expect
    a refusal?"""
    words = vocabulary.words("edge-words")
    if set(tokenise(function.name.value)[1:]) & words:
        return True
    for part in (*function.decorators, function.body):
        for node in branches(part):
            kind = type(node)
            if kind is cst.Call and _is_edge_call(node):  # type: ignore[arg-type]  # a call
                return True
            if kind is cst.Comparison and _is_refusal(node):  # type: ignore[arg-type]  # a comparison
                return True
            if kind in _HANDING and _is_odd(node.value):  # type: ignore[attr-defined]  # all of them have one
                return True
    return any(  # the name of a set of parameters
        type(node) is cst.SimpleString and not words.isdisjoint(tokenise(node.value))
        for decorator in function.decorators
        for node in descendants(decorator)
    )


def _is_refusal(node: cst.Comparison) -> bool:
    """``response.status_code == 422``"""
    code = number(node.comparisons[0].comparator)
    return last_name(node.left) in {"status_code", "status"} and code is not None and 400 <= code < 500


def _is_edge_call(node: cst.Call) -> bool:
    name = last_name(node.func)
    if name in _RAISES:
        return True
    return name in _EMPTY_FRAMES and (not node.args or _is_odd(node.args[0].value))


def _is_odd(node: cst.BaseExpression) -> bool:
    """``None``, ``np.nan``, ``float("nan")``, ``""``, ``[]``, ``{}``."""
    kind = type(node)
    if kind is cst.Name or kind is cst.Attribute:
        return dotted(node).rpartition(".")[2] in _ODD
    if type(node) is cst.SimpleString:
        return node.value.strip("\"'") == ""
    if isinstance(node, (cst.List, cst.Dict, cst.Tuple)):
        return not node.elements
    if type(node) is cst.Call and last_name(node.func) == "float" and node.args:
        return type(node.args[0].value) is cst.SimpleString
    return False


def requested(function: cst.FunctionDef) -> tuple[str, ...]:
    """The addresses that the test sends requests to, as far as they are written out."""
    found: dict[str, None] = {}
    for node in calls(function.body):
        given = argument(node, 0, "url") if last_name(node.func) in SENT and len(found) < MAX_CALLS else None
        address = string(given) if given is not None else None
        if address is not None and "/" in address:
            found.setdefault(address.partition("?")[0])
    return tuple(found)


def called_names(function: cst.FunctionDef) -> tuple[str, ...]:
    """The last names of what the test calls, each once."""
    found: dict[str, None] = {}
    for node in calls(function.body):
        if len(found) < MAX_CALLS:
            name = last_name(node.func)
            if name:
                found.setdefault(name)
    return tuple(found)


def is_skipped(marks: Iterable[cst.BaseExpression], function: cst.FunctionDef) -> bool:
    """Is the test marked, or does it begin by saying, that it does not run or is to fail?"""
    if any(last_name(each) in _SKIPS and not _is_conditional(each) for each in marks):
        return True
    first = next((each for each in function.body.body if not _is_docstring(each)), None)
    small = first.body[0] if type(first) is cst.SimpleStatementLine else None
    return type(small) is cst.Expr and type(small.value) is cst.Call and (
        dotted(small.value.func) in {"pytest.skip", "self.skipTest"}
    )  # fmt: skip


def marks_of(
    function: cst.FunctionDef, klass: cst.ClassDef | None, module: cst.Module | None
) -> list[cst.BaseExpression]:
    """The decorators of a test and of its class, and the marks that its module gives all of its tests."""
    found = [each.decorator for each in (*function.decorators, *(klass.decorators if klass is not None else ()))]
    for line in module.body if module is not None else ():
        small = line.body[0] if type(line) is cst.SimpleStatementLine else None
        if type(small) is cst.Assign and dotted(small.targets[0].target) == "pytestmark":
            given = small.value
            found += [each.value for each in given.elements] if isinstance(given, (cst.List, cst.Tuple)) else [given]
    return found


def mark_names(marks: Iterable[cst.BaseExpression]) -> tuple[str, ...]:
    """``slow`` of ``pytest.mark.slow``."""
    written = (dotted(each.func if type(each) is cst.Call else each) for each in marks)
    return tuple(each.removeprefix("pytest.mark.") for each in written if each.startswith("pytest.mark."))


def _is_conditional(mark: cst.BaseExpression) -> bool:
    """``xfail(sys.platform == "win32", ...)``"""
    return type(mark) is cst.Call and any(
        (each.keyword is None or each.keyword.value == "condition") and not isinstance(each.value, cst.BaseString)
        for each in mark.args
    )


def _is_docstring(node: cst.CSTNode) -> bool:
    small = node.body[0] if type(node) is cst.SimpleStatementLine else None
    return type(small) is cst.Expr and isinstance(small.value, cst.BaseString)
