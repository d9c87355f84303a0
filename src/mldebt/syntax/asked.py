"""What is asked of a node before a listener is told of it: a glance at the types of its parts.

Each may say yes where the listener finds nothing, and never no where it would find something.
"""

from __future__ import annotations

import libcst as cst

_NUMBERS = frozenset({cst.Integer, cst.Float, cst.UnaryOperation})
_HOLDING_NUMBERS = _NUMBERS | {cst.Dict}
_TESTS = frozenset({cst.Comparison, cst.BooleanOperation})


def gives_number(node: cst.Call) -> bool:
    """Is a literal number among the arguments, or a dictionary that may hold some?"""
    return not _HOLDING_NUMBERS.isdisjoint([type(each.value) for each in node.args])


def gives_by_name(node: cst.Call) -> bool:
    """Is something passed by keyword?"""
    return any([each.keyword is not None for each in node.args])  # noqa: C419  # mostly there are few, or none


def binds_number(node: cst.Assign | cst.AnnAssign) -> bool:
    """Is it a literal number that is bound?"""
    return type(node.value) in _NUMBERS


def defaults_to_number(node: cst.Param) -> bool:
    """Has the parameter a literal number as its default?"""
    return type(node.default) in _NUMBERS


def holds_test(node: cst.Assign | cst.Return | cst.DictElement | cst.Arg) -> bool:
    """Is what is bound or given a comparison, or several?"""
    value = node.value
    return type(value) in _TESTS or (type(value) is cst.Call and is_truth(value))


def names_test(node: cst.Arg) -> bool:
    """Is a comparison handed over by a name?"""
    return node.keyword is not None and holds_test(node)


def is_truth(node: cst.Call) -> bool:
    """Is it ``bool(...)``? NumPy's truth is none for JSON."""
    return type(node.func) is cst.Name and node.func.value == "bool" and len(node.args) == 1


def is_keyed(node: cst.Subscript) -> bool:
    """Is one thing taken by a key that is written there as a string?"""
    index = node.slice[0].slice
    return type(index) is cst.Index and type(index.value) in _STRINGS


_STRINGS = frozenset({cst.SimpleString, cst.ConcatenatedString})
