"""Comparisons that are written as text: ``"score > 0.8"`` in pandas, Spark and SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst
from msgspec import Struct

from mldebt.syntax.names import string

LONGEST_QUERY = 20_000  # characters of a text that are looked at

_NUMBER = r"(-?\d{1,12}(?:\.\d{1,12})?)"
_COLUMN = r"([A-Za-z_][\w.]{0,80})[`\"\]]?"
_COMPARED = re.compile(rf"(?<![\w.]){_COLUMN}\s{{0,8}}(<=|>=|<|>)\s{{0,8}}{_NUMBER}(?![\w.])")
_BETWEEN = re.compile(
    rf"(?<![\w.]){_COLUMN}\s{{1,8}}between\s{{1,8}}{_NUMBER}\s{{1,8}}and\s{{1,8}}{_NUMBER}", re.IGNORECASE
)
_SQL = re.compile(r"\b(?:select|delete|update)\b.{0,8000}?\b(?:where|having|when|on)\b", re.IGNORECASE | re.DOTALL)


class Bound(Struct, frozen=True):
    """``column`` is compared with the number that is written as ``text``."""

    column: str
    text: str
    value: float


def read_query(node: cst.CSTNode) -> str | None:
    """The text of a literal; of an f-string what is written in it, with a question mark for each value."""
    if type(node) is not cst.FormattedString:
        return string(node)
    return "".join(each.value if type(each) is cst.FormattedStringText else "?" for each in node.parts)


def is_sql(text: str) -> bool:
    """Does the text hold a statement with a condition?"""
    return _SQL.search(text[:LONGEST_QUERY]) is not None


def begins_sql(text: str) -> bool:
    """Is the text a statement from its first word on, and no prose that shows one?"""
    first = text[:LONGEST_QUERY].split(None, 1)[:1]
    return first != [] and first[0].lower() in {"select", "with", "delete", "update", "insert", "create", "merge"}


def bounds(text: str) -> Iterator[Bound]:
    """The comparisons of columns with literal numbers in a query, in order."""
    text = text[:LONGEST_QUERY]
    for found in _COMPARED.finditer(text):
        yield Bound(found[1].rpartition(".")[2], found[3], float(found[3]))
    for found in _BETWEEN.finditer(text):
        for number in (found[2], found[3]):
            yield Bound(found[1].rpartition(".")[2], number, float(number))
