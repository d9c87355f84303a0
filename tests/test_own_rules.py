"""Rules of a project's own: read as data, tried by their examples, matched within bounds; and plugins."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from mldebt import checks, own_patterns, own_rules, plugins
from mldebt.catalogue import load, rules_folder
from mldebt.config_document import ConfigDocument
from mldebt.errors import ConfigError
from mldebt.pattern_spec import CODE
from mldebt.rule_spec import FAMILIES, RuleSpec
from mldebt.traits.values import Trait
from tests.toy import Ran, check, mldebt, write

RULE = '''\
code = "OWN001"
name = "client-not-model"
message = "`{model}` is asked directly: go through scoring.client"
pattern = "$MODEL.predict($X, ...)"
inside = "function"

[where.MODEL]
trait = "model"

[[bad]]
code = """
import joblib


def score(rows):
    model = joblib.load("model.pkl")
    return model.predict(rows)  # expect: OWN001
"""

[[good]]
code = """
from scoring import client


def score(rows):
    return client.predict(rows)
"""
'''


def plant(folder: Path, rule: str = RULE, **files: str) -> Path:
    write(folder / "mldebt.toml", 'rule-paths = ["lint"]\nselect = ["OWN001"]\n')
    write(folder / "lint" / "rule.toml", rule)
    for name, text in files.items():
        write(folder / f"{name}.py", textwrap.dedent(text))
    return folder


def simple(pattern: str, more: str = "", key: str = "pattern") -> str:
    """A rule that is nothing but a pattern."""
    written = f"'''{pattern}'''" if key == "pattern" else pattern
    examples = "[[bad]]\ncode = 'x'\n[[good]]\ncode = 'x'\n"
    return f'code = "OWN001"\nname = "a-b"\nmessage = "m"\n{key} = {written}\n{more}\n{examples}'


def lines(ran: Ran) -> list[int]:
    assert not [each for each in ran.document["notices"] if each["fatal"]], ran.document["notices"]
    return [each["line"] for each in ran.document["findings"] if each["code"] == "OWN001"]


# --- a rule of one's own ---------------------------------------------------------------------------


def test_its_examples_are_run(tmp_path: Path) -> None:
    root = plant(tmp_path)
    ran = mldebt(root, "rules", "test")
    assert (ran.code, ran.out) == (0, "OWN001 client-not-model: ok\n")
    write(root / "lint" / "rule.toml", RULE.replace("model = joblib.load", "model = load"))
    ran = mldebt(root, "rules", "test")
    assert (ran.code, ran.out) == (1, "OWN001 client-not-model: wrong\n  bad: example.py:6 is not reported\n")
    wrong = RULE.replace("from scoring import client", "import joblib").replace("client.p", "joblib.load('m').p")
    write(root / "lint" / "rule.toml", wrong)
    assert "good: example.py:5 is reported" in mldebt(root, "rules", "test").out


def test_one_of_them_may_be_tried(tmp_path: Path) -> None:
    root = plant(tmp_path)
    write(root / "lint" / "second.toml", simple("g()").replace("OWN001", "OWN002"))
    assert mldebt(root, "rules", "test", "client-not-model").out == "OWN001 client-not-model: ok\n"
    assert mldebt(root, "rules", "test").out.count("OWN00") > 1
    ran = mldebt(root, "rules", "test", "OWN003")
    assert (ran.code, ran.out, "there is no rule 'OWN003' of this project's own" in ran.err) == (2, "", True)


def test_it_speaks_like_any_other(tmp_path: Path) -> None:
    root = plant(
        tmp_path,
        serve="""\
        from sklearn.linear_model import LogisticRegression

        def score(rows, labels):
            model = LogisticRegression()
            model.fit(rows, labels)
            return model.predict(rows)
        """,
    )
    found = check(root).document["findings"][0]
    assert (found["path"], found["line"], found["severity"], found["family"]) == ("serve.py", 6, "warning", "OWN")
    assert found["message"] == "`model` is asked directly: go through scoring.client"
    assert found["identity"] == "OWN001|serve.py|score|model.predict(rows)"
    assert check(root, "--ignore", "OWN001").document["findings"] == []
    write(
        root / "serve.py",
        (root / "serve.py")
        .read_text("utf-8")
        .replace("predict(rows)", "predict(rows)  # mldebt: ignore[OWN001] wrong -- x"),
    )
    assert check(root).document["findings"][0]["status"] == "suppressed"
    assert "OWN001" in mldebt(root, "rules").out
    assert "client-not-model" in mldebt(root, "explain", "OWN001").out
    assert check(root, "--format", "sarif").code in (0, 1)


def test_a_changed_rule_is_seen_by_the_next_run(tmp_path: Path) -> None:
    root = plant(tmp_path, simple("open($P)"), a="open(1)\nclose(1)\n")
    assert lines(check(root)) == [1]
    write(root / "lint" / "rule.toml", simple("close($P)"))
    assert lines(check(root)) == [2]


def test_in_other_processes(tmp_path: Path) -> None:
    root = plant(tmp_path, simple("open($P)"), a="open(1)\n", b="open(2)\n")
    assert len(lines(check(root, "--jobs", "2", "--no-cache"))) == 2


# --- patterns --------------------------------------------------------------------------------------

CASES = {
    "arguments": ("f($X, ...)", "f(1)\nf(1, 2, k=3)\nf()\ng(1)\nf(*a)\n", [1, 2]),
    "exactly": ("f($X)", "f(1)\nf(1, 2)\nf(1, k=2)\nf(k=1)\n", [1]),
    "keyword": ("f(..., k=False)", "f(k=False)\nf(1, a=2, k=False)\nf(k=True)\nf(False)\n", [1, 2]),
    "same": ("$X == $X", "a.b == a.b\na == b\nf(1) == f(1)\n", [1, 3]),
    "other": ("$_ == $_", "a == b\na != b\n", [1]),
    "middle": ("f(..., $A, ..., $A, ...)", "f(1, 2, 3, 2)\nf(1, 2, 3)\n", [1]),
    "import": ("h.get(...)", "import h as r\nfrom h import get as g\nr.get(1)\ng(2)\nget(3)\n", [3, 4]),
    "builtin": ("print(...)", "print(1)\nx.print(2)\n", [1]),
    "own": ("time.sleep(...)", "def sleep(n): ...\nsleep(1)\nimport time\ntime.sleep(2)\n", [4]),
    "string": ('open("...")', "open('a')\nopen(f'{a}')\nopen(a)\nopen('a' 'b')\n", [1, 2, 4]),
    "text": ('os.getenv("HOME")', "import os\nos.getenv('HOME')\nos.getenv('home')\n", [2]),
    "number": ("round($X, 2)", "round(a, 2)\nround(a, 0x2)\nround(a, 3)\n", [1, 2]),
    "statement": ("assert $X", "assert a\nassert a, 'why'\nassert not a\n", [1, 2, 3]),
    "if": ("if $X is None: ...", "if a is None:\n    b\n    c\nelse:\n    d\nif a: b\n", [1]),
    "with": ("with open($P) as $F: ...", "with open(p) as f:\n    x\nwith open(p): y\n", [1]),
    "for": ("for $X in range(len($Y)): ...", "for i in range(len(a)):\n    f(i)\nfor i in a: f(i)\n", [1]),
    "assign": ("$X = input(...)", "a = input()\na.b = input(1)\na += input()\n", [1, 2]),
    "raise": ("raise Exception(...)", "raise Exception('a')\nraise ValueError('a')\n", [1]),
    "except": (
        "try: ...\nexcept Exception: pass",
        "try:\n    a\nexcept Exception:\n    pass\ntry:\n    a\nexcept KeyError:\n    pass\n",
        [1],
    ),
    "subscript": ('$D["label"]', "a['label']\nb.c['label'] = 1\na['x']\n", [1, 2]),
    "slice": ("$X[:$N]", "a[:3]\na[3:]\na[3]\n", [1]),
    "decorated": ("def $F($A): ...", "@d\ndef f(a):\n    x\ndef g(a, b): y\n", [2]),
    "class": ("class $C(Base): ...", "class A(Base):\n    x = 1\nclass B: y = 1\n", [1]),
    "attribute": ("$X.values", "a.values\na.b().values\nvalues\n", [1, 2]),
    "quotes": ('f("a")', "f('a')\nf('''a''')\n", [1, 2]),
    "parameters": (
        "def $F(..., threshold=$T, ...): ...",
        "def f(a, threshold=1, *b): x\ndef g(threshold): x\nasync def h(*, threshold=2): x\n",
        [1, 3],
    ),
    "keyword-name": ("f(..., $K=$V)", "f(1, a=2)\nf(1)\nf(**k)\n", [1]),
    "keyword-not-import": ("f(timeout=$V)", "from x import timeout\nf(timeout=2)\n", [2]),
    "stars": ("f(*$A, **$K)", "f(*a, **k)\nf(a, k)\nf(**k)\n", [1]),
    "imported": ("import pickle", "import json, pickle as p\nimport json\nfrom pickle import load\n", [1]),
    "from": ("from pickle import load", "from pickle import dump, load as l\nfrom .pickle import load\n", [1]),
    "decorator": (
        "@retry\ndef $F(...): ...",
        "from x import *\n@a\n@retry\ndef f(): x\n@retry(1)\ndef g(): x\n",
        [4],
    ),
    "handler": (
        "try: ...\nexcept ValueError: pass",
        "try:\n    a\nexcept KeyError:\n    b\nexcept ValueError as e:\n    pass\ntry:\n    a\nexcept:\n    pass\n",
        [1],
    ),
    "annotated": ("$X = 3", "a: int = 3\nb = 3\nc: int\n", [1, 2]),
    "target": ("model = $X", "import joblib\nmodel = joblib.load()\nmodel = 3\nother = 3\n", [2, 3]),
    "variable": ("model.fit(...)", "model = make()\nmodel.fit(1)\nother.fit(1)\n", [2]),
    "defined": ("def predict(...): ...", "def predict(a): x\ndef fit(a): x\n", [1]),
    "bases": ("class $C(..., Base, ...): ...", "class A(X, Base, metaclass=M): x = 1\nclass B(X): x = 1\n", [1]),
    "chain": ("$M.fit(...).predict(...)", "A().fit(1).predict(2)\nm.fit(1)\n", [1]),
    "f-string": ('f"a{b}"', 'f"a{b}"\nf"c{b}"\n', [1]),
    "every-way": ("f(..., $A, ...) + g($A)", "f(1, 2, 3) + g(2)\nf(1, 2) + g(3)\n", [1]),
    "body": ("def $F(...):\n    ...\n    $X = open(...)\n    ...\n    return $X", (
        "def f():\n    a = open(1)\n    b = open(2)\n    return b\ndef g():\n    a = open(1)\n    return c\n"), [1]),
    "dict": ('{"a": $X, ...: ...}', "{'a': 1}\n", []),
    "list": ("[$X, ...]", "a = [1, 2]\nb = []\n", [1]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_a_pattern_matches(tmp_path: Path, name: str) -> None:
    pattern, code, expected = CASES[name]
    assert lines(check(plant(tmp_path, simple(pattern), a=code))) == expected


CONDITIONS = {
    "score": (
        "$X > $Y",
        '[where.X]\ntrait = "score"\n[where.Y]\nliteral = "number"',
        "import torch\ndef f(m, n):\n    p = torch.sigmoid(m(n))\n    a = p > 0.5\n    b = n > 0.5\n    c = p > n\n",
        [4],
    ),
    "not-trait": ("$X.f()", '[where.X]\nnot-trait = "variable"', "import os\nos.getenv('A').f()\na.f()\n", [3]),
    "literal": ("f($X)", '[where.X]\nliteral = true', "N = 3\nf(N)\nf('a')\nf(None)\nf(g())\n", [2, 3, 4]),
    "no-literal": ("f($X)", '[where.X]\nliteral = false', "f(3)\nf(g())\n", [2]),
    "kinds": ("f($X)", '[where.X]\nliteral = "boolean"', "f(3)\nf(True)\nf('a')\n", [2]),
    "value": ("f($X)", "[where.X]\nvalue = [0, 'a']", "f(0)\nf(False)\nf('a')\nf(1)\n", [1, 3]),
    "not-value": ("f($X)", "[where.X]\nnot-value = 0\nliteral = 'number'", "f(0)\nf(1)\nf(a)\n", [2]),
    "like": ("$F()", '[where.F]\nlike = ["boto3.*", "*_c"]', "import boto3\nboto3.client()\nmy_c()\nopen()\n", [2, 3]),
    "of-what-is-called": (
        "$F($X)",
        '[where.F]\ntrait = "model"',
        "import torch\nnet = torch.load('m')\nnet(1)\nopen(1)\n",
        [3],
    ),
    "like-any-end": ("$F()", '[where.F]\nlike = "boto3.*"', "import boto3 as b\nb.client()\nopen()\n", [2]),
    "like-by-another-name": (
        "$F()",
        '[where.F]\nlike = "boto3.*.resource"',
        "from boto3.session import resource as r\nr()\nopen()\n",
        [2],
    ),
    "not-like": ("$F.read()", '[where.F]\nnot-like = "self.*"', "self.x.read()\na.read()\n", [2]),
    "function": ("f()", 'function = "Model.*"', "class Model:\n    def g(self):\n        f()\nf()\n", [3]),
    "loop": (
        "f()",
        'inside = "loop"',
        "for a in b:\n    f()\nf()\n[f() for a in b]\nfor a in b:\n    def g():\n        f()\n",
        [2, 4],
    ),
    "not-inside": ("f()", 'not-inside = ["function"]', "def g():\n    f()\nf()\n", [3]),
    "model-class": (
        "f()",
        'inside = "model-class"',
        "import torch\nclass N(torch.nn.Module):\n    def g(s):\n        f()\nclass M:\n    def g(s):\n        f()\n",
        [4],
    ),
    "of-a-name": ("f(..., $K=$V)", '[where.K]\nlike = "ti*"', "f(a=1, time=2)\nf(a=1)\n", [1]),
    "next-one": ("f(..., $X, ...)", "[where.X]\nvalue = 3", "f(1, 2, 3)\nf(1, 2)\n", [1]),
    "word": (
        "$X * $Y",
        '[where.X]\nword = ["price", "unit_cost"]',
        "price * 2\nmy_price * 2\nrow['unit_cost'] * 2\npriceless * 2\ncost * 2\n",
        [1, 2, 3],
    ),
    "not-word": ("open($P)", '[where.P]\nnot-word = "log"', "open('a/log.txt')\nopen('logo.png')\nopen(a_log)\n", [2]),
    "imports": ("f()", 'imports = ["pandas", "sklearn.svm"]', "from sklearn import svm\nf()\n", [2]),
    "imports-none": ("f()", 'imports = ["pandas", "sklearn.svm"]', "import sklearn.metrics, pandas_x\nf()\n", []),
    "ml-imports": ("f()", 'inside = "ml-imports"', "import sklearn\nf()\n", [2]),
    "inside-pattern": (
        "$M($X)",
        'not-inside = "with torch.no_grad(): ..."\ninside = "def predict(...): ..."',
        "import torch\ndef predict(x):\n    with torch.no_grad():\n        n(x)\n    n(x)\ndef fit(x):\n    n(x)\n",
        [5],
    ),
    "paths": ("f()", 'paths = ["jobs/"]', "f()\n", []),
    "paths-of-it": ("f()", 'paths = "a*"', "f()\n", [1]),
    "not-paths": ("f()", 'not-paths = "/a.py"', "f()\n", []),
    "not-paths-of-it": ("f()", 'not-paths = ["b*", "a/"]', "f()\n", [1]),
}  # fmt: skip


@pytest.mark.parametrize("name", CONDITIONS)
def test_conditions(tmp_path: Path, name: str) -> None:
    pattern, more, code, expected = CONDITIONS[name]
    assert lines(check(plant(tmp_path, simple(pattern, more), a=code))) == expected


TRAITS = {
    "score": "import torch\nf(torch.sigmoid(x))\n",
    "prediction": "import joblib\nf(joblib.load('m').predict(x))\n",
    "model": "import joblib\nf(joblib.load('m'))\n",
    "environment": "import os\nf(os.environ['APP_ENV'])\n",
    "environment-test": "import os\nf(os.environ['APP_ENV'] == 'production')\n",
    "switch": "from app.settings import settings\nf(settings.DEBUG)\n",
    "variable": "import os\nf(os.getenv('REGION'))\n",
    "flag": "import os\nf(os.getenv('FEATURE_BLENDING') == 'true')\n",
    "external": "import argparse\nf(argparse.ArgumentParser().parse_args().x)\n",
    "settings": "from pydantic_settings import BaseSettings\nf(BaseSettings())\n",
    "random": "import random\nf(random.random())\n",
    "count": "y = []\nf(len(y))\n",
    "decision": "import torch\nf(torch.sigmoid(x) > 0.5)\n",
}


FROM_AFAR = {Trait.PARTS}  # what is asked of other files alone


@pytest.mark.parametrize("trait", [each.value for each in Trait if each not in FROM_AFAR])
def test_every_trait_can_be_asked_for(tmp_path: Path, trait: str) -> None:
    code = f"{TRAITS[trait]}f(other)\nf('a')\n"
    assert lines(check(plant(tmp_path, simple("f($X)", f'[where.X]\ntrait = "{trait}"'), a=code))) == [2]


UNLIKE = {
    "argument": ("f(...)", "f(..., k=$_)", "f(1)\nf(1, k=2)\nf(k=3)\n", [1]),
    "same": ("f($X, $Y)", "f($X, $X)", "f(a, b)\nf(a, a)\n", [1]),
    "bound": (
        "$M.predict(...)",
        "$M.predict(..., k=$_)",
        "import joblib\nm = joblib.load()\nm.predict(1)\nm.predict(1, k=2)\n",
        [3],
    ),
}


@pytest.mark.parametrize("name", UNLIKE)
def test_what_is_to_be_left_out(tmp_path: Path, name: str) -> None:
    pattern, unlike, code, expected = UNLIKE[name]
    assert lines(check(plant(tmp_path, simple(pattern, f"not-pattern = '{unlike}'"), a=code))) == expected


def test_what_is_left_out_may_have_conditions(tmp_path: Path) -> None:
    more = "not-pattern = 'f(..., k=$K)'\n[where.K]\nnot-value = 'error'"
    root = plant(tmp_path, simple("f(...)", more), a="f(1)\nf(k='error')\nf(k='ignore')\nf(k=k)\n")
    assert lines(check(root)) == [1, 2]


def test_what_another_file_says_decides_what_is_left_out(tmp_path: Path) -> None:
    more = "not-pattern = 'f($X)'\n[where.X]\ntrait = 'score'"
    root = plant(tmp_path, simple("f($Y)", more), a="from b import get, N\nf(get(1))\nf(len(N))\n")
    write(root / "b.py", "import torch\nN = [1]\ndef get(x):\n    return torch.sigmoid(x)\n")
    assert lines(check(root)) == [3]


def test_the_message_names_what_is_around(tmp_path: Path) -> None:
    rule = simple("$M.commit()", "inside = 'def $F(...): ...'").replace('"m"', '"{m} in {f}"')
    root = plant(tmp_path, rule, a="def outer():\n    def inner():\n        db.commit()\n")
    assert [each["message"] for each in check(root).document["findings"]] == ["db in inner"]


def test_the_message_shows_the_code(tmp_path: Path) -> None:
    root = plant(tmp_path, simple("f($X, ...)").replace('"m"', '"`{code}` of {x}"'), a="y = f(a,\n      b)\n")
    assert [each["message"] for each in check(root).document["findings"]] == ["`f(a, b)` of a"]
    assert "`...` of $X" in mldebt(root, "rules").out


def test_roles_and_severity(tmp_path: Path) -> None:
    root = plant(tmp_path, simple("f()", 'severity = "error"\nroles = ["test"]'), a="f()\n")
    write(root / "tests" / "test_a.py", "f()\n")
    found = check(root).document["findings"]
    assert [(each["path"], each["severity"]) for each in found] == [("tests/test_a.py", "error")]


SHIPPED = [spec for spec in load().specs if spec.pattern is not None]


@pytest.mark.parametrize("spec", SHIPPED, ids=[spec.code for spec in SHIPPED])
def test_rules_that_ship_are_read_as_those_of_others(spec: RuleSpec) -> None:
    path = rules_folder() / FAMILIES[spec.family] / f"{spec.name}.toml"
    file = ConfigDocument.of(path.name, path.read_bytes(), (), ())
    assert own_patterns.read(file) == spec.pattern
    assert not list(Path(checks.__file__).parent.glob(f"*/{spec.name.replace('-', '_')}.py")), "one of both detects it"
    assert {name for name, _ in spec.placeholders} <= {name.lower() for name in own_patterns.bound(file)} | {CODE}


def test_some_rules_that_ship_are_patterns() -> None:
    assert len(SHIPPED) >= 1


# --- what is refused, and bounded ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (simple("f("), "rule.toml:4:11: pattern: the pattern is not Python: '(' was never closed (column 2)"),
        (simple("if $X:\n    g($LONG=)"), "invalid syntax (line 2, column 13)"),
        (simple('f"{$X}"'), "cannot have a metavariable in an f-string"),
        (simple("f()", 'inside = "with f("'), "inside: the pattern is not Python"),
        (simple("f($X)", "not-pattern = 'f($Y)'\n[where.Z]\nliteral = true"), "no pattern; there is $X, $Y"),
        (simple("$X"), "the pattern matches everything"),
        (simple("f()", 'not-pattern = "f("'), "not-pattern: the pattern is not Python"),
        (simple("..."), "the pattern matches everything"),
        (simple("$x.f()"), "a $ must begin a metavariable"),
        (simple("a; b"), "must be one expression or one statement"),
        (simple("f()\ng()"), "must be one expression or one statement"),
        (simple("f(" * 300 + ")" * 300), "too complex"),
        (simple("f(" + "x, " * 900 + ")"), "is longer than 2000 characters"),
        (simple("f(" + "x," * 600 + ")"), "has more than 500 parts"),
        (simple("f()", "[where.X]\nliteral = true"), "where.X: $X is a metavariable of no pattern"),
        (
            simple('["f($X)", "g($Y)"]', "", "patterns").replace('"m"', '"{x}"'),
            "{x} is a metavariable of no pattern, or not of all",
        ),
        (simple("f($X)", '[where.X]\ntrait = "scores"'), "there is no trait 'scores'; did you mean 'score'?"),
        (simple("f($X)", '[where.X]\ntrait = "frame"'), "there is no trait 'frame'; there is score, prediction, model"),
        (simple("f($X)", '[where.X]\ntraits = "score"'), "there is no such condition; did you mean 'trait'?"),
        (simple("f()", 'inside = "test"'), "expected one of function, class, loop"),
        (simple("f()").replace('"m"', '"{y}"'), "message: {y} is a metavariable of no pattern"),
        (simple("f()").replace('"m"', '"{"'), "write {{ for a brace"),
        (simple("f()").replace("OWN001", "THR901"), "THR is a family of mldebt; take other letters"),
        (simple("f()").replace("OWN001", "own1"), "is no code"),
        (simple("f()").replace('"a-b"', '"threshold-ladder"'), "name: 'threshold-ladder' is taken"),
        (simple("f()", 'severitty = "note"'), "there is no such key; did you mean 'severity'?"),
        (simple("f()").partition("[[good]]")[0], "[[good]] is missing"),
        (simple("f()").replace("code = 'x'", "code = 'x'\npath = '../x.py'"), "must lie under the root"),
        ("code = ", "is not TOML"),
        (
            simple('"f()"', 'pattern = "g()"', "patterns"),
            "pattern (a text) or patterns (a list) is needed, and not both",
        ),
    ],
)
def test_what_cannot_be_meant(tmp_path: Path, rule: str, message: str) -> None:
    ran = check(plant(tmp_path, rule))
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert ran.err.startswith("mldebt: lint/rule.toml:")
    assert message in ran.err


def test_two_rules_with_one_code(tmp_path: Path) -> None:
    root = plant(tmp_path, simple("f()"))
    write(root / "lint" / "second.toml", simple("g()"))
    assert "lint/second.toml:1:8: code: OWN001 is taken" in check(root).err


@pytest.mark.parametrize("path", ["missing", "../lint", "/etc"])
def test_rule_paths_lie_under_the_root(tmp_path: Path, path: str) -> None:
    write(tmp_path / "mldebt.toml", f'rule-paths = ["{path}"]\n')
    ran = check(tmp_path)
    assert (ran.code, "rule-paths" in ran.err) == (2, True)


def test_a_link_out_of_the_tree_is_not_followed(tmp_path: Path) -> None:
    root = plant(tmp_path / "root", simple("f()"), a="f()\n")
    write(tmp_path / "evil.toml", simple("g()"))
    (root / "lint" / "evil.toml").symlink_to(tmp_path / "evil.toml")
    assert lines(check(root)) == [1]


def test_a_catastrophic_pattern_is_told_and_ends(tmp_path: Path) -> None:
    pattern = "f(" + "..., $A, " * 6 + "..., $B, $B)"
    root = plant(tmp_path, simple(pattern), a=f"f({', '.join(f'x{number}' for number in range(200))})\n")
    ran = check(root)
    assert ran.code == 2
    told = "OWN001 was given up: its pattern takes more than 20,000 comparisons at one place; say more"
    assert [each["kind"] for each in ran.document["notices"] if each["fatal"]] == ["pattern-too-hard"]
    assert told in ran.document["notices"][0]["message"]


def test_a_pattern_that_takes_long_at_many_places_is_told_and_ends(tmp_path: Path) -> None:
    pattern = "f(..., $A, ..., $B, ..., $C, $C)"
    names = ", ".join("abcdeghijklmnopqrstuvw")
    root = plant(tmp_path, simple(pattern), a=f"f({names})\n" * 400)
    ran = check(root)
    assert ran.code == 2
    assert "more than 1,000,000 comparisons in one file" in ran.document["notices"][0]["message"]


def test_deep_code_is_matched_without_recursion_of_its_depth(tmp_path: Path) -> None:
    deep = "f(" + "(" * 60 + "1" + ")" * 60 + ")"
    assert lines(check(plant(tmp_path, simple("f($X)"), a=f"{deep}\n"))) == [1]


def test_a_digest_tells_files_apart() -> None:
    assert own_rules.digest([("a", b"1"), ("b", b"2")]) == own_rules.digest([("b", b"2"), ("a", b"1")])
    assert own_rules.digest([("a", b"1")]) != own_rules.digest([("a", b"2")])


def test_the_project_may_not_turn_plugins_on(tmp_path: Path) -> None:
    write(tmp_path / "mldebt.toml", 'plugins = ["acme"]\n')
    ran = check(tmp_path)
    assert (ran.code, "--plugin NAME turns plugins on" in ran.err) == (2, True)


# --- plugins, as an outsider writes them -----------------------------------------------------------

PLUGIN = '''
from collections.abc import Iterable

from mldebt.api import At, Call, Hit, Plugin, Rule, on


class NoPickledModels(Rule):
    """Models come from the registry."""

    @on(Call)
    def look(self, node: Call, at: At) -> Iterable[Hit]:
        if at.reference(node.func) == "pickle.load":
            yield Hit(node, {"file": node.args[0].value})


plugin = Plugin([(NoPickledModels, """
code = "ACME001"
name = "no-pickled-models"
message = "a model is loaded from `{file}`: use the registry"
[[bad]]
code = "import pickle\\\\npickle.load(f)  # expect: ACME001"
[[good]]
code = "registry.load(f)"
""")])
other = 3
'''


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package with a plugin, as pip leaves it behind."""
    site = tmp_path / "site"
    write(site / "acme_mldebt.py", PLUGIN)
    write(site / "acme_mldebt-1.0.dist-info" / "METADATA", "Metadata-Version: 2.1\nName: acme-mldebt\nVersion: 1.0\n")
    entries = "[mldebt.rules]\nacme = acme_mldebt:plugin\nwrong = acme_mldebt:other\nbroken = acme_broken:plugin\n"
    write(site / "acme_mldebt-1.0.dist-info" / "entry_points.txt", entries)
    write(site / "acme_broken.py", "raise RuntimeError('no')\n")
    monkeypatch.syspath_prepend(str(site))
    yield site
    sys.modules.pop("acme_mldebt", None)


