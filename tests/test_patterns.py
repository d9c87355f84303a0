"""Patterns mean what git means by them, and no pattern takes long."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from mldebt.patterns import PatternError, Patterns, parse

PATHS = [
    "a.py",
    "b.txt",
    "build/x.py",
    "src/build/x.py",
    "src/a.py",
    "src/deep/er/a.py",
    "src/deep/b.py",
    "docs/a/b/c.py",
    "docs/c.py",
    "x[1].py",
    "x1.py",
    "sp ace .py",
    "star*.py",
    "starry.py",
    "#hash.py",
    "!bang.py",
    "notes/keep.py",
    "notes/drop.py",
    "a/b/c/d.py",
    "foo/bar/baz.py",
    "bar/foo/baz.py",
    ".hidden/a.py",
    "x-.py",
    "x].py",
    "back\\slash.py",
]

LINES = [
    ["*.py"],
    ["build"],
    ["build/"],
    ["/build"],
    ["src/*.py"],
    ["src/**"],
    ["src/**/a.py"],
    ["**/a.py"],
    ["docs/**/c.py"],
    ["a"],
    ["a/"],
    ["a/b"],
    ["x[0-9].py"],
    ["x[!0-9].py"],
    ["x[^0-9].py"],
    ["x\\[1\\].py"],
    ["star\\*.py"],
    ["\\#hash.py"],
    ["\\!bang.py"],
    ["*.py", "!a.py"],
    ["notes/*", "!notes/keep.py"],
    ["notes", "!notes/keep.py"],
    ["!a.py", "a.py"],
    ["# comment", "", "  "],
    ["*"],
    ["**"],
    ["*/"],
    ["/*", "!/src"],
    ["foo/**/baz.py"],
    ["?.py"],
    ["*o*r*"],
    ["**/deep/**"],
    ["deep/er"],
    ["src/deep/"],
    ["x[]-].py"],
    ["x[a\\]-].py"],
    ["back\\\\slash.py"],
    ["**/**/c.py"],
    [".*"],
    ["a/**/d.py"],
    ["docs/*/c.py"],
    ["sp ace .py"],
]


@pytest.mark.parametrize("lines", LINES, ids=repr)
def test_agrees_with_git(tmp_path: Path, lines: list[str]) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text("\n".join(lines) + "\n")
    for path in PATHS:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    listing = subprocess.run(
        ["git", "-C", str(tmp_path), "ls-files", "-z", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
    )
    kept = set(listing.stdout.decode().split("\0"))
    patterns = Patterns.of(lines)
    assert [path for path in PATHS if not patterns.excludes(path)] == [path for path in PATHS if path in kept]


@pytest.mark.parametrize("line", ["/", "!", "!/", "//", "a[", "a\\", "a/[b"])
def test_what_cannot_be_meant(line: str) -> None:
    with pytest.raises(PatternError):
        parse(line)
    assert Patterns.lenient([line, "b"]).patterns == Patterns.of(["b"]).patterns


def test_verdict_is_of_the_path_alone() -> None:
    patterns = Patterns.of(["build/", "*.log", "!keep.log"])
    assert patterns.verdict("build", folder=True) is True
    assert patterns.verdict("build") is None
    assert patterns.verdict("build/a.py") is None
    assert patterns.verdict("keep.log") is False
    assert patterns.excludes("build/keep.log")


@pytest.mark.parametrize("line", ["*a" * 60 + "b", "**/a/" * 60 + "b", "*" * 200 + "b", "[a-a]*" * 40 + "b"])
def test_hostile_patterns_are_quick(line: str) -> None:
    began = time.perf_counter()
    assert not Patterns.of([line]).excludes("/".join(["a" * 250] * 16))
    assert not Patterns.of([line]).excludes("a/" * 2_000 + "c")
    assert time.perf_counter() - began < 60
