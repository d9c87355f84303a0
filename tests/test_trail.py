"""Names that lead in circles. Without a memory of where they have led, these tests would not end."""

from __future__ import annotations

import ast

import pytest

from mldebt import vocabulary
from mldebt.config import Config
from mldebt.facts import FileFacts
from mldebt.facts.modules import ModuleFact
from mldebt.functions import functions_of
from mldebt.index import facts_of
from mldebt.project import Project
from mldebt.trail import MAX_TRIES, Trail

CIRCLE = [f"m{number}" for number in range(12)]


@pytest.fixture
def project() -> Project:
    """Modules each of which imports ``*`` from all others; the last one defines something."""
    files = []
    for name in CIRCLE:
        text = "".join(f"from {other} import *\n" for other in CIRCLE if other != name)
        if name == CIRCLE[-1]:
            text += "class Found: ...\ndef found(): ...\n"
        tree = ast.parse(text)
        known = facts_of(tree, text)
        assert isinstance(known[0], ModuleFact)
        files.append(FileFacts(f"{name}.py", "python", 1, True, (*known, *functions_of(tree, known[0]))))
    return Project(files, Config(), vocabulary.load({}))


def test_an_export_that_nobody_has_is_looked_for_once_in_every_module(project: Project) -> None:
    assert project.lookup("m0.py", "m1.missing") is None


@pytest.mark.parametrize(("name", "path"), [("m1.Found", "m11.py"), ("m1.Missing", None)])
def test_a_class_is_found_behind_a_circle(project: Project, name: str, path: str | None) -> None:
    found = project.find_class("m0.py", name)
    assert (found and found[0]) == path


@pytest.mark.parametrize(("name", "node"), [("m1.found", ("m11.py", "found")), ("m1.missing", None)])
def test_a_function_is_found_behind_a_circle(project: Project, name: str, node: tuple[str, str] | None) -> None:
    assert project.calls.target("m0.py", name) == node


def test_a_place_is_tried_again_with_more_steps_left_only() -> None:
    trail = Trail()
    tried = [trail.leads("a.py", "x", hops) for hops in (3, 3, 2, 4, 0)]
    assert tried == [True, False, False, True, False]
    assert not trail.leads("b.py", "x", 0)
    assert trail.leads("b.py", "x", 1)


def test_one_question_is_not_asked_of_a_thousand_files() -> None:
    trail = Trail()
    assert sum(trail.leads(f"{number}.py", "x", 1) for number in range(MAX_TRIES + 10)) == MAX_TRIES
