"""Reads of environment variables, tests of the environment, switches."""

from __future__ import annotations

import pytest

from mldebt.facts.sites import EnvironmentRead, EnvironmentTest, TruthOfText
from tests.collectors.analysed import analysed


def reads(text: str) -> list[tuple[str, str, bool]]:
    project = analysed({"app/work.py": text})
    return [(read.variable, read.default, read.has_default) for _, read in project.facts(EnvironmentRead)]


def test_every_spelling_of_a_read_is_seen_once_with_its_default() -> None:
    text = """
    import os
    from os import environ, getenv as get

    import environs

    env = environs.Env()
    SIZE = 32
    a = os.environ["A"]
    b = environ.get("B", "x")
    c = get("C", SIZE)
    d = env.bool("D", False)
    """

    assert reads(text) == [("A", "", False), ("B", "x", True), ("C", "32", True), ("D", "False", True)]


def test_a_variable_that_is_set_is_not_read() -> None:
    text = """
    import os

    os.environ["A"] = "1"
    os.environ.setdefault("B", "2")
    del os.environ["C"]
    """

    assert reads(text) == []


def asked(text: str) -> list[tuple[str, str]]:
    project = analysed({"app/work.py": text})
    return [
        (test.name, test.value)
        for _, test in project.facts(EnvironmentTest)
        if project.holds(test.when) is True and project.holds(test.unless) is not True
    ]


@pytest.mark.parametrize(
    ("test", "name", "value"),
    [
        ('os.getenv("APP_ENV") == "production"', "os.getenv()", "production"),
        ('"prod" == settings.ENV', "settings.ENV", "prod"),
        ('env in {"dev", "local"}', "env", "dev"),
        ("env == Environment.PROD", "env", "prod"),
        ("settings.DEBUG", "settings.DEBUG", ""),
        ("DEBUG", "DEBUG", ""),
        ("not in_debug_mode()", "in_debug_mode()", ""),
    ],
)
def test_a_question_about_the_environment(test: str, name: str, value: str) -> None:
    text = f"""
    import os

    from django.conf import settings
    from app.elsewhere import Environment, in_debug_mode

    DEBUG = False


    def work(env):
        return 1 if {test} else 2
    """

    assert asked(text) == [(name, value)]


@pytest.mark.parametrize(
    "test",
    [
        'split == "dev"',
        "self.debug",
        "args.debug",
        "is_test(split)",
        "client.api.session.config.is_local",
        "logging.DEBUG",
    ],
)
def test_no_question_about_the_environment(test: str) -> None:
    text = f"""
    import logging


    def is_test(path):
        return "tests" in path


    def work(self, args, client, split):
        return 1 if {test} else 2
    """

    assert asked(text) == []


def test_text_is_tested_for_truth_until_it_is_parsed() -> None:
    text = """
    import os

    text = os.getenv("A", "false")
    parsed = os.getenv("B", "false").lower() == "true"
    number = int(os.getenv("C", "0"))
    if text or parsed or number or os.environ.get("D"):
        print(bool(os.getenv("E", "0")), os.getenv("F") or "x")
    """
    project = analysed({"app/work.py": text})

    found = [(truth.variable, truth.default) for _, truth in project.facts(TruthOfText)]
    assert found == [("A", '"false"'), ("D", ""), ("E", '"0"')]
