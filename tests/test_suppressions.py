"""Suppression comments: what they hold for, and what is said of those that hold for nothing."""

from __future__ import annotations

import time

import pytest

from mldebt.model import Cell, Suppression
from mldebt.sources import SourceText, python
from mldebt.suppressions import Suppressions, python_suppressions, suppressions_in
from mldebt.toml_places import Comment


def of(text: str) -> Suppressions:
    source = python.read("a.py", text.encode())
    assert isinstance(source, SourceText)
    return python_suppressions(source)


def only(text: str) -> Suppression:
    found = of(text)
    assert found.notices == ()
    (suppression,) = found.suppressions
    return suppression


def lines(text: str) -> list[tuple[int, int]]:
    return [suppression.lines for suppression in of(text).suppressions]


def test_everything_that_can_be_said() -> None:
    text = "x = 1  # mldebt: ignore[THR001, environments] later until=2027-03-31 owner=risk -- moves -- soon"
    found = only(text)
    assert found.codes == ("THR001", "environments")
    assert (found.kind, found.until, found.owner, found.reason) == ("later", "2027-03-31", "risk", "moves -- soon")
    assert (found.place.path, found.place.span.line, found.place.span.column) == ("a.py", 1, 8)
    assert found.place.span.end_column == len(text) + 1
    assert found.text == text[7:]


@pytest.mark.parametrize(
    ("comment", "kind", "reason", "until", "owner"),
    [
        ("# mldebt: ignore[THR001]", "", "", "", ""),
        ("#mldebt:ignore[THR001]", "", "", "", ""),
        ("# mldebt: ignore [ THR001 , ] accepted", "accepted", "", "", ""),
        ("# mldebt: ignore[THR001] -- why not", "", "why not", "", ""),
        ("# mldebt: ignore[THR001] wrong — an em dash", "wrong", "an em dash", "", ""),
        (
            "# mldebt: ignore[THR001] accepted -- it is fine until=2027-03-31, owner=x",
            "accepted",
            "it is fine",
            "2027-03-31",
            "x",
        ),
        (
            "# mldebt: ignore[THR001] owner=x accepted until=2027-03-31 -- see #12",
            "accepted",
            "see #12",
            "2027-03-31",
            "x",
        ),
        ("# mldebt: ignore[THR001] accepted -- fine  # noqa: E501", "accepted", "fine", "", ""),
        ("# noqa: E501  # mldebt: ignore[THR001] accepted -- fine", "accepted", "fine", "", ""),
        ("# type: ignore[x] # mldebt: ignore[THR001]", "", "", "", ""),
    ],
)
def test_forms(comment: str, kind: str, reason: str, until: str, owner: str) -> None:
    found = only(f"x = 1  {comment}\n")
    assert found.codes == ("THR001",)
    assert (found.kind, found.reason, found.until, found.owner) == (kind, reason, until, owner)


def test_two_in_one_comment() -> None:
    found = of("x = 1  # mldebt: ignore[A1] -- one  # mldebt: ignore[B1] -- two").suppressions
    assert [(each.codes, each.reason, each.place.span.column) for each in found] == [
        (("A1",), "one", 8),
        (("B1",), "two", 37),
    ]


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("# mldebt: ignore", "say what to ignore, as in ignore[THR001]"),
        ("# mldebt: ignore-file[]", "say what to ignore, as in ignore-file[THR001]"),
        ("# mldebt: ignore[THR001", "the closing ] is missing"),
        ("# mldebt: ignore[THR 001]", "'THR 001' is no code or name of a rule"),
        ("# mldebt: noqa", "expected ignore[CODE] or ignore-file[CODE], found 'noqa'"),
        ("# mldebt: Ignore[THR001]", "expected ignore[CODE] or ignore-file[CODE], found 'Ignore[THR001]'"),
        ("# mldebt: ignore[THR001] acepted", "expected wrong, accepted or later, found 'acepted'; a reason follows --"),
        ("# mldebt: ignore[THR001] because", "expected wrong, accepted or later, found 'because'; a reason follows --"),
        ("# mldebt: ignore[THR001] until=2027-02-30", "until=2027-02-30 is no day; write it as in until=2027-03-31"),
        ("# mldebt: ignore[THR001] until=", "until= is no day; write it as in until=2027-03-31"),
        ("# mldebt: ignore[THR001] owner=a owner=b", "owner= stands twice"),
    ],
)
def test_what_is_not_understood_holds_for_nothing_and_is_told(comment: str, message: str) -> None:
    found = of(f"y = 0\nx = 1  {comment}\n")
    assert found.suppressions == ()
    (notice,) = found.notices
    assert (notice.kind, notice.path, notice.line, notice.column) == ("bad-suppression", "a.py", 2, 8)
    assert notice.message == f"holds for nothing: {message}"


def test_behind_the_first_line_it_holds_for_the_statement() -> None:
    assert lines("x = f(  # mldebt: ignore[A1]\n    1,\n    2,\n)\ny = 2\n") == [(1, 4)]
    assert lines("x = 1 + \\\n  2\nif x:  # mldebt: ignore[A1]\n    y = 1\n") == [(3, 3)]
    assert lines("def f(  # mldebt: ignore[A1]\n    a=0.5,\n):\n    return a\n") == [(1, 3)]


def test_further_down_it_holds_for_its_line() -> None:
    assert lines("x = f(\n    1,  # mldebt: ignore[A1]\n    2,\n)\n") == [(2, 2)]
    assert lines('x = f("""\na\n""")  # mldebt: ignore[A1]\n') == [(1, 3)]
    assert lines('x = g(1,\n  f"""\n{a}\n""",  # mldebt: ignore[A1]\n)') == [(2, 4)]


