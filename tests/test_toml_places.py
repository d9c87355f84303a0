"""The scanner says where; tomli says what. Held against each other value for value."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from mldebt.model import Span
from mldebt.toml_places import DEEPEST, KeyPath, TomlPlacesError, key_places, places, scan

EVERYTHING = '''# top comment
title = "a \\"quoted\\" # not a comment"   # a comment
literal = 'C:\\path # no'
long = """
one "two" ""three""
\\"""four"""""
raw = \'\'\'it's ''raw\\\'\'\'
empty = """"""
dates = [1979-05-27 07:32:00, 1979-05-27T07:32:00Z, 1979-05-27, 07:32:00]
numbers = [ +1, -0.5e3, 0xFF, inf, nan,# inner
  1_000,
]
a.b.c = true
a."x.y".'z' = false
"\\u00e9\\tk" = 1
é = 1
inline = { one = 1, two.three = [{ x = 1 }, { x = [] }], four = {} }

[table]
key=1
[ table . sub ]
key = "é€😀" # after
[[list]]
name = "first"
[list.inner]
deep = [[1, 2], ["a]", 'b}']]
[[list.nested]]
n = 1
[[list.nested]]
n = 2
[list.nested.more]
k = "v"
[[list]]
name = "second"
[implicit.made]
v = 1
[implicit]
w = 2
'''.replace("é = 1\n", "")


def paths_of(value: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, object]]:
    if path:
        yield path, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from paths_of(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from paths_of(item, (*path, number))


def cut(text: str, span: Span) -> str:
    lines = text.split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


def assert_agrees(text: str) -> None:
    data = tomli.loads(text)
    found = scan(text)
    values = dict(paths_of(data))
    assert set(found.values) == set(values)
    assert set(found.keys) <= set(values)
    for path, value in values.items():
        written = cut(text, found.values[path])
        if isinstance(value, dict) and not written.startswith("{"):
            continue  # a table made by a header or by naming
        if isinstance(value, list) and value and found.values[path] == found.values[path + (0,)]:
            continue  # an array of tables stands at its first header
        assert repr(tomli.loads(f"x = {written}")["x"]) == repr(value), path
    for path, span in found.keys.items():
        name = path[-1] if isinstance(path[-1], str) else path[-2]
        assert list(tomli.loads(f"{cut(text, span)} = 1")) == [name]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_everything_agrees_with_tomli(newline: str) -> None:
    assert_agrees(EVERYTHING.replace("\n", newline))


def test_spans_are_one_based_and_end_exclusive() -> None:
    text = '[tool.mldebt]\nselect = ["THR001",\n  "PIN"] # why\n'
    assert places(text) == {
        ("tool",): Span(1, 2, 1, 6),
        ("tool", "mldebt"): Span(1, 1, 1, 14),
        ("tool", "mldebt", "select"): Span(2, 10, 3, 9),
        ("tool", "mldebt", "select", 0): Span(2, 11, 2, 19),
        ("tool", "mldebt", "select", 1): Span(3, 3, 3, 8),
    }
    assert key_places(text)[("tool", "mldebt", "select")] == Span(2, 1, 2, 7)


def test_comments_are_told_with_their_place_and_strings_are_not_comments() -> None:
    found = scan('# one\r\nk = "# no" # two\nl = [ # three\n 1]')
    assert [(c.line, c.column, c.text) for c in found.comments] == [
        (1, 1, "# one"),
        (2, 12, "# two"),
        (3, 7, "# three"),
    ]


def test_headers_go_through_the_last_item_of_an_array_of_tables() -> None:
    found = key_places("[[a]]\n[a.b]\n[[a]]\n[a.b]\nc = 1\n")
    assert found["a", 1, "b", "c"] == Span(5, 1, 5, 2)
    assert found["a", 0, "b"] == Span(2, 4, 2, 5)


@pytest.mark.parametrize(
    "text", ["a", "a =", "a = [1", 'a = "x', "a = '''x", "[a", "a = {b = 1", "= 1", "a = [1 2]", 'a = "\n"']
)
def test_what_is_not_toml_is_a_clear_error(text: str) -> None:
    with pytest.raises(TomlPlacesError, match="line 1"):
        scan(text)


def test_hostile_nesting_is_an_error_and_not_a_crash() -> None:
    for text in ("a = " + "[" * 100_000, ".".join("a" * 100_000) + " = 1", "a = " + "{a=" * 100_000):
        with pytest.raises(TomlPlacesError, match=str(DEEPEST)):
            scan(text)


def test_long_input_takes_linear_time() -> None:
    text = 'a = """' + '\\"' * 200_000 + '"""\n' + "b = [" + "1," * 100_000 + "]\n#" + "#" * 200_000
    assert places(text)["b", 99_999].line == 2


KEYS = st.sampled_from(["a", "b", "c-d", "1_2", '"q u"', "'l.t'", '"\\u0041"'])
SCALARS = st.sampled_from(
    [
        "1",
        "-2.5",
        "true",
        '"s # [\\""',
        "'l{'",
        '"""m\n"" x"""',
        "'''r\n'''",
        "2020-01-01 10:00:00",
        "10:00:00",
        "nan",
        '""""q"""""',
    ]
)
GAPS = st.sampled_from(["", " ", "\t "])
ENDS = st.sampled_from(["\n", "\r\n", " # end\n", "\n\n"])
TRAILS = st.sampled_from(["", ","])
BREAKS = st.sampled_from(["", " ", "\n", " # c ]\n", "\r\n  "])


@st.composite
def rendered(draw: st.DrawFn, depth: int = 0) -> str:
    shape = draw(st.sampled_from(["scalar", "scalar", "array", "inline"])) if depth < 3 else "scalar"
    if shape == "scalar":
        return draw(SCALARS)
    if shape == "array":
        items = draw(st.lists(rendered(depth + 1), max_size=3))
        body = ",".join(draw(BREAKS) + item + draw(BREAKS) for item in items)
        return f"[{body}{draw(TRAILS) if items else ''}{draw(BREAKS)}]"
    names = draw(st.lists(st.sampled_from(["a", "b.c", '"d e"']), unique=True, max_size=3))
    return "{" + ",".join(f" {name} = {draw(rendered(depth + 1))}{draw(GAPS)}" for name in names) + "}"


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Mostly TOML; what tomli refuses (a key said twice) is dropped line group by line group."""
    text = ""
    for _ in range(draw(st.integers(0, 8))):
        kind = draw(st.sampled_from(["pair", "pair", "pair", "table", "tables"]))
        parts: list[str] = draw(st.lists(KEYS, min_size=1, max_size=3))
        name = (draw(GAPS) + "." + draw(GAPS)).join(parts)
        if kind == "pair":
            piece = f"{draw(GAPS)}{name}{draw(GAPS)}={draw(GAPS)}{draw(rendered())}{draw(GAPS)}"
        else:
            piece = f"{draw(GAPS)}[{name}]" if kind == "table" else f"[[{name}]]"
        piece += draw(ENDS)
        try:
            tomli.loads(text + piece)
        except tomli.TOMLDecodeError:
            continue
        text += piece
    return text


@settings(max_examples=200, deadline=None)
@given(documents())
def test_any_document_agrees_with_tomli(text: str) -> None:
    assert_agrees(text)


def test_mutilated_documents_raise_nothing_else() -> None:
    chooser = random.Random(7)
    for _ in range(2_000):
        start = chooser.randrange(len(EVERYTHING))
        text = EVERYTHING[:start] + chooser.choice("[]{}\"'=.,#\\\n") + EVERYTHING[start + chooser.randrange(4) :]
        try:
            accepted = tomli.loads(text)
        except tomli.TOMLDecodeError:
            with contextlib.suppress(TomlPlacesError):
                scan(text)
        else:
            assert set(places(text)) == {path for path, _ in paths_of(accepted)}
