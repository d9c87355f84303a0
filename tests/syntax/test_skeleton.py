"""The index of a skeleton is that of ``ast``, wherever both can read the file."""

from __future__ import annotations

import ast
import inspect
import random
import sysconfig
from pathlib import Path

import libcst as cst
import pytest
from hypothesis import HealthCheck, given, settings

from mldebt.facts.modules import ClassFact, ModuleFact
from mldebt.index import facts_of, tree_of
from mldebt.sources import SourceText, python
from mldebt.syntax import stack
from mldebt.syntax.parse import find_problem, parse
from mldebt.syntax.skeleton import skeleton
from tests.programs import programs

FIXTURES = sorted(Path(__file__).parents[2].joinpath("fixtures").rglob("*.py"))
STANDARD = Path(sysconfig.get_paths()["stdlib"])


def same(text: str) -> bool:
    """Do both readings of ``text`` agree? It is true of what only one can read."""
    tree = tree_of(text)
    module = parse(text) if find_problem(text) is None else None
    if tree is None or not isinstance(module, cst.Module):
        return True
    return facts_of(skeleton(module, text), text) == facts_of(tree, text)


def test_every_fixture_has_the_same_index() -> None:
    assert FIXTURES
    for path in FIXTURES:
        assert stack.call(lambda path=path: same(path.read_text(encoding="utf-8"))), path  # type: ignore[misc]  # bound now


def sample(count: int, largest: int) -> list[Path]:
    found = [each for each in sorted(STANDARD.rglob("*.py")) if "site-packages" not in each.parts]
    return random.Random(count).sample([each for each in found if each.stat().st_size < largest], count)


@pytest.mark.parametrize("path", sample(12, 12_000), ids=lambda path: path.stem)
def test_the_standard_library_has_the_same_index(path: Path) -> None:
    read = python.read("a.py", path.read_bytes())
    assert not isinstance(read, SourceText) or stack.call(lambda: same(read.text))


@pytest.mark.integration
def test_five_hundred_files_of_the_standard_library_have_the_same_index() -> None:
    for path in sample(500, 100_000):
        read = python.read("a.py", path.read_bytes())
        assert not isinstance(read, SourceText) or stack.call(lambda read=read: same(read.text)), path  # type: ignore[misc]  # bound now


@settings(max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(programs)
def test_a_generated_program_has_the_same_index(text: str) -> None:
    assert stack.call(lambda: same(text))


@pytest.mark.parametrize(
    "text",
    [
        "from __future__ import annotations\nimport a.b, c as d\nfrom . import *\nfrom ..e import (f as g, h)\n",
        "class A(B, *c, D[int], e.F(1), metaclass=M):\n    x: int = 1\n    def f(self): self.a = b.C()\n",
        "class A:\n    def f(self): self.a = b.C(); self.d: E = F(); self.g.h = I()\n",
        "@a.b(1)\n@c[0]\nclass A:\n    @d\n    async def f(self): pass\n\n    class B: pass\n",
        "if a:\n    import b\nelif c:\n    import d\nelse:\n    class E: pass\n",
        "try:\n    import a\nexcept ImportError:\n    a = None\nelse:\n    b = 1\nfinally:\n    class C: pass\n",
        "for a in b:\n    import c\nelse:\n    import d\nwhile a:\n    class F: pass\nwith a: import e\n",
        "match a:\n    case 1:\n        import b\n    case _:\n        class C: pass\n",
        "a = b = 1; c: int = 2; d: int; (e) = f = 3; g.h = 4; i[0] = 5; j += 1\n",
        "class ﬁt(ﬂow.Base): pass\nimport ﬁt as ﬂow\n",
        "def f():\n  def g():\n    class A(B):\n      def h(self):\n        for x in y:\n          self.z = Net()\n",
        "if a: import b; import c\n",
        "class A(None):\n    def __init__(self): self.a = None(b); self.c = True.d()\n",
        "# nothing\n",
        "",
    ],
)  # fmt: skip
def test_every_kind_of_statement_has_the_same_index(text: str) -> None:
    assert tree_of(text) is not None
    assert same(text)


def test_what_is_newer_than_this_python_is_indexed() -> None:
    text = (
        "import torch\n"
        "type Row[T] = list[T]\n"
        "\n"
        "@register\n"
        "class Box[T](torch.nn.Module):\n"
        "    def __init__(self):\n"
        "        self.net = torch.nn.Linear(1, 1)\n"
        "\n"
        "def f[T](x: T) -> str:\n"
        '    return f"{x["a"]}"\n'
    )
    module = parse(text)
    assert isinstance(module, cst.Module)
    outline, box = facts_of(skeleton(module, text), text)
    assert isinstance(outline, ModuleFact)
    assert [each.target for each in outline.imports] == ["torch"]
    assert outline.definitions == ("Box", "f")
    assert isinstance(box, ClassFact)
    assert (box.name, box.bases, box.builds, box.line) == ("Box", ("torch.nn.Module",), ("torch.nn.Linear",), 5)


def test_a_skeleton_is_made_of_whole_nodes() -> None:
    """Python 3.15 refuses nodes without their fields."""
    text = inspect.getsource(inspect)[:20_000].rpartition("\n\n\n")[0] + "\n"
    tree = skeleton(cst.parse_module(text), text)
    for node in ast.walk(tree):
        for name in node._fields:
            assert hasattr(node, name) or name in {"type_params", "ctx", "kind", "returns", "type_comment"}, (
                node,
                name,
            )
