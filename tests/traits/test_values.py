"""The table of the traits layer: a snippet, an expression at its end, what it is known to be."""

# ruff: noqa: E501 - a case is a line

from __future__ import annotations

import libcst as cst
import pytest

from mldebt import vocabulary
from mldebt.engine import At
from mldebt.syntax import stack
from mldebt.traits.flow import Interpreter
from mldebt.traits.names import Names
from mldebt.traits.origins import Origins
from mldebt.traits.values import BY_FLOW, Evidence, Trait


def evidence_at_end(snippet: str, trait: Trait) -> Evidence | None:
    """The evidence for ``trait`` of the expression given to ``probe(...)`` in ``snippet``."""
    found: list[Evidence | None] = []
    words = vocabulary.load()
    names = Names(words)
    origins = Origins(words, names)

    def listen(node: cst.CSTNode) -> None:
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value == "probe":
            found.append(at.trait(node.args[0].value, trait))

    interpreter = Interpreter(names, origins, {cst.Call: listen})
    at = At("app/module.py", interpreter, names, origins, words)
    stack.call(lambda: interpreter.run(cst.parse_module(snippet)))
    assert found, "the snippet never reaches probe(...)"
    return found[-1]


FLOWS = [
    ("p = model.predict_proba(x)\nprobe(p)", Trait.SCORE, "predict_proba"),
    ("p = model.predict_proba(x)[:, 1]\nprobe(p)", Trait.SCORE, "predict_proba"),
    ("a, p = 1, model.predict_proba(x)\nprobe(p)", Trait.SCORE, "predict_proba"),
    ("p = 0\np += model.predict_proba(x)\nprobe(p)", Trait.SCORE, "predict_proba"),
    ("if (p := model.predict_proba(x)) is not None:\n    probe(p)", Trait.SCORE, "predict_proba"),
    ("df['p'] = model.predict_proba(x)\nprobe(df['p'])", Trait.SCORE, "predict_proba"),
    ("import numpy as np\nq = np.max(model.predict_proba(x))\nprobe(q)", Trait.SCORE, "predict_proba"),
    ("q = float(max(model.predict_proba(x)[0]))\nprobe(q * 100)", Trait.SCORE, "predict_proba"),
    ("q = model.predict_proba(x).mean().item()\nprobe(1 - q)", Trait.SCORE, "predict_proba"),
    ("import torch\np = torch.sigmoid(net(x)) if x else None\nprobe(p)", Trait.SCORE, "sigmoid"),
    ("for p in model.predict_proba(x):\n    probe(p)", Trait.SCORE, "predict_proba"),
    ("for i, (a, p) in enumerate(zip(rows, model.predict_proba(x))):\n    probe(p)", Trait.SCORE, "predict_proba"),
    ("[probe(p) for p in model.predict_proba(x)]", Trait.SCORE, "predict_proba"),
    ("q = [f(p) for p in x]\nscored = [p for p in model.predict_proba(x)]\nprobe(scored[0])", Trait.SCORE, "predict_proba"),
    ("def f(x):\n    return model.predict_proba(x)\nprobe(f(1))", Trait.SCORE, "predict_proba"),
    ("if x:\n    p = model.predict_proba(x)\nelse:\n    p = None\nprobe(p)", Trait.SCORE, "predict_proba"),
    ("try:\n    p = model.predict_proba(x)\nexcept ValueError:\n    p = 0.0\nprobe(p)", Trait.SCORE, "predict_proba"),
    ("with torch.no_grad():\n    p = model.predict_proba(x)\nprobe(p)", Trait.SCORE, "predict_proba"),
    ("class A:\n    def __init__(self):\n        self.p = m.predict_proba(x)\n    def f(self):\n        probe(self.p)", Trait.SCORE, "predict_proba"),
    ("class A:\n    def g(self):\n        return m.predict_proba(x)\n    def f(self):\n        probe(self.g())", Trait.SCORE, "predict_proba"),
    ("class A:\n    @property\n    def g(self):\n        return m.predict_proba(x)\n    def f(self):\n        probe(self.g)", Trait.SCORE, "predict_proba"),
    ("last = 0.0\nfor row in rows:\n    probe(last)\n    last = model.predict_proba(row)", Trait.SCORE, "predict_proba"),
    ("fc = m.predict(x)\nprobe(fc['yhat'])", Trait.PREDICTION, "predict"),
    ("class A:\n    def predict(self, x):\n        probe(self.net(x))", Trait.PREDICTION, "net"),
    ("class A:\n    def predict(self, x):\n        probe(self.net(x).argmax(-1))", Trait.PREDICTION, "net"),
    ("import torch\nm = torch.load('m.pt')\ndef classify(x):\n    probe(m(x))", Trait.PREDICTION, "m"),
    ("def predict(net, x):\n    probe(net(x))", Trait.PREDICTION, "net"),
    ("import numpy as np\np = np.where(x > 3, 0.0, m.predict_proba(x))\nprobe(p)", Trait.SCORE, "predict_proba"),
    ("import os\nprobe(os.getenv('APP_ENV'))", Trait.ENVIRONMENT, "APP_ENV"),
    ("import os\nprobe(os.environ['ENV'].lower())", Trait.ENVIRONMENT, "ENV"),
    ("import os as o\nname = 'ENV'\nprobe(o.environ.get(name, 'dev'))", Trait.ENVIRONMENT, "ENV"),
    ("from os import getenv\nprobe(getenv('ENV') == 'prod')", Trait.ENVIRONMENT_TEST, "ENV"),
    ("import os\nis_prod = os.getenv('ENV') == 'prod'\nprobe(not is_prod)", Trait.ENVIRONMENT_TEST, "ENV"),
    ("import os\ndef is_prod():\n    return os.getenv('ENV') in ('prod', 'staging')\nprobe(is_prod())", Trait.ENVIRONMENT_TEST, "ENV"),
    ("import os\nprobe(os.getenv('ENABLE_RERANK', 'false').lower() == 'true')", Trait.FLAG, "ENABLE_RERANK"),
    ("import ldclient\nclient = ldclient.get()\nprobe(client.variation('new-ranker', user, False))", Trait.FLAG, "new-ranker"),
    ("import ldclient\ndef on(key):\n    return ldclient.get().variation(key, u, False)\nprobe(on('dark'))", Trait.FLAG, "dark"),
    ("from sklearn.svm import SVC\nm = SVC()\nprobe(m)", Trait.MODEL, "SVC"),
    ("import joblib\nprobe(joblib.load('m.joblib'))", Trait.MODEL, "load"),
    ("import random\nprobe(random.random())", Trait.RANDOM, "random"),
    ("probe(len(scores))", Trait.COUNT, "len"),
    ("probe(model.predict(x))", Trait.PREDICTION, "predict"),
]  # fmt: skip


