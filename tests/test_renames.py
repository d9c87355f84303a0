"""Which new file an old one has become."""

from __future__ import annotations

import pytest

from mldebt.renames import MAX_PAIRS, renames

TEXT = b"".join(b"line number %d of a file\n" % number for number in range(20))


def test_equal_contents_with_the_same_name_first() -> None:
    assert renames({"a/x.py": TEXT}, {"b/y.py": TEXT, "c/x.py": TEXT}) == {"a/x.py": "c/x.py"}
    assert renames({"a/x.py": TEXT, "a/y.py": TEXT}, {"b/1.py": TEXT, "b/2.py": TEXT}) == {
        "a/x.py": "b/1.py", "a/y.py": "b/2.py",
    }  # fmt: skip


@pytest.mark.parametrize(("kept", "found"), [(20, True), (11, True), (9, False), (0, False)])
def test_half_of_the_lines(kept: int, found: bool) -> None:
    lines = TEXT.splitlines(keepends=True)
    other = b"".join(lines[:kept]) + b"".join(b"word%d = 'another'\n" % number for number in range(20 - kept))
    assert bool(renames({"a.py": TEXT}, {"b.py": other})) is found


def test_a_formatter_on_the_way() -> None:
    old = b"".join(b"value_%d = call_%d(first_%d, 'second')\n" % (n, n, n) for n in range(20))
    new = old.replace(b"(", b"(\n        ").replace(b"'", b'"').replace(b")", b",\n    )")
    assert renames({"a.py": old}, {"b.py": new}) == {"a.py": "b.py"}


def test_the_most_similar_pair_first_and_each_file_once() -> None:
    near, far = TEXT.replace(b"19", b"x"), TEXT[: len(TEXT) * 3 // 4]
    assert renames({"a.py": TEXT}, {"b.py": far, "c.py": near}) == {"a.py": "c.py"}
    assert renames({"a.py": TEXT, "b.py": near}, {"c.py": TEXT}) == {"a.py": "c.py"}


def test_other_kinds_and_empty_files_are_none() -> None:
    assert renames({"a.py": TEXT}, {"a.txt": TEXT + b"more\n"}) == {}
    assert renames({"a.py": b"\n"}, {"b.py": b"\n"}) == {}


def test_of_very_many_only_equal_ones_and_namesakes_are_compared() -> None:
    many = {f"old/{number}.py": TEXT + b"%d\n" % number for number in range(MAX_PAIRS // 50)}
    new = {f"new/{number}_.py": TEXT + b"x%d\n" % number for number in range(60)}
    assert renames(many, new) == {}
    assert renames(many, {**new, "new/7.py": TEXT}) == {"old/7.py": "new/7.py"}
