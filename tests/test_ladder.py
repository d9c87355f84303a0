"""The ladder of version specifiers."""

from __future__ import annotations

import pytest

from mldebt.ladder import Level, is_open, level
from mldebt.sources.manifests.poetry import translate

LADDER = [
    ("", Level.OPEN),
    (">=1.2", Level.OPEN),
    (">1", Level.OPEN),
    ("!=1.3", Level.OPEN),
    (">=1.2,!=1.3", Level.OPEN),
    ("<2", Level.MAJOR),
    ("<=1.5", Level.MAJOR),
    (">=1.2,<2", Level.MAJOR),
    (">=1.2,<1.10", Level.MAJOR),
    ("==1.*", Level.MAJOR),
    ("~=1.3", Level.MAJOR),
    ("~=0.16", Level.MAJOR),
    (">=1.9,<2.0", Level.MAJOR),
    ("~=2.2.1", Level.MINOR),
    ("==1.4.*", Level.MINOR),
    (">=2.2.1,<2.3", Level.MINOR),
    (">=2.2,<2.3.0", Level.MINOR),
    (">=0.1,<0.2", Level.MINOR),
    (">=2.2.1,<=2.2.9", Level.MINOR),
    (">=1,<1.1", Level.MINOR),
    ("==2.2.0", Level.EXACT),
    ("==2.2", Level.EXACT),
    ("==2.1.0+cu118", Level.EXACT),
    ("===2.2.0", Level.LOCKED),
    ("nonsense", Level.OPEN),
]


@pytest.mark.parametrize(("specifier", "expected"), LADDER)
def test_levels(specifier: str, expected: Level) -> None:
    assert level(specifier) is expected


def test_a_release_with_hashes_is_locked() -> None:
    assert level("==2.2.0", hashed=True) is Level.LOCKED
    assert level(">=2.2.0", hashed=True) is Level.OPEN


@pytest.mark.parametrize(
    ("poetry", "expected"),
    [
        ("^0.1", Level.MINOR),
        ("^1.2", Level.MAJOR),
        ("2.2.0", Level.EXACT),
        ("~2.2.1", Level.MINOR),
        ("~1", Level.MAJOR),
        ("*", Level.OPEN),
        ("^0.0.3", Level.MINOR),
        ("1.4.*", Level.MINOR),
    ],
)
def test_poetry_on_the_ladder(poetry: str, expected: Level) -> None:
    assert level(translate(poetry)) is expected


@pytest.mark.parametrize(("specifier", "expected"), [("", True), ("!=1.3", True), (">=1", False), ("==1", False)])
def test_open(specifier: str, expected: bool) -> None:
    assert is_open(specifier) is expected
