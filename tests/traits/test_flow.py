"""The walk: what flows where, in the order the program runs."""

from __future__ import annotations

import time

import pytest

from mldebt.traits.values import Trait
from tests.traits.probing import cases, details, probed, walked

SCORES = cases("flows.txt")


@pytest.mark.parametrize("name", SCORES)
def test_scores_flow(name: str) -> None:
    snippet, expected = SCORES[name]
    assert ["nothing" if detail is None else "score" for detail in details(snippet)] == expected


REFERENCES = {
    "an import": ("import a.b as c\nprobe(c.d)", ["a.b.d"]),
    "a relative import": ("from ..a import b\nprobe(b.c())", ["..a.b.c()"]),
    "an import in a try": ("try:\n    import a as c\nexcept ImportError:\n    import b as c\nprobe(c)", [""]),
    "an import or nothing": ("try:\n    import a\nexcept ImportError:\n    a = None\nprobe(a.b)", [""]),
    "an import in a function": ("def f():\n    import a.b as c\n    probe(c)\nprobe(c)", ["", "a.b"]),
    "a class of this file": ("class C: pass\nprobe(C)\nprobe(C())", ["@.C", "@.C()"]),
    "a class in a class": ("class C:\n    class D: pass\nprobe(C.D())", ["@.C.D()"]),
    "a function of this file": ("def f(): pass\nprobe(f)\nprobe(f())", ["@.f", "@.f()"]),
    "an annotation": ("from a import B\ndef f(b: B):\n    probe(b)", ["a.B()"]),
    "an optional annotation": (
        "from a import B\nfrom typing import Optional\ndef f(b: Optional[B]):\n    probe(b)",
        ["a.B()"],
    ),
    "an annotated field": ("from a import B\nclass C:\n    b: B\n    def f(self):\n        probe(self.b)", ["a.B()"]),
    "a field with a default": ("class C:\n    b: float = 0.5\n    def f(self):\n        probe(self.b)", [""]),
    "a dependency": (
        "from a import get\nfrom fastapi import Depends\ndef f(b=Depends(get)):\n    probe(b)",
        ["a.get()"],
    ),
    "what nobody can name": ("probe(a.b)\nprobe('x'.y)\nprobe((1).real)", ["", "", ""]),
}


@pytest.mark.parametrize("name", REFERENCES)
def test_references_apply_imports(name: str) -> None:
    snippet, expected = REFERENCES[name]
    assert [probe.value.reference for probe in probed(snippet)] == expected


def test_a_default_of_a_field_is_no_literal() -> None:
    fields = "@dataclass\nclass C:\n    a: float = 0.5\n    b = 0.5\n"
    method = "    def f(self):\n        probe(self.a)\n        probe(self.b)\n"
    assert [probe.value.constant for probe in probed(fields + method)] == [None, 0.5]


def test_a_reference_does_not_grow_without_end() -> None:
    snippet = "import a\n" + "a = a.next()\n" * 500 + "probe(a)"
    assert len(probed(snippet)[0].value.reference) < 1_000


EVERYWHERE = """\
@probe(1)
def f(a=probe(2)):
    for b in probe(3):
        probe(4)
    while probe(5):
        probe(6)
class C:
    def g(self):
        self.a = probe(7)
    def h(self):
        return self.a or f()
for d in f():
    for e in C().h():
        probe(8)
[probe(9) for g in [probe(10)] if probe(11)]
with probe(12) as i:
    pass
lambda j=probe(13): probe(14)
match probe(15):
    case _ if probe(16): pass
try: pass
except probe(17): pass
else: probe(18)
finally: probe(19)
assert probe(20), probe(21)
x[probe(22)] = 1
def late():
    def inner():
        probe(23)
    return inner()
late()
"""


def test_every_node_is_told_of_once() -> None:
    told = sorted(int(str(probe.value.constant)) for probe in probed(EVERYWHERE))
    assert told == list(range(1, 24))


def test_bodies_of_functions_come_after_the_module() -> None:
    function = "def f():\n    probe(3)\n    def g():\n        probe(5)\n"
    klass = "class C:\n    probe(2)\n    def h(self):\n        probe(4)\n"
    assert [probe.value.constant for probe in probed(f"{function}probe(1)\n{klass}")] == [1, 2, 3, 4, 5]


def test_a_probe_knows_where_it_is() -> None:
    (probe,) = probed("class C:\n    def f(self):\n        if a:\n            return [probe(b) for b in c]\n")
    assert (probe.symbol, probe.klass) == ("C.f", "C")
    around = (
        "Module ClassDef IndentedBlock FunctionDef IndentedBlock If IndentedBlock SimpleStatementLine Return ListComp"
    )
    assert probe.parents == tuple(around.split())


def test_parents_are_left_as_they_were_found() -> None:
    branches = "if a:\n    pass\nelif b:\n    pass\nelse:\n    pass\ntry: pass\nexcept E: pass\n"
    interpreter, probes = walked(branches + "probe(lambda: [1 for a in b])\n")
    assert probes[0].parents == ("Module", "SimpleStatementLine", "Expr")
    assert interpreter.parents == []
    assert interpreter.quiet == interpreter.loops == 0


def test_functions_and_classes_are_listed_once() -> None:
    snippet = "for a in b:\n    class C:\n        def f(self): pass\n    def g():\n        class D: pass\n    g()\n"
    interpreter, _ = walked(snippet)
    assert [each.name for each in interpreter.classes] == ["C", "g.D"]
    assert [each.name for each in interpreter.functions] == ["C.f", "g"]


def test_parameters_are_known_by_their_position() -> None:
    method = "class C:\n    def f(self, a, *, b):\n        probe(a)\n        probe(b)\n"
    function = "def g(c, /, d):\n    probe(c)\n    probe(d)\n"
    assert [probe.value.parameter for probe in probed(method + function)] == [1, 2, 0, 1]


def test_a_wrapper_hands_on_which_argument_names_the_flag() -> None:
    snippet = (
        "import os\n"
        "class C:\n    def on(self, default, key):\n        return os.getenv(key) == 'true'\n"
        "c = C()\nprobe(c.on(False, 'ENABLE_RANKER'))\n"
        "def outer(name):\n    return c.on(True, name)\nprobe(outer('ENABLE_INDEX'))\n"
    )
    assert details(snippet, Trait.FLAG)[:1] == ["ENABLE_RANKER"]


def test_functions_made_in_loops_of_functions_are_not_run_without_end() -> None:
    """Each run of a body makes its inner function anew, and each loop runs it twice."""
    depth = 11
    lines = [f"{'  ' * level}def f{level}(x):\n{'  ' * level} for y in x:" for level in range(depth)]
    lines += ["  " * depth + "z = 1 + x"] * 400
    lines += [f"{'  ' * level}z = f{level}(y)" for level in range(depth - 1, -1, -1)]
    began = time.process_time()
    interpreter, _ = walked("\n".join(lines) + "\n")
    assert len(interpreter.functions) == depth
    assert time.process_time() - began < 5
