"""Which versions all places admit, and who stands against whom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from mldebt.agreement import agree


@pytest.mark.parametrize(
    ("said", "range_", "culprits"),
    [
        ([], "", ()),
        ([("",), ("",)], "", ()),
        ([(">=2",), ("<3",), (">=2.1,<4",)], "<3,>=2.1", ()),
        ([("==2.9.1",), (">=2",), ("",)], "==2.9.1", ()),
        ([("~=2.2.0",), ("~=2.2.3",)], "~=2.2.3", ()),
        ([("==2.9.1+cu121",), ("==2.9.1",)], "==2.9.1", ()),
        ([(">=2",), ("==1.4",), ("<3",)], None, (0, 1)),
        ([("==2.0",), ("==2.1",), ("==2.2",), (">=2",)], None, (0, 1, 2)),
        ([(">=1",), ("!=1.0",), ("<=1.0",)], None, (0, 1, 2)),
        ([(">1,<2",), ("!=1.5",)], "<2,>1,!=1.5", ()),
        ([("==1.2", "==1.3"), (">=1.3",)], ">=1.3", ()),
        ([("==1.2", "==1.3"), (">=1.4",)], None, (0, 1)),
        ([("==1.2",), ("===weird",), ("no specifier",)], "==1.2", ()),
        ([("<1.0",), (">0.99",)], "<1.0,>0.99", ()),
        ([("==1.*",), ("<2",), (">=1.5",)], "==1.*,>=1.5", ()),
    ],
)
def test_verdicts(said: list[tuple[str, ...]], range_: str | None, culprits: tuple[int, ...]) -> None:
    verdict = agree(said)
    assert (verdict.range, verdict.culprits) == (range_, culprits)


def test_very_many_places_are_no_trouble() -> None:
    assert agree([(f"=={number}",) for number in range(5_000)]).range == "", "nothing is said of what is absurd"
    assert agree([("==1.0",)] * 5_000).range == "==1.0"


VERSIONS = ("0.9", "1.0", "1.1", "1.2.3", "2.0", "2.0rc1", "2.1.dev0", "1!0.5")
CLAUSES = [
    *(f"{operator}{version}" for operator in (">=", "<=", "<", ">", "==", "!=", "~=") for version in VERSIONS),
    "==1.*", "!=2.*", "<1", ">=2",
]  # fmt: skip
specifiers = st.lists(st.sampled_from(CLAUSES), max_size=3).map(",".join)
GRID = [
    Version(f"{epoch}{release}{tail}")
    for epoch in ("", "1!")
    for release in (
        "0",
        "0.5",
        "0.9",
        "1.0",
        "1.0.1",
        "1.1",
        "1.1.5",
        "1.2.3",
        "1.3",
        "2.0",
        "2.0.1",
        "2.1",
        "2.2",
        "9",
    )
    for tail in ("", "rc1", "rc2", ".post1", ".dev0")
]


@given(st.lists(specifiers, min_size=1, max_size=4))
def test_it_never_denies_a_version_that_there_is(texts: list[str]) -> None:
    verdict = agree([(text,) for text in texts])
    both = SpecifierSet(",".join(filter(None, texts)))
    found = [version for version in GRID if both.contains(version, prereleases=True)]
    if verdict.range is None:
        assert not found
        assert len(verdict.culprits) > 1 or not any(SpecifierSet(texts[verdict.culprits[0]]).filter(map(str, GRID)))
    else:
        narrowed = SpecifierSet(verdict.range)
        assert [version for version in GRID if narrowed.contains(version, prereleases=True)] == found