def test_on_a_line_of_its_own_it_holds_for_what_begins_below() -> None:
    assert lines("# mldebt: ignore[A1]\nx = f(\n    1,\n)\n") == [(2, 4)]
    assert lines("if x:\n    # mldebt: ignore[A1]\n    # and why\n    y = 1\n    z = 2\n") == [(4, 4)]
    assert lines("x = f(\n    # mldebt: ignore[A1]\n    1,\n    2,\n)\n") == [(3, 3)]
    assert lines("# mldebt: ignore[A1]\n# mldebt: ignore[B1]\nx = 1\n") == [(3, 3), (3, 3)]


def test_decorators_belong_to_what_they_decorate() -> None:
    text = "# mldebt: ignore[A1]\n@a\n@b(\n  1\n)\n\ndef f(\n  x\n):\n    return 1\n"
    assert lines(text) == [(2, 9)]
    assert lines("@a\n@b  # mldebt: ignore[A1]\ndef f():\n    return 1\n") == [(2, 2)]


@pytest.mark.parametrize(
    "text", ["# mldebt: ignore[A1]\n", "# mldebt: ignore[A1]\n\nx = 1\n", "x = 1\n# mldebt: ignore[A1]"]
)
def test_above_nothing(text: str) -> None:
    found = of(text)
    assert found.suppressions == ()
    assert "stands above nothing" in found.notices[0].message


def test_the_whole_file() -> None:
    assert lines("x = 1\n\n# mldebt: ignore-file[A1] accepted -- generated\n") == [(0, 0)]


def test_never_from_strings() -> None:
    assert of('x = "# mldebt: ignore[A1]"\n') == Suppressions()
    assert of('"""\n# mldebt: ignore[A1]\nx = 1\n"""\n') == Suppressions()
    assert of('x = f"{1}# mldebt: ignore[A1]"\n') == Suppressions()


def test_line_ends_and_form_feeds() -> None:
    assert lines("y = 1\rx = f(  # mldebt: ignore[A1]\r  1)\rz = 3\r") == [(2, 3)]
    assert lines("y = 1\r\n\fx = f(  # mldebt: ignore[A1]\r\n  1)\r\n") == [(2, 3)]
    assert of("\fx = 1  # mldebt: ignore[A1]").suppressions[0].place.span.column == 9


@pytest.mark.parametrize("broken", ["x = (\n", "x = '''\n", "if x:\n        y\n    z\n"])
def test_what_cannot_be_tokenised_gives_what_stands_before(broken: str) -> None:
    text = f"a = 1  # mldebt: ignore[A1]\n{broken}"
    assert lines(text) == [(1, 1)]
    assert of(text).notices == ()


def test_suppressions_behind_a_mistake_are_told() -> None:
    found = of("a = 1  # mldebt: ignore[A1]\nif x:\n        y\n    z\nb = 1  # mldebt: ignore[B1]\n")
    assert [each.codes for each in found.suppressions] == [("A1",)]
    assert [notice.kind for notice in found.notices] == ["suppressions-unread"]


class CellMap:
    def to_physical(self, line: int, column: int) -> tuple[int, int, Cell | None]:
        return line + 100, column + 4, Cell(2, "id", None, line)

    def to_virtual(self, line: int, column: int) -> tuple[int, int] | None:
        return line - 100, column - 4


def test_lines_and_places_are_those_of_the_file() -> None:
    source = SourceText.of("n.ipynb", "x = f(  # mldebt: ignore[A1]\n  1)\n", source_map=CellMap())
    (found,) = python_suppressions(source).suppressions
    assert found.lines == (101, 102)
    assert (found.place.span.line, found.place.span.column) == (101, 13)
    assert found.place.cell == Cell(2, "id", None, 1)


def test_requirements() -> None:
    comments = [Comment(1, 1, "# mldebt: ignore[A1]"), Comment(2, 1, "# pinned by the platform")]
    comments += [Comment(3, 14, "# mldebt: ignore[B1]"), Comment(6, 20, "# mldebt: ignore[C1]")]
    comments += [
        Comment(8, 1, "# mldebt: ignore-file[D1]"),
        Comment(9, 3, "# mldebt: ignore[E1]"),
        Comment(12, 1, "# mldebt: x"),
    ]
    found = suppressions_in("requirements.txt", comments, [(5, 6), (3, 4)])
    assert [(each.codes, each.lines) for each in found.suppressions] == [
        (("A1",), (3, 4)),
        (("B1",), (3, 4)),
        (("C1",), (5, 6)),
        (("D1",), (0, 0)),
        (("E1",), (10, 10)),
    ]
    assert [(notice.kind, notice.line) for notice in found.notices] == [("bad-suppression", 12)]


def test_hostile_input_is_quick() -> None:
    began = time.perf_counter()
    of("# mldebt: ignore[A1]\n" * 15_000 + "x = 1\n")
    of("x = 1 #" + " # mldebt: ignore[" * 2_000)
    of("x = 1 # mldebt: ignore[A1] " + "until=x " * 2_000 + "- " * 20_000)
    of("# mldebt: ignore[A1]\nx = '" + "a" * 1_000_000 + "'\n")
    of("x = " + "(" * 50_000 + "# mldebt: ignore[A1]\n")
    assert time.perf_counter() - began < 60
