"""The cheap tier: imports, classes, marks."""

from __future__ import annotations

import time
import warnings

import pytest

from mldebt.facts.modules import ClassFact, ModuleFact
from mldebt.index import index


def module(text: str) -> ModuleFact:
    facts = index(text)
    assert facts is not None
    assert isinstance(facts[0], ModuleFact)
    return facts[0]


def classes(text: str) -> list[ClassFact]:
    return [fact for fact in index(text) or () if isinstance(fact, ClassFact)]


IMPORTS = [
    ("import a", {"a": "a"}, ()),
    ("import a.b.c", {"a": "a", "a.b.c": "a.b.c"}, ()),
    ("import a.b as c", {"c": "a.b"}, ()),
    ("from a.b import c as d, e", {"d": "a.b.c", "e": "a.b.e"}, ()),
    ("from . import a\nfrom .b import c\nfrom ..d.e import f", {"a": ".a", "c": ".b.c", "f": "..d.e.f"}, ()),
    ("from a import *\nfrom . import *\nfrom .b import *", {}, ("a", ".", ".b")),
    ("import a\nimport b as a", {"a": "b"}, ()),
    ("try:\n    import a as c\nexcept ImportError:\n    import b as c", {"c": "b"}, ()),
    ("if x:\n    import a\nelif y:\n    import b\nelse:\n    import c", {"a": "a", "b": "b", "c": "c"}, ()),
    ("def f():\n    import a\nclass C:\n    def g(self):\n        import b", {"a": "a", "b": "b"}, ()),
    ("with x:\n    import a\nfor y in z:\n    import b\nelse:\n    import c", {"a": "a", "b": "b", "c": "c"}, ()),
    ("match x:\n    case 1:\n        import a", {"a": "a"}, ()),
    ("try:\n    pass\nfinally:\n    import a", {"a": "a"}, ()),
    ("x = __import__('a')", {}, ()),
]


@pytest.mark.parametrize(("text", "imports", "stars"), IMPORTS)
def test_imports_anywhere_are_known(text: str, imports: dict[str, str], stars: tuple[str, ...]) -> None:
    found = module(text)
    assert {each.name: each.target for each in found.imports} == imports
    assert found.stars == stars


MARKS = [
    ("model.fit(x)", {"fits"}),
    ("model.fit (x)", {"fits"}),
    ("model.fitted(x)", set()),
    ("fit(x)", set()),
    ("loss.backward()", {"fits"}),
    ("def train(): pass", {"trains"}),
    ("def train_model(): pass", {"trains"}),
    ("def retrain(): pass", set()),
    ("model.predict_proba(x)", {"predicts", "models"}),
    ("encoder.transform(x)", {"predicts"}),
    ("if __name__ == '__main__': pass", {"main"}),
    ("def test_a(): pass", {"tests"}),
    ("class A:\n    async def test_a(self): pass", {"tests"}),
    ("def attest_a(): pass", set()),
    ("x = 1", set()),
]


@pytest.mark.parametrize(("text", "marks"), MARKS)
def test_marks_show_what_a_file_is_for(text: str, marks: set[str]) -> None:
    assert set(module(text).marks) == marks


def test_what_stands_at_the_top_is_known_by_name() -> None:
    assigned = "a = b = 1\nc: int = 2\nd: str\ne, f = 1, 2\nif x:\n    g = 1\n"
    found = module(assigned + "def h(): pass\nasync def i(): pass\nclass J: pass\n")
    assert found.constants == ("a", "b", "c", "d")
    assert found.definitions == ("h", "i", "J")


def test_decorators_are_references_each_once() -> None:
    functions = "from a import b as c\n@c.d(1)\ndef f(): pass\n"
    klass = "@c.d(2)\n@own\nclass C:\n    @property\n    def g(self): pass\n    @x[0]\n    def h(self): pass\n"
    assert module(functions + klass).decorators == ("a.b.d", "@.own", "@.property", "@.x")


def test_a_class_is_known_by_its_bases_methods_and_what_it_builds() -> None:
    text = """\
import torch
from torch import nn as net
from .base import Root


@torch.jit.script
class Model(Root, net.Module, Generic[T], make("x"), metaclass=Meta):
    def __init__(self):
        self.first = net.Linear(1, 1)
        self.second: object = torch.load("m")
        other = net.Linear(1, 1)
        if torch.cuda.is_available():
            self.third = net.Sequential(net.ReLU())
        self.fourth = 1
        self.fifth = factory()(1)

    async def forward(self): ...

    class Inner(Model): ...


def f():
    class Local: ...
"""
    model, inner, local = classes(text)
    assert model.name == "Model"
    assert model.line == 7
    assert model.bases == (".base.Root", "torch.nn.Module", "@.Generic", "@.make")
    assert model.methods == ("__init__", "forward")
    assert set(model.builds) == {"torch.nn.Linear", "torch.load", "torch.nn.Sequential", "@.factory"}
    assert model.decorators == ("torch.jit.script",)
    assert (inner.name, inner.bases) == ("Model.Inner", ("@.Model",))
    assert local.name == "f.Local"


def test_what_a_method_builds_may_be_imported_in_it() -> None:
    (found,) = classes("class A:\n    def f(self):\n        from sklearn.svm import SVC\n        self.m = SVC()\n")
    assert found.builds == ("sklearn.svm.SVC",)


@pytest.mark.parametrize("text", ["def f(:\n", "a = = 1\n", "x = '\n", "a\0b\n", "print 'a'\n", "(" * 5_000])
def test_what_is_no_python_has_no_index(text: str) -> None:
    assert index(text) is None


def test_an_empty_file_has_an_empty_index() -> None:
    assert module("") == ModuleFact((), (), (), (), (), ())


def test_warnings_of_the_scanned_code_are_not_shown() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert module("x = '\\d'\nif x is 1: pass\n").constants == ("x",)


@pytest.mark.parametrize(
    "text",
    ["\n" * 300_000, " \n" * 200_000, "x = 1" + " " * 300_000, ".fit" + " " * 300_000, "if\\\n" * 50_000 + "x: pass"],
    ids=["lines", "blank lines", "blanks", "blanks after a method", "continuations"],
)
def test_a_file_of_blanks_is_indexed_at_once(text: str) -> None:
    began = time.process_time()
    index(text)
    assert time.process_time() - began < 5  # hours where it was quadratic


def test_many_classes_are_indexed_at_once() -> None:
    text = "".join(f"class A{n}(A{n - 1}):\n    def f(self):\n        self.a = B()\n" for n in range(3_000))
    began = time.process_time()
    assert len(classes(text)) == 3_000
    assert time.process_time() - began < 5
