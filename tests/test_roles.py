"""What a file is for."""

from __future__ import annotations

import pytest

from mldebt import vocabulary
from mldebt.facts import of_kind
from mldebt.facts.modules import ClassFact, ModuleFact
from mldebt.index import index
from mldebt.model import Role
from mldebt.roles import decide

API = (
    "from fastapi import FastAPI\napp = FastAPI()\n\n@app.post('/score')\ndef score(x):\n    return model.predict(x)\n"
)
FIT = "model.fit(x, y)\n"
SETTINGS = "from pydantic_settings import BaseSettings\n\nclass App(BaseSettings):\n    x: int = 1\n"

PATHS = {
    Role.TEST: [
        "tests/a.py", "app/test_a.py", "app/a_test.py", "conftest.py", "app/testing/a.py", "a/tests.py",
        "unittests/a.py", "a/Test/b.py", "tests/examples/a.py",
    ],
    Role.EXAMPLE: [
        "examples/a.py", "doc/conf.py", "docs/a.py", "a/tutorials/b.py", "notebooks/a.py", "example_a.py", "a/demo.py",
        "a/example_b.py", "samples/a.py", "sandbox/settings.py", "lessons/a.py", "lesson_3/a.py", "book/chap8/a.py",
        "homework2/a.py", "Labs/a.py", "api_labs/lab1/src/a.py",
    ],
    Role.SETTINGS: [
        "settings.py", "app/config.py", "app/settings/__init__.py", "app/settings/prod.py", "app/model_config.py",
        "config_base.py", "a/constants.py",
    ],
    Role.OTHER: [
        "app/latest.py", "app/contest.py", "app/attestation.py", "app/demographics.py", "app/sample_weights.py",
        "app/configure.py", "app/prod.py", "app/tester.py", "app/lessons_learnt/a.py", "lab/a.py", "app/chapters/a.py",
        "app/exercise_plan.py",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("role", "path"), [(role, path) for role, paths in PATHS.items() for path in paths])
def test_a_path_can_say_it(role: Role, path: str) -> None:
    assert decided(path, "x = 1\n") is role


TEXTS = [
    # what it holds, is it an ML module, role
    (API, True, Role.SERVE),
    (API, False, Role.SERVE),
    (API.replace("model.predict(x)", "x"), False, Role.OTHER),
    (API.replace("model.predict(x)", "x"), True, Role.SERVE),
    ("from celery import shared_task\n\n@shared_task\ndef f(): model.predict(x)\n", True, Role.SERVE),
    ("import celery\napp = celery.Celery()\n@app.task\ndef f(): model.predict(x)\n", True, Role.SERVE),
    ("import flask\nmodel.predict(x)\n", True, Role.SERVE),
    ("import flask\nmodel.predict(x)\n", False, Role.OTHER),
    ("def lambda_handler(event, context): return model.predict(event)\n", False, Role.SERVE),
    ("def model_fn(folder): return load(folder)\n", True, Role.SERVE),
    ("@route\ndef f(): model.predict(x)\n", True, Role.OTHER),
    (FIT, True, Role.TRAIN),
    (FIT, False, Role.OTHER),
    ("def train_one_epoch(): pass\n", True, Role.TRAIN),
    ("loss.backward()\n", True, Role.TRAIN),
    (API + FIT, True, Role.SERVE),
    ("import airflow\n", False, Role.PIPELINE),
    ("from prefect import flow\n" + FIT, False, Role.PIPELINE),
    ("from prefect import flow\n" + FIT, True, Role.TRAIN),
    ("if __name__ == '__main__':\n    run()\n", False, Role.SCRIPT),
    ("    if __name__ == '__main__':\n        run()\n", False, Role.OTHER),
    ("import pytest\n\ndef test_f(): pass\n", True, Role.TEST),
    ("import unittest\n\nclass A:\n    def test_f(self): pass\n", False, Role.TEST),
    ("def test_f(): pass\n", False, Role.OTHER),
    ("import pytest\n\ndef f(): pass\n", False, Role.OTHER),
    (SETTINGS, True, Role.SETTINGS),
    (SETTINGS + "\ndef get(): return App()\n", True, Role.SETTINGS),
    (SETTINGS + "\ndef a(): pass\ndef b(): pass\n", True, Role.OTHER),
    ("x = 1\n", True, Role.OTHER),
    ("", False, Role.OTHER),
]


@pytest.mark.parametrize(("text", "learning", "role"), TEXTS)
def test_what_it_holds_can_say_it(text: str, learning: bool, role: Role) -> None:
    assert decided("app/a.py", text, learning) is role


@pytest.mark.parametrize(
    ("path", "role"), [("tests/a.py", Role.TEST), ("docs/a.py", Role.EXAMPLE), ("settings.py", Role.OTHER)]
)
def test_what_could_not_be_read_is_what_its_path_says(path: str, role: Role) -> None:
    assert decide(path, None, (), vocabulary.load(), False) is role


def decided(path: str, text: str, learning: bool = False) -> Role:
    facts = index(text) or ()
    module = next(of_kind(facts, ModuleFact), None)
    return decide(path, module, of_kind(facts, ClassFact), vocabulary.load(), learning)
