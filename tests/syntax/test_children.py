"""The children that are walked are libcst's own, without what prints blanks and punctuation."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import libcst as cst
import pytest
from hypothesis import HealthCheck, given, settings

from mldebt.syntax.children import LEAVES, children, descendants
from tests.programs import programs

FIXTURES = sorted(Path(__file__).parents[2].joinpath("fixtures").rglob("*.py"))

PUNCTUATION = (
    cst.BaseParenthesizableWhitespace, cst.TrailingWhitespace, cst.EmptyLine, cst.Newline, cst.Comment, cst.LeftParen,
    cst.RightParen, cst.LeftSquareBracket, cst.RightSquareBracket, cst.LeftCurlyBrace, cst.RightCurlyBrace, cst.Comma,
    cst.Semicolon, cst.AssignEqual, cst.Colon, cst.Asynchronous, cst.ParamSlash,
)  # fmt: skip


def compare(text: str) -> None:
    for node in descendants(cst.parse_module(text)):
        expected = [child for child in node.children if not isinstance(child, PUNCTUATION)]
        if isinstance(node, cst.Attribute):
            expected = [child for child in expected if child is not node.dot]
        if isinstance(node, cst.MatchOrElement):
            expected = [child for child in expected if child is not node.separator]
        found = children(node)
        assert {id(child) for child in found} == {id(child) for child in expected}, type(node).__name__
        assert len(found) == len(expected)
        assert not (found and type(node) in LEAVES)


@pytest.mark.parametrize("path", FIXTURES[::5], ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_nothing_that_means_something_is_left_out_of_a_fixture(path: Path) -> None:
    compare(path.read_text(encoding="utf-8"))


def test_nothing_that_means_something_is_left_out_of_the_standard_library() -> None:
    compare(inspect.getsource(ast)[:40_000].rpartition("\n\n\n")[0] + "\n")


@settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(programs)
def test_nothing_that_means_something_is_left_out_of_a_generated_program(text: str) -> None:
    compare(text)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("f(a, k=b)", "Call Name Arg Name Arg Name Name"),
        ("a + b", "BinaryOperation Name Add Name"),
        ("x[1:, y]", "Subscript Name SubscriptElement Slice Integer SubscriptElement Index Name"),
        ("lambda a, *b, c=1, **d: e", "Lambda Parameters Param Name Param Name Param Name Integer Param Name Name"),
        ("f'{a:{b}}'", "FormattedString FormattedStringExpression Name FormattedStringExpression Name"),
    ],
)
def test_descendants_come_in_order(text: str, kinds: str) -> None:
    assert [type(node).__name__ for node in descendants(cst.parse_expression(text))] == kinds.split()
