"""What libcst must not be given is found on the text, in time that grows with the text and not faster."""

from __future__ import annotations

import time

import libcst as cst
import pytest

from mldebt.syntax import stack
from mldebt.syntax.complexity import MAX_CHAIN, MAX_DEPTH, MAX_ELIFS, MAX_WORK, find_excess
from mldebt.syntax.parse import find_problem, parse

ELIF = "elif b:\n    pass\n"

TOO_MUCH = {
    "brackets": ("(" * 300 + ")" * 300, "nested"),
    "brackets of all kinds": ("[({" * 80 + "})]" * 80, "nested"),
    "brackets that never close": ("f(" * 10_000, "nested"),
    "elifs": ("if a:\n    pass\n" + ELIF * (MAX_ELIFS + 1), "elif"),
    "sum": ("x = " + " + ".join("a" * 2_000), "operators"),
    "sum over lines": ("x = (\n" + "\n+ ".join("a" * 2_000) + "\n)", "operators"),
    "sum over continued lines": ("x = " + " + \\\n".join("a" * 2_000), "operators"),
    "attributes": ("a" + ".b" * 2_000, "operators"),
    "calls": ("a" + "()" * 2_000, "operators"),
    "subscripts": ("a" + "[0]" * 2_000, "operators"),
    "conditions": ("x = " + "a if b else " * 2_000 + "c", "operators"),
    "nots": ("x = " + "not " * 2_000 + "a", "operators"),
    "lambdas": ("x = " + "lambda: " * 2_000 + "a", "operators"),
    "awaits": ("async def f():\n    " + "await " * 2_000 + "a", "operators"),
    "signs": ("x = " + "-" * 2_000 + "1", "operators"),
    "imported names": ("import a" + ".b" * 2_000, "operators"),
    "many long chains": (("x = a" + ".b" * 1_000 + "\n") * (MAX_WORK // 500_000 + 1), "too long"),
}

ENOUGH = {
    "empty": "",
    "brackets": "(" * (MAX_DEPTH - 2) + "1" + ")" * (MAX_DEPTH - 2),
    "elifs": "if a:\n    pass\n" + ELIF * (MAX_ELIFS - 1),
    "sum": "x = " + " + ".join("a" * (MAX_CHAIN - 1)),
    "a long list": "x = [" + "a + b, " * 5_000 + "]",
    "a long table": "x = {\n" + "    'k': {'a': [1, -2], 'b': f(x.y)},\n" * 5_000 + "}\n",
    "many statements": "a.b(c + d)[0]\n" * 20_000,
    "many statements of an old Mac": "a.b(c + d)[0]\r" * 20_000,
    "many statements on a line": "a = b + c; " * 5_000,
    "many strings": "x = (" + "'a'\n" * 2_000 + ")",
    "brackets in strings": "x = '" + "(" * 5_000 + "'\ny = \"" + "[" * 5_000 + '"\n',
    "brackets in long strings": 'x = """' + "(\n\"'" * 5_000 + "\"\"\"\ny = '''" + '(\n"' * 5_000 + "'''\n",
    "brackets in raw strings": "x = r'\\'" + "(" * 5_000 + "'\n",
    "brackets in comments": "#" + "(" * 5_000 + "\n# 'a" + "[" * 5_000 + "\n",
    "a quote in a comment": "# it's\n" * 5_000 + "x = 1\n",
    "elifs in comments": "# elif\n" * 5_000,
    "words with operators in them": "x = " + "android, isinstance, notation, " * 3_000,
    "dots that are no chain": "x = [" + "..., 1.5, " * 3_000 + "]",
    "closing brackets alone": ")" * 5_000,
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_what_is_too_much_is_said_in_words(name: str) -> None:
    text, words = TOO_MUCH[name]
    excess = find_excess(text)
    assert excess is not None
    assert words in excess
    problem = find_problem(text)
    assert problem is not None
    assert problem.kind == "too-complex"


@pytest.mark.parametrize("name", ENOUGH)
def test_what_people_and_generators_write_is_not(name: str) -> None:
    assert find_excess(ENOUGH[name]) is None
    assert find_problem(ENOUGH[name]) is None


@pytest.mark.parametrize(
    "text",
    [
        "x = a" + ".b" * (MAX_CHAIN - 2) + "\n",
        "x = " + "(" * (MAX_DEPTH - 1) + "1" + ")" * (MAX_DEPTH - 1) + "\n",
        "x = " + "[a for a in " * (MAX_DEPTH - 2) + "b" + "]" * (MAX_DEPTH - 2) + "\n",
        "if a:\n    pass\n" + ELIF * (MAX_ELIFS - 1),
    ],
    ids=["chain", "brackets", "comprehensions", "elifs"],
)
def test_what_is_just_allowed_does_not_kill_the_parser(text: str) -> None:
    assert find_problem(text) is None
    module = stack.call(lambda: parse(text))
    assert isinstance(module, cst.Module), module
    assert stack.call(lambda: module.code) == text


HOSTILE = {
    "double quotes": '" ' * 250_000,
    "quotes and newlines": '"\n' * 250_000,
    "backslashes": "\\" * 500_000,
    "escaped quotes": '\\"' * 250_000,
    "open string, escaped quotes, a last backslash": '"""' + '\\"""\n' * 100_000 + "\\",
    "open string of apostrophes": "'''" + "\\'''\n" * 100_000 + "\\",
    "quotes in an open string": '"""' + '" ' * 250_000,
    "hashes": "#" * 500_000,
    "newlines": "\n" * 500_000,
    "carriage returns": "\r" * 500_000,
    "blanks": " " * 500_000,
    "a word": "a" * 500_000,
    "dots": "." * 500_000,
    "commas": "," * 500_000,
    "continuations": "\\\n" * 250_000,
    "a docstring": '"""' + "word\n" * 100_000 + '"""',
    "an open docstring": "'''" + "it''s\n" * 80_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_half_a_megabyte_of_anything_is_scanned_at_once(name: str) -> None:
    began = time.process_time()
    find_excess(HOSTILE[name])
    assert time.process_time() - began < 5  # a tenth of a second here; hours where it was quadratic
