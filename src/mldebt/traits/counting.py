"""Does something count, log or limit what a call throws away?"""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from mldebt.syntax.children import descendants
from mldebt.syntax.names import dotted, last_name
from mldebt.vocabulary import tokenise

_LOGS = frozenset({"log", "logger", "logging", "warn", "warning", "warnings", "print", "metrics", "statsd", "echo"})
_COUNTS = frozenset({"isna", "isnull", "notna", "notnull", "count", "value_counts", "info", "describe"})
_NEAR = 4  # statements of a module around the call


def is_counted(node: cst.Call, function: cst.FunctionDef | None, parents: Sequence[cst.CSTNode]) -> bool:
    """Is the loss looked at: in the function, or, among a module's own statements, near the call?"""
    names = _names(node, parents)
    if function is not None:
        return any(_looks(each, names, anywhere=True) for each in descendants(function.body))
    return any(_looks(each, names, anywhere=False) for near in _nearby(parents) for each in descendants(near))


def _names(node: cst.Call, parents: Sequence[cst.CSTNode]) -> frozenset[str]:
    """What the data is called, before and after."""
    found = {_root(node)}
    for each in reversed(parents):
        if type(each) is cst.Assign:
            found |= {_root(target.target) for target in each.targets}
            break
    found |= {_root(each.value) for each in node.args}
    return frozenset(found - {"", "pd", "np", "pandas", "numpy"})


def _root(node: cst.CSTNode) -> str:
    while isinstance(node, (cst.Call, cst.Attribute, cst.Subscript)):
        node = node.func if isinstance(node, cst.Call) else node.value
    return node.value if type(node) is cst.Name else ""


def _nearby(parents: Sequence[cst.CSTNode]) -> list[cst.CSTNode]:
    module = next((each for each in parents if type(each) is cst.Module), None)
    if module is None or len(parents) < 2:
        return []
    position = next((number for number, each in enumerate(module.body) if each is parents[1]), 0)
    return list(module.body[max(0, position - _NEAR) : position + _NEAR + 1])


def _looks(node: cst.CSTNode, names: frozenset[str], anywhere: bool) -> bool:
    if isinstance(node, (cst.Assert, cst.Raise)):
        return True
    if type(node) is cst.Attribute and node.attr.value == "shape":
        return _root(node) in names
    if type(node) is cst.Assign and type(node.value) is cst.Attribute and node.value.attr.value == "index":
        return _root(node.value) in names  # which rows are left is kept, to put the others back
    if type(node) is not cst.Call:
        return False
    last = last_name(node.func)
    if last == "len" and node.args:
        return _root(node.args[0].value) in names
    if last in _COUNTS and type(node.func) is cst.Attribute:
        return anywhere or _root(node.func) in names
    if _LOGS & set(tokenise(dotted(node.func))):
        return anywhere or any(_root(each.value) in names for each in node.args)
    return False
