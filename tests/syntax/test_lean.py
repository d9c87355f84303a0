"""A lean tree is the tree that libcst reads, node by node, with the same places and comments."""

from __future__ import annotations

import ast
import inspect
import random
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from unicodedata import normalize

import libcst as cst
import pytest
from hypothesis import HealthCheck, example, given, settings
from libcst.metadata import MetadataWrapper, PositionProvider

from mldebt.index import tree_of
from mldebt.model import Span
from mldebt.sources import SourceText, python
from mldebt.syntax import stack
from mldebt.syntax.children import calls, children, descendants
from mldebt.syntax.comments import comment_blocks
from mldebt.syntax.lean import Lean, build
from mldebt.syntax.names import called_name
from mldebt.syntax.parse import find_problem, parse
from mldebt.traits.comments import comments_at
from tests.programs import programs
from tests.syntax.test_positions import SHAPES, VARIANTS

FIXTURES = sorted(Path(__file__).parents[2].joinpath("fixtures").rglob("*.py"))
STANDARD = Path(sysconfig.get_paths()["stdlib"])
HELD = ("value", "star")  # by nodes, and no node themselves

MORE = """
match a, b:
    case ["x"], [(y)]: pass
    case (1, 2) | [3, *_] | {"k": -1, **r}: pass
    case (A(b, c=None)) as d if d: pass
    case {}: pass
x[1, 2:3, ...], x[(1, 2)], x[(1), (2)], x[()], x[1,], x[a:b:c]
f(a, *b, k=c, *d, **e); f(x for x in y); f((x for x in y))
class C(A, *b, metaclass=M, **k): x: int; y: str = ""
def g(a, b=1, /, c: int = 2, *d: str, e, f=3, **h) -> None: ...
def i(*, j): return lambda *k, l=1, **m: (yield)
async def n():
    async with a as (b, c), d: await e
    async for x, *y in z: yield from w
    return [o async for p in q if r if s for t in u]
from . import v
from .w import (x as y, z)
from ...aa import *
import a.b.c as d, e.f
del a, b
del (c, d)
s = "a" 'b' r"\\c" f"{d!r:>{e}}" "g"
t = ("a"  # one
     "b")
u = "", '', \"\"\"\"a\"\"\", 'it\\'s', b"x" b'y'
v = 1_000, 0x1F, 1e3, 2j, -1, ...
if a: pass
elif b: c
else:
    if d: e
try: pass
except* E as f: g
a if b else c or d and e or not f
a < b <= c is not d not in e != f
x: int = (y := 1)
def g():
    x = 1; pass; del x;
g()
while True:
    break
else: continue_
"""


def check(text: str, *, with_comments: bool = True) -> None:
    """The lean tree of ``text`` holds what libcst's does."""
    if "except*" in text and not hasattr(ast, "TryStar"):
        text = text.replace("except*", "except")
    tree = tree_of(text)
    parsed = parse(text) if find_problem(text) is None else None
    if tree is None or not isinstance(parsed, cst.Module):
        return
    lean = build(tree, text)
    places = MetadataWrapper(parsed, unsafe_skip_copy=True).resolve(PositionProvider)
    for (mine, above), (theirs, beyond) in zip(walked(lean.module), walked(parsed), strict=True):
        assert type(mine) is type(theirs)
        assert len(children(mine)) == len(children(theirs)), type(mine).__name__
        if isinstance(mine, cst.FunctionDef):
            named = (each.func for each in calls(theirs) if isinstance(each.func, (cst.Name, cst.Attribute)))
            assert {normalize("NFKC", called_name(each)) for each in named} <= lean.called_in[id(mine)]
        for name in HELD:
            said = getattr(theirs, name, None)
            if isinstance(said, str):
                assert getattr(mine, name) == (normalize("NFKC", said) if isinstance(mine, cst.Name) else said)
        where = None if isinstance(mine, cst.Module) else own_span(lean, mine)
        if where is not None:
            found = places[theirs]
            assert where == Span(found.start.line, found.start.column + 1, found.end.line, found.end.column + 1)
        if with_comments:
            assert list(comments_at(mine, above)) == list(comments_at(theirs, beyond)), type(mine).__name__
            if isinstance(mine, (cst.Module, cst.IndentedBlock)):
                assert isinstance(theirs, (cst.Module, cst.IndentedBlock))
                assert blocks(mine) == blocks(theirs)


