"""Where data goes in one file: each program with the leaks, loads and answers that it has."""

from __future__ import annotations

import libcst as cst
import pytest

from mldebt import vocabulary
from mldebt.syntax.names import dotted
from mldebt.traits.lineage import Story
from mldebt.traits.story import MAX_STATEMENTS, part_named, story_of

HEAD = """\
import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold, cross_val_score, train_test_split
from sklearn.preprocessing import LabelEncoder, StandardScaler
"""


def story(text: str) -> Story:
    return story_of(cst.parse_module(HEAD + text), vocabulary.load({}))


LEAKS = [
    ("X = StandardScaler().fit_transform(X)\na, b = train_test_split(X)", ["before-split"]),
    ("s = StandardScaler()\ns.fit(X)\na, b = train_test_split(X)\na = s.transform(a)", ["before-split"]),
    ("a, b = train_test_split(X)\ns = StandardScaler().fit(X)\na = s.transform(a)", ["before-split"]),
    ("a, b = train_test_split(X)\ns = StandardScaler()\na = s.fit_transform(a)\nb = s.transform(b)", []),
    ("a, b = train_test_split(X)\ns = StandardScaler()\na = s.fit_transform(a)\nb = s.fit_transform(b)", ["refitted"]),
    ("a, b = train_test_split(X)\nStandardScaler().fit(np.vstack([a, b]))", ["both-parts"]),
    ("y = LabelEncoder().fit_transform(y)\na, b = train_test_split(X, y)", []),
    ("if wide:\n    X = PCA().fit_transform(X)\na, b = train_test_split(X)", ["before-split"]),
    ("for c in cols:\n    X[c] = StandardScaler().fit_transform(X[[c]])\na, b = train_test_split(X)", ["before-split"]),
    ("def f(d):\n    return PCA().fit_transform(d)\na, b = train_test_split(f(X))", ["before-split"]),
    ("def f(d):\n    return PCA().fit_transform(d)\nf(X)", []),
    (
        "X = X.apply(f)\ndef f(c):\n    return StandardScaler().fit_transform(c)\na, b = train_test_split(X)",
        ["before-split"],
    ),
    ("X = PCA().fit_transform(X)\nfor i, j in KFold(5).split(X):\n    pass", ["before-split"]),
    ("X = SelectKBest().fit_transform(X, y)\ncross_val_score(Ridge(), X, y)", ["before-split"]),
    ("X = PCA().fit_transform(X)\nX_train, X_test = X[:80], X[80:]", ["before-split"]),
    ("X_train = PCA().fit_transform(X_train)\na, b = train_test_split(X_train)", []),
    ("d = d.fillna(d.mean())\na, b = train_test_split(d)", ["before-split"]),
    ("d = (d - d.mean()) / d.std()\na, b = train_test_split(d)", ["before-split"]),
    ("d['z'] = (d.x - d.x.rolling(7).mean()) / d.x.rolling(7).std()\na, b = train_test_split(d)", []),
    (
        "def f(d, way):\n    if way == 'fit':\n        return s.fit_transform(d)\n    return s.transform(d)\n"
        "s = StandardScaler()\na, b = train_test_split(X)\na = f(a, 'fit')\nb = f(b, 'apply')",
        [],
    ),
    (
        "def f(train_x, rest):\n    m = train_x.median()\n    return train_x.fillna(m), rest.fillna(m)\n"
        "a, b = f(X, Z)\nc, d = train_test_split(a)",
        [],
    ),
    ("d = d.fillna(0)\na, b = train_test_split(d)", []),
    ("d = pd.read_csv(p)\nRidge().fit(d, d['price'])", ["target"]),
    ("d = pd.read_csv(p)\ny = d.pop('price')\nRidge().fit(d, y)", []),
    ("d = pd.read_csv(p)\ny = d['price']\nd = d.drop('price', axis=1)\nRidge().fit(d, y)", []),
    ("d = pd.read_csv(p)\ny = d['price']\ndel d['price']\nRidge().fit(d, y)", []),
    ("d = pd.read_csv(p)\nRidge().fit(d[['a']], d['price'])", []),
    (
        "class T:\n    def __init__(self):\n        self.s = StandardScaler()\n"
        "    def run(self, X, y):\n        X = self.s.fit_transform(X)\n        return train_test_split(X, y)",
        ["before-split"],
    ),
]


