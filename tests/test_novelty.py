"""Counting what is new: one test a promise."""

from __future__ import annotations

from msgspec.structs import replace

from mldebt.model import Finding, Novelty, Status
from mldebt.novelty import Known, compare, known_from
from tests.report.runs import finding

ONE, OTHER = finding("a.py"), finding("b.py")


def novelties(*findings: Finding, known: Known) -> list[str]:
    return [each.novelty.value if each.novelty else each.status.value for each in compare(findings, known)]


def test_counts_matter() -> None:
    known = Known({ONE.identity: 2})
    assert novelties(ONE, ONE, ONE, OTHER, known=known) == ["known", "known", "new", "new"]


def test_what_is_known_is_no_longer_open_nor_listed() -> None:
    (found,) = compare([ONE], Known({ONE.identity: 1}))
    assert (found.status, found.listed, found.novelty) == (Status.BASELINED, False, Novelty.KNOWN)


def test_what_was_paid_returns_before_anything_is_new() -> None:
    known = Known({ONE.identity: 1}, {ONE.identity: 2})
    assert novelties(ONE, ONE, ONE, known=known) == ["known", "returned", "new"]


def test_what_is_said_by_a_stronger_rule_takes_from_the_count() -> None:
    said = replace(ONE, status=Status.SUPERSEDED, by="THR009")
    assert novelties(said, ONE, known=Known({ONE.identity: 1})) == ["superseded", "new"]
    assert known_from([said]).counts == {ONE.identity: 1}


def test_what_is_suppressed_is_not_there() -> None:
    hidden = replace(ONE, status=Status.SUPPRESSED)
    assert novelties(hidden, ONE, known=Known({ONE.identity: 1})) == ["suppressed", "known"]
    assert known_from([hidden]).counts == {}


def test_either_side_knows() -> None:
    both = Known({ONE.identity: 1}) | Known({ONE.identity: 2, OTHER.identity: 1})
    assert both.counts == {ONE.identity: 2, OTHER.identity: 1}
