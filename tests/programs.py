"""Generated Python: programs made of what the interpreter has an opinion on."""

from __future__ import annotations

import ast
import textwrap
import warnings

from hypothesis import strategies as st

NAMES = ("a", "b", "score", "model", "self", "cls", "df", "env", "is_prod", "THRESHOLD", "settings", "os", "q", "été")
ATTRIBUTES = ("a", "score", "predict_proba", "mean", "env", "get", "items", "append", "environ", "getenv", "lower", "x")
CALLEES = (
    *NAMES,
    "os.getenv",
    "model.predict_proba",
    "model.predict",
    "zip",
    "enumerate",
    "dict",
    "max",
    "len",
    "f",
    "A",
)
LITERALS = (
    "0.5",
    "1",
    "-1",
    "'prod'",
    '"ENV"',
    "None",
    "True",
    "'a' 'b'",
    "f'{a!r:>{b}}'",
    "b'x'",
    "...",
    "0x1F",
    "1_0.0",
)

names = st.sampled_from(NAMES)
atoms = st.one_of(names, st.sampled_from(LITERALS))


def _extend(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        st.builds("({}).{}".format, inner, st.sampled_from(ATTRIBUTES)),
        st.builds("{}.{}".format, names, st.sampled_from(ATTRIBUTES)),
        st.builds("{}({}, *{}, k={})".format, st.sampled_from(CALLEES), inner, inner, inner),
        st.builds("{}({})".format, st.sampled_from(CALLEES), inner),
        st.builds("({})({})".format, inner, inner),
        st.builds("{}[{}]".format, names, inner),
        st.builds("({})[{}:, {}]".format, inner, inner, inner),
        st.builds(
            "({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "/", "and", "or", "@", "**", "|"]), inner
        ),
        st.builds("({} {} {})".format, inner, st.sampled_from(["<", ">=", "==", "in", "is not", "< 1 <"]), inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("(not {})".format, inner),
        st.builds("(- {})".format, inner),
        st.builds("({} := {})".format, st.sampled_from(["w", "score"]), inner),
        st.builds("[{}, *{}]".format, inner, names),
        st.builds("({}, {},)".format, inner, inner),
        pair.map(lambda each: f"{{'k': {each[0]}, **{{'score': {each[1]}}}}}"),
        st.builds("[{} for {} in {} if {}]".format, inner, names, names, atoms),
        st.builds("{{{}: {} for {}, x in {}}}".format, atoms, inner, names, names),
        st.builds("(lambda {}, *a1: {})".format, names, inner),
        st.builds("max({}, key=lambda v: {})".format, names, inner),
    )


expressions = st.recursive(atoms, _extend, max_leaves=5)
targets = st.one_of(
    names,
    st.builds("{}.{}".format, names, st.sampled_from(ATTRIBUTES)),
    st.builds("{}['{}']".format, names, st.sampled_from(ATTRIBUTES)),
    st.builds("{}, *rest".format, names),
    st.builds("({}, [{}, q])".format, names, names),
)
simple = st.one_of(
    st.builds("{} = {}".format, targets, expressions),
    st.builds("{} = {} = {}".format, names, names, expressions),
    st.builds("{} += {}".format, names, expressions),
    st.builds("{}: int = {}".format, names, expressions),
    st.builds("{}: settings.Settings".format, names),
    st.builds("{}.append({})".format, names, expressions),
    expressions,
    st.builds("assert {}, {}".format, expressions, expressions),
    st.builds("del {}".format, st.sampled_from(["a, b", "df['score']", "(q)"])),
    st.sampled_from(
        ["import os", "import os.path as os", "from app.settings import settings", "from .. import *", "pass",
         "from . import a as b", "a = 1; score = 2", "raise ValueError", "import numpy as np, torch"]
    ),
)  # fmt: skip


def _indented(text: str) -> str:
    return textwrap.indent(text, "    ")


def _compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    body = st.lists(inner, min_size=1, max_size=3).map(lambda lines: _indented("\n".join(lines)))
    before = st.sampled_from(["", "@property\n", "@staticmethod\n", "@classmethod\n", "@f(1)\n", "async "])
    head = st.builds(
        "{}def {}({}):\n    global q\n".format,
        before,
        st.sampled_from(["f", "g", "score"]),
        st.sampled_from(["", "a", "self", "cls, score=0.5", "a, /, b, *, score", "*args, env: str = 'x', **q"]),
    )
    end = st.one_of(
        st.just("pass"), st.builds("return {}".format, expressions), st.builds("yield {}".format, expressions)
    )
    bases = st.sampled_from(["A", "B", "q.Base[int]", "k=1"])
    cases = "match {}:\n  case {{'k': a, **q}} if b:\n{}\n  case [A(x=b), *c] | None as d:\n{}"
    method = "class A:\n    def {}(self, a):\n        self.score = {}\n        return self.{}"
    return st.one_of(
        st.builds("if {}:\n{}".format, expressions, body),
        st.builds("if {}:\n{}\nelif {}:\n{}\nelse:\n{}".format, expressions, body, expressions, body, body),
        st.builds("for {} in {}:\n{}".format, targets, expressions, body),
        st.builds("while {}:\n{}\nelse:\n{}".format, expressions, body, body),
        st.builds("try:\n{}\nexcept ValueError as score:\n{}\nelse:\n{}\nfinally:\n{}".format, body, body, body, body),
        st.builds("with {} as {}, a:\n{}".format, expressions, names, body),
        st.builds(cases.format, names, body, body),
        st.builds("{}{}\n    {}".format, head, body, end),
        st.builds("class {}({}):\n{}".format, st.sampled_from(["A", "B"]), bases, body),
        st.builds(
            method.format, st.sampled_from(["f", "__init__", "__call__"]), expressions, st.sampled_from(ATTRIBUTES)
        ),
        st.builds("def f():\n    return f() or {}".format, expressions),
    )


statements = st.recursive(simple, _compound, max_leaves=8)


def _parses(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError:
        return False
    return True


programs = st.lists(statements, min_size=1, max_size=6).map(lambda lines: "\n".join(lines) + "\n").filter(_parses)
"""Whole modules. Those that do not parse (two stars, a walrus where none may be) are left out."""
