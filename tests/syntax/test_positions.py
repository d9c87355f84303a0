"""Places are those of libcst's PositionProvider."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType

import libcst as cst
import pytest
from hypothesis import HealthCheck, given, settings
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from mldebt.lines import line_starts
from mldebt.model import Span
from mldebt.sources import SourceText, python
from mldebt.syntax import stack
from mldebt.syntax.children import descendants
from mldebt.syntax.positions import locate
from tests.programs import programs

FIXTURES = sorted(Path(__file__).parents[2].joinpath("fixtures").rglob("*.py"))
STANDARD = (ast, inspect, textwrap)

SHAPES = {
    name: text.removesuffix("\n")
    for name, _, text in (
        shape.partition("\n")
        for shape in Path(__file__).with_name("shapes.txt").read_text(encoding="utf-8").split("==== ")[1:]
    )
}
"""Every way of laying code out, by name: ``==== name``, then the text, then a line end that is not part of it."""


def source(text: str) -> SourceText:
    read = python.read("a.py", text.encode())
    assert isinstance(read, SourceText)
    return read


def tabbed(text: str) -> str:
    lines = text.split("\n")
    return "\n".join(line.replace("    ", "\t") if line.startswith("    ") else line for line in lines)


VARIANTS: dict[str, Callable[[str], str]] = {
    "as written": lambda text: text,
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "cr": lambda text: text.replace("\n", "\r"),
    "tabs": tabbed,
    "no final newline": lambda text: text.rstrip("\n"),
    "form feeds": lambda text: "\f" + text.replace("\nclass ", "\n\f\nclass ").replace("\n@", "\n\f@"),
    "indented": lambda text: "if top:\n" + textwrap.indent(text, "  ", lambda line: True) + "\n  pass\n",
}


def check(text: str, *, singly: bool = False) -> None:
    """Every node of ``text`` is where libcst says, whether all are asked for or one."""
    module = cst.parse_module(text)
    nodes = [node for node in descendants(module) if node is not module]
    expected = stack.call(lambda: MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider))
    compare(module, text, nodes, expected)
    for node in nodes if singly else ():
        compare(module, text, [node], expected)


def compare(
    module: cst.Module,
    text: str,
    nodes: list[cst.CSTNode],
    expected: Mapping[cst.CSTNode, CodeRange],
) -> None:
    located = stack.call(lambda: locate(module, text, nodes))
    starts = line_starts(text)
    for node in nodes:
        found = located[node]
        where = expected[node]
        span = Span(where.start.line, where.start.column + 1, where.end.line, where.end.column + 1)
        assert found.span == span, (type(node).__name__, found.text)
        begin = starts[span.line - 1] + span.column - 1
        end = starts[span.end_line - 1] + span.end_column - 1
        assert found.text == text[begin:end]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_node_of_every_shape_is_found(shape: str, variant: str) -> None:
    text = source(VARIANTS[variant](SHAPES[shape])).text
    if variant == "indented" and (shape == "strings" or not SHAPES[shape].strip()):
        pytest.skip("it would mean something else")
    check(text, singly=variant in {"as written", "crlf"})


@pytest.mark.parametrize("path", FIXTURES[::7], ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_node_of_a_fixture_is_found(path: Path) -> None:
    check(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("module", STANDARD, ids=lambda module: module.__name__)
def test_every_node_of_a_module_of_the_standard_library_is_found(module: ModuleType) -> None:
    check(inspect.getsource(module)[:30_000].rpartition("\n\n\n")[0] + "\n")


@settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(programs)
def test_every_node_of_a_generated_program_is_found(text: str) -> None:
    check(text)


def test_only_what_is_asked_for_is_found() -> None:
    text = "a = 1\nb = 2\n"
    module = cst.parse_module(text)
    wanted = [node for node in descendants(module) if isinstance(node, cst.Integer)][1:]
    assert {node: found.text for node, found in locate(module, text, wanted).items()} == {wanted[0]: "2"}
    assert locate(module, text, []) == {}


def test_the_module_itself_is_the_whole_text() -> None:
    text = "# a\nb = 1\n"
    module = cst.parse_module(text)
    assert locate(module, text, [module])[module].text == text


def test_a_form_feed_does_not_move_what_follows() -> None:
    read = source("a = 1\n\f\nclass B:\n\f    c = 2\n")
    module = cst.parse_module(read.text)
    number = [node for node in descendants(module) if isinstance(node, cst.Integer)][-1]
    found = locate(module, read.text, [number])[number]
    assert read.place(found.span).span == Span(4, 10, 4, 11)
    assert read.line_text(4) == "    c = 2"