@pytest.mark.parametrize(("snippet", "trait", "detail"), FLOWS)
def test_a_trait_is_known_by_where_the_value_comes_from(snippet: str, trait: Trait, detail: str) -> None:
    evidence = evidence_at_end(snippet, trait)
    assert evidence is not None
    assert evidence.weight == BY_FLOW
    assert evidence.detail == detail


SILENCE = [
    ("fc = m.predict(x)\nprobe(fc['ds'])", Trait.PREDICTION),
    ("class A:\n    def forward(self, x):\n        probe(self.net(x))", Trait.PREDICTION),
    ("class A:\n    def predict(self, x):\n        probe(self.tokenizer(x))", Trait.PREDICTION),
    ("def predict(x):\n    net = choose(x)\n    probe(net(x))", Trait.PREDICTION),
    ("df['p'] = model.predict_proba(x)\nprobe(df)", Trait.SCORE),  # the column, never the frame
    ("df['p'] = model.predict_proba(x)\nprobe(df['age'])", Trait.SCORE),
    ("p = model.predict_proba(x)\nprobe(len(p))", Trait.SCORE),
    ("p = model.predict_proba(x)\nprobe(p.shape[0])", Trait.SCORE),
    ("p = model.predict_proba(x)\np = load()\nprobe(p)", Trait.SCORE),
    ("probe(prec_score_table_name)", Trait.PREDICTION),
    ("env = gym.make('CartPole')\nprobe(env.reset())", Trait.ENVIRONMENT),
    ("probe(split == 'test')", Trait.ENVIRONMENT_TEST),
    ("probe(gym_env)", Trait.ENVIRONMENT),
    ("probe(user.is_enabled('x'))", Trait.FLAG),
    ("import store\nprobe(get_value('x'))", Trait.FLAG),
    ("probe(use_bias)", Trait.FLAG),
    ("def f():\n    return f()\nprobe(f())", Trait.SCORE),
]