def test_a_plugin_runs_when_the_user_asks(installed: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(root / "a.py", "import pickle\nmodel = pickle.load(open('m'))\n")
    write(root / "mldebt.toml", "")
    assert "ACME001" not in {each["code"] for each in check(root).document["findings"]}
    for more in ((), ("--jobs", "2", "--no-cache")):
        found = check(root, "--plugin", "acme", *more).document["findings"]
        assert [(each["line"], each["message"]) for each in found if each["code"] == "ACME001"] == [
            (2, "a model is loaded from `open('m')`: use the registry")
        ]


def test_a_plugin_of_the_users_own_configuration(installed: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(root / "a.py", "import pickle\nmodel = pickle.load(open('m'))\n")
    write(tmp_path / "home" / "mldebt" / "config.toml", 'plugins = ["acme"]\n')
    env: dict[str, str | None] = {"XDG_CONFIG_HOME": str(tmp_path / "home")}
    assert "ACME001" in {each["code"] for each in check(root, env=env).document["findings"]}
    write(tmp_path / "home" / "mldebt" / "config.toml", "plugin = 1\n")
    ran = check(root, env=env)
    assert (ran.code, "there is no such key: plugin; it knows plugins" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("acmee", "no installed package has it; there is acme, broken, wrong"),
        ("wrong", "acme_mldebt:other is no mldebt.api.Plugin"),
        ("broken", "acme_broken:plugin cannot be loaded: RuntimeError: no"),
    ],
)
def test_a_plugin_that_cannot_be_used(installed: Path, tmp_path: Path, name: str, message: str) -> None:
    ran = check(tmp_path / "site", "--plugin", name)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert message in ran.err


def test_the_names_of_the_interface_are_kept() -> None:
    from mldebt import api

    assert set(api.__all__) <= set(vars(api))
    assert api.Plugin is plugins.Plugin
    with pytest.raises(ConfigError):
        own_rules.of_plugin("acme", 'code = "A"', ())
