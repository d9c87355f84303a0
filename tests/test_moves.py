"""What only stands on other lines is what it was."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import mldebt
from mldebt.facts import Fact, FileFacts
from mldebt.facts.acts import Trial
from mldebt.facts.functions import FunctionFact
from mldebt.model import Confidence, Finding, Place, Related, Role, Severity, Span
from mldebt.moves import Moves

SOURCE = Path(mldebt.__file__).parent


def trial(name: str, line: int, column: int = 1) -> Trial:
    return Trial(name, Place("tests/test_a.py", Span(line, column, line + 1, 5)), "", "", False, ())


def function(name: str, line: int) -> FunctionFact:
    return FunctionFact(name, line, ())


def file(*facts: Fact) -> FileFacts:
    return FileFacts("tests/test_a.py", "python", 100, True, facts)


def finding(line: int, *related: int, path: str = "tests/test_a.py") -> Finding:
    return Finding(
        code="TST001", name="", family="", debt="", severity=Severity.NOTE, confidence=Confidence.HIGH, message="",
        place=Place(path, Span(line, 1, line + 1, 5)), role=Role.TEST, component=".", minutes=1, symbol="", snippet="",
        source_line="", identity="", fingerprint="",
        related=tuple(Related(Place("tests/test_a.py", Span(each, 1, each + 1, 5)), "") for each in related),
    )  # fmt: skip


def moves(then: FileFacts, now: FileFacts) -> Moves:
    return Moves([(then, now)], {"Trial", "FunctionFact"})


def test_findings_stand_where_stands_what_they_speak_of() -> None:
    found = moves(file(trial("a", 3), trial("b", 8)), file(trial("a", 3), trial("b", 10)))
    assert not any(found.others.values())
    assert found.moved((finding(8, 3), finding(1, 8, path="a.py"))) == (finding(10, 3), finding(1, 10, path="a.py"))


def test_what_nobody_has_moved_is_left_alone() -> None:
    found = moves(file(trial("a", 3)), file(trial("a", 3)))
    findings = (finding(3), finding(77))
    assert found.moved(findings) is findings


def test_a_line_of_which_nothing_is_known_may_be_anywhere() -> None:
    assert moves(file(trial("a", 3)), file(trial("a", 4))).moved((finding(7),)) is None


@pytest.mark.parametrize(
    "now",
    [
        file(trial("a", 3)),
        file(trial("a", 3), trial("b", 8), trial("c", 12)),
        file(trial("a", 3), trial("c", 8)),
        file(trial("a", 3), trial("b", 8, column=5)),
        file(trial("b", 3), trial("a", 8)),
    ],
)
def test_what_says_something_else_has_not_moved(now: FileFacts) -> None:
    assert moves(file(trial("a", 3), trial("b", 8)), now).others == {"tests/test_a.py": {"Trial"}}


def test_what_has_changed_places_with_something_else_has_not_only_moved() -> None:
    """Which of two comes first may count."""
    then, now = (file(trial("a", 3), function("f", line)) for line in (8, 1))
    assert moves(then, now).others == {"tests/test_a.py": {"FunctionFact"}}


def test_what_was_on_one_line_and_is_no_more_has_not_only_moved() -> None:
    then, now = (file(trial("a", 3), function("f", line)) for line in (3, 2))
    assert moves(then, now).others == {"tests/test_a.py": {"FunctionFact"}}


def test_no_rule_about_the_project_measures_how_far_apart_lines_are() -> None:
    """What one finds is taken to be the same when everything in a file moves."""
    looked = 0
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "import Project" not in text and "ProjectRule" not in text:
            continue
        looked += 1
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
                for side in (node.left, node.right):
                    assert not (isinstance(side, ast.Attribute) and side.attr in {"line", "end_line"}), (
                        f"{path.relative_to(SOURCE)}:{node.lineno}"
                    )
    assert looked > 60
