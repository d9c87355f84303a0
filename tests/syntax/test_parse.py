from __future__ import annotations

import gc

import libcst as cst
import pytest

from mldebt.syntax.parse import Problem, find_problem, parse


@pytest.mark.parametrize(
    "text", ["", "\n", "# a\n", "a = 1", "type X = int\n", 'f"{a["b"]}"\n', "def f[T](x: T): ...\n"]
)
def test_python_of_any_version_has_a_tree(text: str) -> None:
    assert find_problem(text) is None
    assert isinstance(parse(text), cst.Module)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a = 1\nb = = 2\n", (2,)),
        ("def f(:\n", (1, 2)),
        ("a = 1\nx = 'a\n", (2,)),
        ("a\n  b\n", (2,)),
        ("print 'a'\n", (1,)),
    ],
)
def test_what_is_no_python_is_a_problem_with_a_place(text: str, lines: tuple[int, ...]) -> None:
    problem = parse(text)
    assert isinstance(problem, Problem)
    assert problem.kind == "syntax-error"
    assert problem.message.startswith("cannot be parsed: ")
    assert "\n" not in problem.message
    assert problem.line in lines
    assert problem.column >= 1


def test_a_problem_is_not_longer_than_a_line() -> None:
    problem = parse("x = $" + "a" * 5_000 + "\n")
    assert isinstance(problem, Problem)
    assert len(problem.message) < 300


@pytest.mark.parametrize("text", ["a = 1\n", "a = = 1\n"])
@pytest.mark.parametrize("collecting", [True, False])
def test_parsing_leaves_the_collector_as_it_was(text: str, collecting: bool) -> None:
    was = gc.isenabled()
    try:
        (gc.enable if collecting else gc.disable)()
        parse(text)
        assert gc.isenabled() is collecting
    finally:
        (gc.enable if was else gc.disable)()
