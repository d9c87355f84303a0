from __future__ import annotations

import time
import warnings

import libcst as cst
import pytest

from mldebt.syntax.names import LONGEST_STRING, argument, dotted, keyword, number, string, target_names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a", "a"),
        ("a.b.c", "a.b.c"),
        ("(a).b", "a.b"),
        ("a().b", ""),
        ("a[0].b", ""),
        ("'a'.b", ""),
        ("a + b", ""),
        ("été.ñ", "été.ñ"),
        ("a" + ".b" * 1_000, "a" + ".b" * 1_000),
    ],
)
def test_a_chain_of_names_is_dotted(text: str, name: str) -> None:
    assert dotted(cst.parse_expression(text)) == name


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("-1", -1),
        ("+1", 1),
        ("--1", 1),
        ("0.5", 0.5),
        ("-.5", -0.5),
        ("1e-3", 0.001),
        ("1_000", 1000),
        ("0x1F", 31),
        ("0b11", 3),
        ("0o17", 15),
        ("00", 0),
        ("0_0", 0),
        ("~1", None),
        ("not 1", None),
        ("1j", None),
        ("True", None),
        ("'1'", None),
        ("1 + 1", None),
        ("a", None),
        ("-a", None),
    ],
)
def test_a_literal_number_has_a_value(text: str, value: float | None) -> None:
    found = number(cst.parse_expression(text))
    assert found == value
    assert type(found) is type(value)


def test_a_number_of_a_megabyte_is_not_computed() -> None:
    began = time.process_time()
    assert number(cst.Integer("9" * 1_000_000)) == 0
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'a'", "a"),
        ('"a"', "a"),
        ("''", ""),
        ("'''a\n'b'\n'''", "a\n'b'\n"),
        ('""""a"""', '"a'),
        ('""""""', ""),
        (r"'a\n\x41'", "a\nA"),
        (r"r'a\n'", r"a\n"),
        ("u'a'", "a"),
        ("R'a'", "a"),
        ("'a' 'b'", "ab"),
        ("'a' \"b\" '''c'''", "abc"),
        ("'''a\r\nb'''", "a\nb"),
        ("b'a' b'b'", None),
        ("b'a'", None),
        ("f'a'", None),
        ("'a' f'{b}' 'c'", None),
        ("'a' 'b' f'c'", None),
        (r"'\N{no such name}'", None),
        ("'" + "a" * LONGEST_STRING + "'", None),
        ("1", None),
        ("a", None),
    ],
)
def test_a_literal_string_has_a_value(text: str, value: str | None) -> None:
    assert string(cst.parse_expression(f"({text})")) == value


def test_a_wrong_escape_in_the_scanned_code_is_not_warned_of() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert string(cst.parse_expression(r"'\d'")) == r"\d"


def test_many_joined_strings_are_read_at_once() -> None:
    began = time.process_time()
    assert string(cst.parse_expression("(" + "'ab'\n" * 2_000 + ")")) == "ab" * 2_000
    assert time.process_time() - began < 2


def call(text: str) -> cst.Call:
    node = cst.parse_expression(text)
    assert isinstance(node, cst.Call)
    return node


@pytest.mark.parametrize(
    ("text", "position", "name", "value"),
    [
        ("f(1, 2)", 0, "", "1"),
        ("f(1, 2)", 1, "", "2"),
        ("f(1, 2)", 2, "", None),
        ("f(1, k=2)", 1, "", None),
        ("f(1, k=2)", 1, "k", "2"),
        ("f(1, k=2)", -1, "k", "2"),
        ("f(1, k=2)", 0, "l", "1"),
        ("f(1)", -1, "k", None),
        ("f(*a, 1)", 0, "", None),
        ("f(*a, 1)", 1, "", None),
        ("f(1, *a)", 0, "", "1"),
        ("f(**a)", 0, "", None),
        ("f()", 0, "k", None),
    ],
)
def test_an_argument_is_found_by_position_or_name(text: str, position: int, name: str, value: str | None) -> None:
    found = argument(call(text), position, name)
    assert (None if found is None else cst.Module([]).code_for_node(found)) == value


def test_a_keyword_is_found_by_its_name() -> None:
    found = keyword(call("f(a, b=1, **c)"), "b")
    assert found is not None
    assert number(found.value) == 1
    assert keyword(call("f(a, b=1, **c)"), "a") is None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a = x", ["a"]),
        ("a, b = x", ["a", "b"]),
        ("a, (b, [c, *d]) = x", ["a", "b", "c", "d"]),
        ("a.b, c[d], e = x", ["e"]),
        ("*a, = x", ["a"]),
    ],
)
def test_a_target_binds_its_plain_names(text: str, names: list[str]) -> None:
    statement = cst.parse_statement(text)
    assert isinstance(statement, cst.SimpleStatementLine)
    (assign,) = statement.body
    assert isinstance(assign, cst.Assign)
    assert list(target_names(assign.targets[0].target)) == names
