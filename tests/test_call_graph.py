"""Who calls whom, over the files of a project."""

from __future__ import annotations

import ast

import pytest

from mldebt import vocabulary
from mldebt.call_graph import CallGraph
from mldebt.config import Config
from mldebt.facts import FileFacts
from mldebt.facts.functions import FunctionFact
from mldebt.facts.modules import ModuleFact
from mldebt.functions import MAX_CALLS, functions_of
from mldebt.index import facts_of
from mldebt.project import Project


def functions(text: str) -> dict[str, FunctionFact]:
    tree = ast.parse(text)
    module = facts_of(tree, text)[0]
    assert isinstance(module, ModuleFact)
    return {each.name: each for each in functions_of(tree, module)}


def graph(**files: str) -> CallGraph:
    """The calls of modules: ``package__module="text"`` stands for ``package/module.py``."""
    facts = []
    for name, text in files.items():
        path = f"{name.replace('__', '/').replace('=', '__')}.py"
        tree = ast.parse(text)
        known = facts_of(tree, text)
        assert isinstance(known[0], ModuleFact)
        facts.append(FileFacts(path, "python", text.count("\n"), True, (*known, *functions_of(tree, known[0]))))
    return Project(facts, Config(), vocabulary.load({})).calls


CALLS = [
    ("import a\na.b()", "", ("a.b",)),
    ("from a import b as c\nc().d()", "", ("a.b().d", "a.b")),
    ("from a import B\nx = B()\nx.fit()", "", ("a.B", "a.B().fit")),
    ("from a import B\ndef f(x: B):\n    x.fit()", "f", ("a.B().fit",)),
    ("from a import B\ndef f():\n    with B() as x:\n        x.fit()", "f", ("a.B", "a.B().fit")),
    ("def f():\n    g()\ndef g(): ...", "f", ("@.g",)),
    ("def f():\n    def g(): ...\n    g()", "f", ("@.f.g",)),
    ("class C:\n    def f(self):\n        self.g()\n    def g(self): ...", "C.f", ("@.C.g",)),
    (
        "import a\nclass C:\n    def f(self):\n        self.b.fit()\n    def __init__(self):\n        self.b = a.B()",
        "C.f",
        ("a.B().fit",),
    ),
    ("def f(x):\n    x.g()\ndef g(): ...", "f", ("@.f.x.g",)),
    ("def f():\n    [g(y) for y in x if h(y)]", "f", ("@.g", "@.h")),
    ("x = lambda: g()", "", ("@.g",)),
    ("@d(1)\ndef f(x=g()): ...", "", ("@.d", "@.g")),
    ("class C(B()):\n    x = g()", "", ("@.B", "@.g")),
    ("x[0]()\n(a or b)()\n'x'.join(y)", "", ()),
]


@pytest.mark.parametrize(("text", "name", "calls"), CALLS)
def test_calls_are_written_as_what_their_names_mean(text: str, name: str, calls: tuple[str, ...]) -> None:
    assert set(functions(text)[name].calls) == set(calls)


def test_functions_that_are_passed_are_handed() -> None:
    found = functions("from a import b\ndef f(): ...\ndef g(x):\n    run(f, b, x, key=f)\n    run(x.y)\n")
    assert found["g"].handed == ("@.f", "a.b")


def test_a_method_that_is_passed_is_handed() -> None:
    found = functions("class C:\n    def f(self):\n        run(self.g)\n    def g(self): ...\n")
    assert found["C.f"].handed == ("@.C.g",)


def test_the_line_is_that_of_the_def_and_the_module_is_there_even_when_empty() -> None:
    found = functions("@d\ndef f(): ...\n")
    assert (found["f"].line, found[""].line) == (2, 1)


def test_a_function_of_endless_calls_keeps_so_many() -> None:
    text = "\n".join(f"f{n}()" for n in range(MAX_CALLS + 50))
    assert len(functions(text)[""].calls) == MAX_CALLS


def test_deep_nesting_needs_no_stack() -> None:
    text = "f(" * 80 + ")" * 80 + "\n" + "x" + ".a" * 500 + "()"
    assert "@.f" in functions(text)[""].calls


def test_a_call_is_followed_through_imports_and_reexports() -> None:
    calls = graph(
        **{"app__=init=": "from .core import train\n"},
        app__core="def train():\n    fit()\ndef fit(): ...\n",
        main="import app\nfrom app import train as run\ndef main():\n    run()\ndef other():\n    app.train()\n",
    )
    assert calls.target("main.py", "app.train") == ("app/core.py", "train")
    assert calls.callees(("main.py", "main")) == (("app/core.py", "train"),)
    assert calls.callers(("app/core.py", "train")) == (("main.py", "main"), ("main.py", "other"))
    assert calls.reached([("main.py", "main")])[-1] == ("app/core.py", "fit")
    assert ("main.py", "other") in calls.reaching([("app/core.py", "fit")])


def test_methods_are_found_on_instances_and_in_bases_of_other_files() -> None:
    calls = graph(
        app__base="class B:\n    def run(self):\n        self.step()\n    def step(self): ...\n",
        app__net="from .base import B\nclass N(B):\n    def __init__(self): ...\n    def __call__(self): ...\n",
        main="from app.net import N\ndef f():\n    net = N()\n    net.run()\n    net()\n",
    )
    assert calls.callees(("main.py", "f")) == (
        ("app/net.py", "N.__init__"),
        ("app/base.py", "B.run"),
        ("app/net.py", "N.__call__"),
    )


def test_what_leads_out_of_the_project_is_outside() -> None:
    calls = graph(main="import numpy as np\nfrom sklearn.svm import SVC\ndef f():\n    SVC().fit(np.ones(3))\n    g()")
    assert calls.references(("main.py", "f")) == ("sklearn.svm.SVC().fit", "sklearn.svm.SVC", "numpy.ones", "@.g")
    assert calls.callees(("main.py", "f")) == ()


def test_callbacks_are_called() -> None:
    calls = graph(main="def objective(trial): ...\ndef tune(study):\n    study.optimize(objective)\n")
    assert calls.callees(("main.py", "tune")) == (("main.py", "objective"),)


def test_circles_end() -> None:
    calls = graph(
        one="from two import f as g\nclass A(A): ...\ndef h():\n    g()\n    A().x()\n",
        two="from one import g as f\n",
    )
    assert calls.callees(("one.py", "h")) == ()
    assert graph(one="def f():\n    g()\ndef g():\n    f()\n").reached([("one.py", "f")]) == (
        ("one.py", "f"),
        ("one.py", "g"),
    )


def test_depth_bounds_how_far_is_gone() -> None:
    calls = graph(one="def a():\n    b()\ndef b():\n    c()\ndef c(): ...\n")
    assert calls.reached([("one.py", "a")], depth=1) == (("one.py", "a"), ("one.py", "b"))
