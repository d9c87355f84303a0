"""The ladder of version specifiers."""

from __future__ import annotations

import pytest

from mldebt.agreement import are_disjoint
from mldebt.ladder import Level, admits, crosses, has_ceiling, is_open, level
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


@pytest.mark.parametrize(
    ("specifier", "minor", "crossing"),
    [
        (">=4.40,<5", False, False),
        (">=4.40,<6", False, True),
        (">=4.40,<=5", False, True),
        (">=4.40,<5.0.0", False, False),
        (">=0.1,<0.2", False, False),
        (">=0.1,<0.3", False, True),
        ("~=1.3", False, False),
        ("~=1.3", True, True),
        ("~=1.3.0", True, False),
        (">=1.4,<1.6", True, True),
        (">=1.4.2,<1.5", True, False),
        ("==1.*", True, True),
        ("==1.4.*", True, False),
        ("==1.4.2", True, False),
        ("<3", False, False),
        (">=3", False, False),
        ("nonsense", False, False),
        ("", False, False),
    ],
)
def test_breaking_releases_between_the_bounds(specifier: str, minor: bool, crossing: bool) -> None:
    assert crosses(specifier, minor=minor) is crossing


@pytest.mark.parametrize(
    ("specifier", "ceiling"),
    [
        (">=1", False),
        ("!=1.2", False),
        ("", False),
        ("<2", True),
        ("==1.2", True),
        ("~=1.2", True),
        (">1,!=1.3", False),
    ],
)
def test_ceilings(specifier: str, ceiling: bool) -> None:
    assert has_ceiling(specifier) is ceiling


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("==1.5.2", "==1.7.2"),
        ("==1.5.2", ">=1.6"),
        ("<2", ">=2"),
        ("~=1.5.0", "==1.6.*"),
        (">1.5,<1.6", "<=1.5"),
        ("==2.2.2", "==2.5.0+cu121"),
        (">=2,!=2.1", "==2.1"),
    ],
)
def test_no_release_for_both(one: str, other: str) -> None:
    assert are_disjoint(one, other)
    assert are_disjoint(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("==2.2.2+cpu", "==2.2.2+cu121"),
        ("==1.5.2", ">=1.5"),
        (">=1.5", ""),
        ("<2", ">=1.9"),
        (">1.5", "<=1.5.1"),
        ("~=2.2.0", "~=2.2"),
        ("~=0.16", "==0.17.2"),
        (">=2,!=2.1", ">=2,<2.2"),
        ("===own", "==1"),
        ("nonsense", "==1"),
    ],
)
def test_a_release_for_both(one: str, other: str) -> None:
    assert not are_disjoint(one, other)
    assert not are_disjoint(other, one)


@pytest.mark.parametrize(
    ("specifier", "version", "admitted"),
    [
        (">=1,<2", "1.5", True),
        (">=1,<2", "2.0", False),
        ("==2.1.0", "2.1.0+cpu", True),
        (">=2", "2.1rc1", True),
        ("", "1", True),
    ],
)
def test_locked_versions(specifier: str, version: str, admitted: bool) -> None:
    assert admits(specifier, version) is admitted