@pytest.mark.parametrize(("text", "kinds"), LEAKS)
def test_a_program_leaks_as_it_is_told(text: str, kinds: list[str]) -> None:
    assert [leak.kind for leak in story(text).leaks.values()] == kinds


LOADS = [
    ("d = pd.read_csv(p)\nRidge().fit(d[['a']], d['b'])", (1, 0)),
    ("d = pd.read_csv(p)\nassert len(d) > 3\nRidge().fit(d[['a']], d['b'])", (1, 1)),
    ("d = pd.read_csv(p)\nif d.isna().any():\n    raise ValueError\nRidge().fit(d, d['b'])", (1, 1)),
    ("def check(x):\n    assert len(x)\nd = pd.read_csv(p)\ncheck(d)\nRidge().fit(d[['a']], y)", (1, 1)),
    ("d = pd.read_csv(p)\nprint(d)", (0, 0)),
]


@pytest.mark.parametrize(("text", "expected"), LOADS)
def test_what_a_model_is_given_is_known_by_its_load(text: str, expected: tuple[int, int]) -> None:
    found = story(text)
    assert len(found.loads) == 1
    number = next(iter(found.loads))
    assert (int(number in found.learnt), int(number in found.checked)) == expected


def test_an_answer_is_known_in_what_is_computed_from_it() -> None:
    found = story("m = Ridge().fit(X, y)\nr = y - m.predict(X)\nn = Ridge()\nn.fit(X, r)\n")
    assert [bool(fit.data.answers | fit.target.answers) for fit in found.fits] == [False, True]
    assert [answer.learner for answer in found.answers.values()] == [found.fits[0].learner]


@pytest.mark.parametrize(
    ("name", "part"),
    [("X_train", "train"), ("test_df", "test"), ("y_val", "validation"), ("X", ""), ("train_test", ""), ("latest", "")],
)
def test_parts_are_told_by_whole_words(name: str, part: str) -> None:
    assert part_named(name) == part


def test_functions_that_call_each_other_end() -> None:
    assert not story("def f(x):\n    return g(x)\ndef g(x):\n    return f(x)\nf(g(X))\n").leaks


def test_a_file_of_endless_statements_is_left_where_the_bound_is() -> None:
    text = "x = 1\n" * (MAX_STATEMENTS + 10) + "X = PCA().fit_transform(X)\na, b = train_test_split(X)\n"
    assert not story(text).leaks


def test_deep_expressions_end() -> None:
    assert not story("x = " + "+".join(["a"] * 600) + "\n").leaks


def test_what_functions_of_other_files_give_and_get_is_noted() -> None:
    steps = ("rows = read(path)", "rows = rows.pipe(insist)", "Ridge().fit(rows, y)")
    told = story("\n".join(("from shop.data import read, insist", *steps)))
    called = {dotted(call.func): number for number, call in told.imported.items() if number in told.learnt}
    assert "shop.data.insist" in told.handed[called["read"]]


def test_a_function_is_known_by_the_loads_that_it_returns() -> None:
    told = story(
        "def read(path):\n    rows = pd.read_csv(path)\n    return rows\ndef other(path):\n    pd.read_csv(path)\n"
    )
    assert told.returned["read"] & told.loads.keys()
    assert not told.returned["other"] & told.loads.keys()


@pytest.mark.parametrize(
    ("steps", "leaks"),
    [
        ("StandardScaler(), Ridge()", ["target"]),
        ("ColumnTransformer([('a', StandardScaler(), ['a'])]), Ridge()", []),
        ("ColumnTransformer([('a', StandardScaler(), ['a'])], remainder='passthrough'), Ridge()", ["target"]),
        ("chosen_elsewhere(), Ridge()", []),
    ],
)
def test_a_pipeline_that_may_choose_columns_learns_from_no_others(steps: str, leaks: list[str]) -> None:
    told = story(f"rows = pd.read_csv(path)\nmake_pipeline({steps}).fit(rows, rows['y'])")
    assert [each.kind for each in told.leaks.values()] == leaks


def test_bytes_that_are_compared_seal_what_is_read() -> None:
    text = "if hashlib.sha256(body).hexdigest() != WANTED:\n    raise ValueError\n"
    assert story(text).sealed
    assert not story("if body != WANTED:\n    raise ValueError\n").sealed
