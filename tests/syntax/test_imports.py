from __future__ import annotations

import libcst as cst
import pytest

from mldebt.syntax.imports import bindings


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("import a", [("a", "a")]),
        ("import a.b.c", [("a", "a")]),
        ("import a.b as c", [("c", "a.b")]),
        ("import a, b.c, d as e", [("a", "a"), ("b", "b"), ("e", "d")]),
        ("from a import b", [("b", "a.b")]),
        ("from a.b import c as d, e", [("d", "a.b.c"), ("e", "a.b.e")]),
        ("from . import a", [("a", ".a")]),
        ("from .. import a as b", [("b", "..a")]),
        ("from .a import b", [("b", ".a.b")]),
        ("from ...a.b import (c,)", [("c", "...a.b.c")]),
        ("from a import *", []),
        ("from . import *", []),
    ],
)
def test_an_import_binds_references(text: str, bound: list[tuple[str, str]]) -> None:
    statement = cst.parse_statement(text)
    assert isinstance(statement, cst.SimpleStatementLine)
    (node,) = statement.body
    assert isinstance(node, (cst.Import, cst.ImportFrom))
    assert list(bindings(node)) == bound
