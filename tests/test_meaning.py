"""What is understood rests on the text alone: not on the order of files or on their neighbours, and hostile text
is survived, silent where nothing can be known, in linear time."""

# ruff: noqa: E501, RUF001 - a case is a line; other scripts are what is tried

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from mldebt import catalogue, vocabulary
from mldebt.analyse import analyse, make_analyser
from mldebt.config import Config, Flags
from mldebt.discover import Source, kind_of
from mldebt.facts import FileFacts
from mldebt.judgement import Law, judge
from mldebt.model import Finding
from mldebt.run import Request, execute
from mldebt.syntax import stack
from tests.collectors.analysed import SETTINGS
from tests.expectations import sites

FIXTURES = Path(__file__).parent.parent / "fixtures"
FOLDERS = [
    "projects/credit-service",
    "feature-flags/constant-flag/bad_never_set",
    "business-logic/verdict-from-score/bad_two_files",
    "environments/environment-branch/bad_reexported",
]


def _texts(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        name = path.relative_to(folder).as_posix()
        if kind_of(name):
            yield name, path.read_bytes()


def _alone(name: str, data: bytes) -> FileFacts:
    """The facts of one file, by an analyser that has seen no other."""
    analyser = make_analyser(SETTINGS, vocabulary.load({}))
    return stack.call(lambda: analyse(analyser, Source(name, kind_of(name) or ""), data))


def _linked(files: list[FileFacts]) -> tuple[Finding, ...]:
    specs = catalogue.load().specs
    return judge(Law(specs, specs, Config(), vocabulary.load({}), date(2026, 11, 23)), files).findings


@pytest.mark.parametrize("folder", FOLDERS)
def test_facts_of_a_file_do_not_depend_on_others_nor_on_their_order(folder: str) -> None:
    texts = list(_texts(FIXTURES / folder))
    analyser = make_analyser(SETTINGS, vocabulary.load({}))

    def read(order: list[tuple[str, bytes]]) -> dict[str, FileFacts]:
        return {name: analyse(analyser, Source(name, kind_of(name) or ""), data) for name, data in order}

    forwards, backwards = stack.call(lambda: read(texts)), stack.call(lambda: read(texts[::-1]))
    assert forwards == backwards == {name: _alone(name, data) for name, data in texts}


@pytest.mark.parametrize("folder", FOLDERS)
def test_findings_do_not_depend_on_the_order_of_files(folder: str) -> None:
    files = [_alone(name, data) for name, data in _texts(FIXTURES / folder)]
    found = _linked(files)
    assert found
    assert found == _linked(files[::-1])


SURVIVED = {
    "imports-in-a-circle": {
        "a.py": "from b import where as a_where, flag\nwhere = a_where\nif where():\n    pass\n",
        "b.py": "from a import where, flag\nif flag:\n    x = 1\nif where == 'here':\n    y = 1\n",
    },
    "a-module-that-imports-itself": {"a.py": "from a import env\nimport a\nif env == a.env:\n    pass\n"},
    "a-module-that-shadows-a-package": {
        "torch.py": "def sigmoid(x):\n    return len(x)\n",
        "use.py": "import torch\nif torch.shape([1]) > 3:\n    pass\n",
    },
    "a-module-and-a-package-of-one-name": {
        "conf.py": "ENV = 1\n", "conf/__init__.py": "from .. import conf\n", "use.py": "import conf\nif conf.ENV == 2:\n    pass\n",
    },
    "stars-in-a-circle": {"a.py": "from b import *\n", "b.py": "from a import *\nif DEBUG_LEVEL == 3:\n    pass\n"},
    "rebound-in-a-loop": {
        "a.py": "import joblib\nm = joblib.load('m')\np = m.predict_proba(x)\nfor p in range(9):\n    if p > 7:\n        pass\n"
    },
    "rebound-in-except": {
        "a.py": "import joblib\nm = joblib.load('m')\np = m.predict_proba(x)\ntry:\n    pass\nexcept ValueError as p:\n    if p > 7:\n        pass\n"
    },
    "global-and-nonlocal": {
        "a.py": "p = 0\ndef f():\n    global p, q\n    p = 3\n    def g():\n        nonlocal r\n        r = 4\n    return g\nif p > 2:\n    pass\n"
    },
    "conditional-imports": {
        "a.py": "try:\n    from b import env\nexcept ImportError:\n    env = None\nif x:\n    from c import env\nelse:\n    import os as env\nif env == 5:\n    pass\n"
    },
    "inherits-from-itself": {"a.py": "import a\nclass A(a.B):\n    pass\nB = A\nclass C(C):\n    def predict(self, country):\n        if country == 'DE':\n            return 1\n"},
    "other-scripts": {
        "a.py": "порог = 0.5\nрезультат = 0.7\nif результат > порог:\n    pass\nスコア = 0.2\nif スコア < 0.9:\n    pass\nétape = 'production'\n"
    },
    "words-in-other-words": {
        "a.py": "import torch\n\n\ndef f(previous, precisely, enviable, stagecoach, confetti, problem):\n    if previous > 0.5 or confetti == 'prod':\n        return problem\n    if enviable == 'production' or stagecoach == 'dev':\n        return precisely\n"
    },
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(SURVIVED))
def test_what_cannot_be_known_is_survived_in_silence(name: str, tmp_path: Path) -> None:
    for path, text in SURVIVED[name].items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    outcome = execute(Request(tmp_path, root=str(tmp_path), flags=Flags(jobs=1), today=date(2026, 11, 23)))
    assert not [notice for notice in outcome.run.notices if notice.fatal or notice.kind == "rule-crashed"]
    quiet = {"THR001"} if name == "words-in-other-words" else set()  # a fraction in an ML module is guessed at, aloud
    assert {
        site for site in sites(outcome) if site[2] not in quiet and site[2][:3] in {"THR", "BIZ", "ENV", "FLG"}
    } == set()


GROWING: dict[str, Callable[[int], str]] = {
    "branches": lambda n: "import torch\ndef f(x, env, score):\n" + "".join(
        f"    if x == {i}:\n        score = x + {i}\n" for i in range(n)
    ),
    "rebindings": lambda n: "p = m.predict_proba(x)\n" + "p = p + q\nif p > 0.4:\n    r = p\n" * n,
    "attributes": lambda n: "class A:\n" + "".join(
        f"    def m{i}(self):\n        self.a{i} = self.m{(i + 1) % n}()\n        return self.a{(i + 7) % n}\n" for i in range(n)
    ),
    "functions": lambda n: "".join(f"def f{i}(x):\n    return f{(i + 1) % n}(x)\n" for i in range(n)),
    "helpers": lambda n: "import joblib\nclass A:\n    def fit(self):\n        self.m = joblib.load('m')\n    def predict(self, x):\n"
    + "".join(f"        self.h{i}(x)\n" for i in range(n)) + "".join(f"    def h{i}(self, x):\n        requests.post(x)\n" for i in range(n)),
    "chains": lambda n: "def f(name):\n" + "".join(
        f"    if name == 'production':\n        x = {i}\n    elif name == 'staging':\n        x = 0\n" for i in range(n)
    ),
    "columns": lambda n: "df = df.assign(a=1)\n" + "".join(f"df['c{i}'] = m.predict(df)\ndf.loc[df['a'] > 3, 'c{i}'] = 0\n" for i in range(n)),
    "queries": lambda n: "".join(f"df = df.filter(F.col('score') > 0.{i + 1})\n" for i in range(n)),
}  # fmt: skip


def _calls(text: str) -> int:
    """How many calls of Python functions the analysis of the text takes: its work, on any machine."""
    count = 0

    def tick(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    analyser = make_analyser(SETTINGS, vocabulary.load({}))

    def run() -> None:
        sys.setprofile(tick)
        try:
            analyse(analyser, Source("a.py", "python"), text.encode())
        finally:
            sys.setprofile(None)

    stack.call(run)
    return count


@pytest.mark.parametrize("shape", sorted(GROWING))
def test_twice_the_text_is_about_twice_the_work(shape: str) -> None:
    few, many = _calls(GROWING[shape](25)), _calls(GROWING[shape](100))
    assert many < 6 * few  # four times the text
