"""The taxonomy: every bullet has rules or a reason, every rule has a bullet, and the page says so."""

from __future__ import annotations

from mldebt import catalogue, taxonomy
from mldebt.model import Severity
from mldebt.rule_spec import DEBTS, FAMILIES
from tests.test_catalogue import ROOT, generator

KNOWN = taxonomy.load()
SPECS = catalogue.load().specs


def test_bullets_are_told_apart() -> None:
    ids = [bullet.id for bullet in KNOWN.bullets]
    assert len(ids) == len(set(ids)) == 150


def test_every_rule_bears_on_a_bullet() -> None:
    named = {code for bullet in KNOWN.bullets for code in bullet.rules}
    assert [spec.code for spec in SPECS if spec.code not in named] == []


def test_every_code_is_of_a_family() -> None:
    families = {code[:3] for bullet in KNOWN.bullets for code in bullet.rules}
    assert families <= set(FAMILIES)


def test_every_kind_of_debt_is_a_taxon() -> None:
    ids = {taxon.id for taxon in KNOWN.taxa}
    assert {f"{debt}-debt" for debt in DEBTS} <= ids
    assert all(set(KNOWN.of(spec)) <= ids for spec in SPECS)


def test_a_bullet_that_no_rule_bears_on_has_its_reason() -> None:
    existing = {spec.code for spec in SPECS}
    for bullet in KNOWN.bullets:
        assert set(bullet.rules) & existing or bullet.why or bullet.rules, bullet.says


def test_the_page_is_what_the_generator_writes() -> None:
    generate = generator()
    page = (ROOT / "docs" / "taxonomy.md").read_text(encoding="utf-8")
    assert page == generate.taxonomy_page(catalogue.load())
    for bullet in KNOWN.bullets:
        assert f"| {bullet.id} |" in page
    assert Severity.NOTE.value