@pytest.mark.parametrize(("snippet", "trait"), SILENCE)
def test_what_is_not_known_is_not_said(snippet: str, trait: Trait) -> None:
    assert evidence_at_end(snippet, trait) is None


def test_the_path_names_each_stop() -> None:
    evidence = evidence_at_end("def rate(x):\n    return m.predict_proba(x)\nprobe(rate(1))", Trait.SCORE)
    assert evidence is not None
    assert [step.words for step in evidence.path] == ["predict_proba", "rate()"]


def test_what_another_file_says_is_asked_not_decided() -> None:
    evidence = evidence_at_end("from app.settings import is_prod\nprobe(is_prod())", Trait.ENVIRONMENT_TEST)
    assert evidence is not None
    assert (
        str(evidence.when) == "Carries(path='app/module.py', name='app.settings.is_prod()', trait='environment-test')"
    )


def test_a_name_says_less_than_a_flow() -> None:
    evidence = evidence_at_end("def f(confidence):\n    probe(confidence)", Trait.SCORE)
    assert evidence is not None
    assert 0 < evidence.weight < BY_FLOW


def test_a_better_name_says_more_than_the_one_before() -> None:
    weak = evidence_at_end("d = x['distance']\nprobe(d)", Trait.SCORE)
    strong = evidence_at_end("similarity = 1 - x['distance']\nprobe(similarity)", Trait.SCORE)
    assert weak is not None
    assert strong is not None
    assert weak.weight < strong.weight < BY_FLOW


@pytest.mark.parametrize(
    "snippet",
    [
        "import a.b\nfrom a.b import *\nfrom . import c\n",
        "class A(A):\n    x = A\n    def f(self):\n        return self.f()\nB = A\nclass A(B): pass\n",
        "def f():\n    global g\n    g = 1\n    def h():\n        nonlocal k\n        k = 2\n    return h\n",
        "for i in i:\n    i = i\nelse:\n    pass\nwhile (n := n - 1):\n    continue\n",
        "try:\n    pass\nexcept* ValueError as e:\n    e = e\nfinally:\n    del e\n",
        "match x:\n    case {'a': [b, *c], **d} if b: pass\n    case A(b=1) | None as e: pass\n    case _: pass\n",
        "async def f():\n    async with a as (b, c):\n        async for d in e: yield await d\n    return [x async for x in y]\n",
        "f = lambda *a, b=(lambda: 1), **k: (yield)\nx: int\nx: int = 3\nx @= y\na[b:c, ...] = *d, e\n",
        "def f(a, /, b, *, c=1, **d) -> 'g': ...\n@f(1)\nclass C(metaclass=M): ...\n",
        "print(f'{x!r:>{width}}', *args, **{'a': 1}, sep=b'')\n",
    ],
)  # fmt: skip
def test_every_statement_can_be_walked(snippet: str) -> None:
    evidence_at_end(snippet + "\nprobe(1)\n", Trait.SCORE)
