"""The taxonomy of machine-learning debt, bullet by bullet, with the rules that bear on each.

``rules/taxonomy.toml`` is the only place where it is written down; docs/taxonomy.md and the taxonomy in
SARIF are made from it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

from msgspec import Struct

from mldebt.catalogue import read_toml, rules_folder
from mldebt.errors import CatalogueError
from mldebt.rule_spec import RuleSpec
from mldebt.tables import Table

KINDS = ("rule", "proxy", "report", "none")


class Taxon(Struct, frozen=True):
    """A kind of debt. ``id`` is what SARIF refers to."""

    id: str
    name: str
    says: str


class Bullet(Struct, frozen=True):
    """One bullet. ``rules`` are codes, also of rules that are still to come; ``how`` says whether they tell of
    the thing itself ("rule"), of evidence for it ("proxy"), or whether a report does ("report") or nothing
    can ("none"). ``why`` is what is said where no rule bears on it."""

    id: str
    section: str
    taxon: str
    says: str
    how: str
    rules: tuple[str, ...]
    why: str


class Taxonomy(Struct, frozen=True):
    taxa: tuple[Taxon, ...]
    bullets: tuple[Bullet, ...]

    def of(self, spec: RuleSpec) -> tuple[str, ...]:
        """The ids of the taxa that a rule belongs to: that of its own debt, then those of its bullets."""
        own = f"{spec.debt}-debt"
        others = (bullet.taxon for bullet in self.bullets if bullet.taxon and spec.code in bullet.rules)
        return tuple(dict.fromkeys((own, *others)))


@functools.lru_cache(maxsize=1)
def load() -> Taxonomy:
    """The taxonomy that ships with mldebt. Raises ``CatalogueError`` for what is not as it should be."""
    top = Table("taxonomy.toml", read_toml(rules_folder() / "taxonomy.toml"))
    taxa = tuple(_taxon(table) for table in top.tables("taxon"))
    bullets = tuple(_bullet(table, {taxon.id for taxon in taxa}) for table in top.tables("bullet"))
    top.finish()
    return Taxonomy(taxa, bullets)


def _taxon(table: Table) -> Taxon:
    taxon = Taxon(table.text("id"), table.text("name"), table.text("says"))
    table.finish()
    return taxon


def _bullet(table: Table, known: Iterable[str]) -> Bullet:
    bullet = Bullet(
        id=table.text("id"),
        section=table.text("section"),
        taxon=table.take("taxon", str),
        says=table.text("says"),
        how=table.one_of("how", KINDS),
        rules=table.strings("rules"),
        why=table.take("why", str),
    )
    table.finish()
    if bullet.taxon and bullet.taxon not in known:
        raise CatalogueError(f"{table.where}: taxon: there is none named {bullet.taxon!r}")
    if not bullet.rules and not bullet.why:
        raise CatalogueError(f"{table.where}: neither rules nor why")
    return bullet
