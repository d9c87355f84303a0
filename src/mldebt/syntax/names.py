"""Reading small things off nodes: dotted names, literal numbers and strings, call arguments."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

import libcst as cst

LONGEST_STRING = 20_000  # characters of a literal that is read


def dotted(node: cst.CSTNode) -> str:
    """``a.b.c`` for a name or attribute chain as written, "" for anything else."""
    # Types are compared here and below: isinstance of an abstract base class is slow where the answer is mostly no.
    if type(node) is cst.Name:
        return node.value
    parts: list[str] = []
    while type(node) is cst.Attribute:
        parts.append(node.attr.value)
        node = node.value
    if type(node) is not cst.Name:
        return ""
    parts.append(node.value)
    return ".".join(reversed(parts))


def last_name(node: cst.CSTNode) -> str:
    """``c`` of ``a.b.c``, ``a.b[0].c``, ``c()`` and ``a["c"]``; "" for anything else."""
    return _last(node, keys=True)


def called_name(node: cst.CSTNode) -> str:
    """``c`` of ``a.b.c``, ``c()`` and ``c["key"]``, whatever the key is; "" for anything else."""
    return _last(node, keys=False)


def _last(node: cst.CSTNode, *, keys: bool) -> str:
    """The last name; with ``keys`` a text in brackets is one."""
    while True:
        kind = type(node)
        if kind is cst.Name:
            return node.value  # type: ignore[attr-defined,no-any-return]  # a name's
        if kind is cst.Attribute:
            return node.attr.value  # type: ignore[attr-defined,no-any-return]  # an attribute's
        if type(node) is cst.Call:
            node = node.func
        elif type(node) is cst.Subscript:
            index = node.slice[0].slice
            if keys and len(node.slice) == 1 and type(index) is cst.Index:
                key = string(index.value)
                if key is not None:
                    return key
            node = node.value
        else:
            return ""


def number(node: cst.CSTNode) -> int | float | None:
    """The value of a literal number with an optional sign, ``None`` for anything else."""
    if type(node) is cst.UnaryOperation and isinstance(node.operator, (cst.Minus, cst.Plus)):
        value = number(node.expression)
        return value if value is None or type(node.operator) is cst.Plus else -value
    if type(node) is cst.Integer:
        # Beyond what any threshold is; int() of a hostile 10 MB literal takes quadratic time.
        return int(node.value.replace("_", ""), 0) if len(node.value) <= 40 and not _is_octal_zero(node.value) else 0
    if type(node) is cst.Float and len(node.value) <= 80:
        return float(node.value.replace("_", ""))
    return None


def _is_octal_zero(text: str) -> bool:
    return len(text) > 1 and text[0] == "0" and set(text) <= {"0", "_"}


def string(node: cst.CSTNode) -> str | None:
    """The value of a string literal (also implicitly joined), ``None`` for anything else and for f-strings."""
    if type(node) is not cst.ConcatenatedString:
        return _simple_string(node)
    parts: list[str] = []
    while type(node) is cst.ConcatenatedString:
        part = _simple_string(node.left)
        if part is None:
            return None
        parts.append(part)
        node = node.right
    last = _simple_string(node)
    return None if last is None else "".join([*parts, last])


def _simple_string(node: cst.CSTNode) -> str | None:
    if type(node) is not cst.SimpleString or len(node.value) > LONGEST_STRING:
        return None
    if node.value[0] in "\"'" and "\\" not in node.value and "\r" not in node.value:
        quotes = 3 if node.value.startswith(('"""', "'''")) else 1  # nothing is to be interpreted
        return node.value[quotes:-quotes]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an unknown escape of the scanned code is not ours to print
            value = ast.literal_eval(node.value)
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, str) else None


def keyword(call: cst.Call, name: str) -> cst.Arg | None:
    """The argument of ``call`` that is passed by keyword ``name``."""
    for argument in call.args:
        if argument.keyword is not None and argument.keyword.value == name:
            return argument
    return None


def argument(call: cst.Call, position: int, name: str = "") -> cst.BaseExpression | None:
    """The value of the argument at ``position`` (from 0) or of keyword ``name``; ``None`` when absent or starred."""
    if name:
        found = keyword(call, name)
        if found is not None:
            return found.value
    if position >= 0:
        for index, each in enumerate(call.args):
            if each.star or each.keyword is not None:
                return None
            if index == position:
                return each.value
    return None


def target_names(target: cst.CSTNode) -> Iterator[str]:
    """The plain names that an assignment target binds."""
    if type(target) is cst.Name:
        yield target.value
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from target_names(element.value)
    elif type(target) is cst.StarredElement:
        yield from target_names(target.value)