def walked(module: cst.Module) -> Iterator[tuple[cst.CSTNode, tuple[cst.CSTNode, ...]]]:
    waiting: list[tuple[cst.CSTNode, tuple[cst.CSTNode, ...]]] = [(module, ())]
    while waiting:
        node, above = waiting.pop()
        yield node, above
        waiting.extend((child, (*above, node)) for child in reversed(children(node)))


def own_span(lean: Lean, node: cst.CSTNode) -> Span | None:
    """Where ``node`` stands, if ``lean`` knows by itself."""
    known = id(node) in lean.places and not isinstance(node, SELDOM)
    found = lean.locate([node]).get(node) if known else None
    return None if found is None else found.span


SELDOM = (cst.Tuple, cst.GeneratorExp)
"""What is looked up in libcst's tree: that costs a parse of the file."""


def blocks(node: cst.Module | cst.IndentedBlock) -> list[list[str]]:
    return [[each.value for each in block] for group in comment_blocks(node) for block in group if block]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("shape", [*SHAPES, "more"])
def test_every_shape(shape: str, variant: str) -> None:
    read = python.read("a.py", VARIANTS[variant](SHAPES.get(shape, MORE)).encode())
    assert isinstance(read, SourceText)
    stack.call(lambda: check(read.text))


def test_more_shapes_are_read_at_all() -> None:
    assert tree_of(MORE.replace("except*", "except")) is not None


@pytest.mark.parametrize("path", FIXTURES[::4], ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_fixtures(path: Path) -> None:
    stack.call(lambda: check(path.read_text(encoding="utf-8")))


def sample(count: int, largest: int) -> list[Path]:
    found = [each for each in sorted(STANDARD.rglob("*.py")) if "site-packages" not in each.parts]
    return random.Random(count).sample([each for each in found if each.stat().st_size < largest], count)


@pytest.mark.parametrize("path", sample(10, 20_000), ids=lambda path: path.stem)
def test_the_standard_library(path: Path) -> None:
    read = python.read("a.py", path.read_bytes())
    assert not isinstance(read, SourceText) or stack.call(lambda: check(read.text)) is None


@pytest.mark.integration
def test_five_hundred_files_of_the_standard_library() -> None:
    for path in sample(500, 100_000):
        read = python.read("a.py", path.read_bytes())
        assert not isinstance(read, SourceText) or stack.call(lambda read=read: check(read.text)) is None, path  # type: ignore[misc]  # bound now


@settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(programs)
@example("def f(a):\n    return None(a), a.b(), (True)()\n")
def test_generated_programs(text: str) -> None:
    stack.call(lambda: check(text))


def test_every_node_has_a_place_where_one_is_asked_for() -> None:
    text = inspect.cleandoc(
        """
        def f(a, b=(1), *c):
            return g((x for x in a), (1, 2), k=b)[0], f"{a.b}", h.i
        """
    )
    tree = tree_of(text)
    assert tree is not None
    lean = build(tree, text)
    nodes = [node for node in descendants(lean.module) if not isinstance(node, cst.Module)]
    parsed = cst.parse_module(text)
    places = MetadataWrapper(parsed, unsafe_skip_copy=True).resolve(PositionProvider)
    located = lean.locate(nodes)
    for mine, theirs in zip(nodes, list(descendants(parsed))[1:], strict=True):
        found = places[theirs]
        expected = Span(found.start.line, found.start.column + 1, found.end.line, found.end.column + 1)
        assert located[mine].span == expected, type(mine).__name__


def test_what_is_laid_out_is_not_there() -> None:
    tree = tree_of("a = (b)\n")
    assert tree is not None
    name = next(node for node in descendants(build(tree, "a = (b)\n").module) if isinstance(node, cst.Name))
    with pytest.raises(AttributeError):
        name.lpar  # noqa: B018  # asking is what is tested
