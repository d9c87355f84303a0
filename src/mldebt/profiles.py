"""Profiles: for whom a run speaks, and so which rules are silent and how loud the others are.

``rules/profiles.toml`` says it in selectors and roles. A profile never makes a rule speak in a role in
which the catalogue has it silent, and the configuration's ``[severity]`` has the last word.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

from msgspec import Struct

from mldebt import selectors
from mldebt.catalogue import read_toml, rules_folder
from mldebt.errors import CatalogueError
from mldebt.model import Role, Severity
from mldebt.rule_spec import RuleSpec
from mldebt.tables import Table

DEFAULT = "default"


class Profile(Struct, frozen=True):
    """``silent``, ``notes`` and ``warnings`` are selectors: rules that say nothing, that are at most a note,
    that are at least a warning in ``loud_roles`` (empty: in all). ``absences``: what is not there is at
    least a warning. In ``quiet_roles`` everything is at most a note."""

    name: str
    summary: str
    silent: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    loud_roles: tuple[Role, ...] = ()
    quiet_roles: tuple[Role, ...] = ()
    absences: bool = False

    def heard(self, spec: RuleSpec, role: Role, severity: Severity) -> Severity | None:
        """How loud the rule is for this profile where it would be ``severity``; ``None``: silent."""
        if _means(self.silent, spec):
            return None
        if role in self.quiet_roles or _means(self.notes, spec):
            severity = Severity.NOTE
        raised = (self.absences and spec.absence) or _means(self.warnings, spec)
        if raised and role not in self.quiet_roles and (not self.loud_roles or role in self.loud_roles):
            severity = min(severity, Severity.WARNING, key=lambda each: each.rank)
        return severity


def _means(written: tuple[str, ...], spec: RuleSpec) -> bool:
    return any(selectors.exactness(selector, spec) >= 0 for selector in written)


@functools.lru_cache(maxsize=1)
def load() -> Mapping[str, Profile]:
    """The profiles that ship with mldebt, by name. Raises ``CatalogueError`` for what is not as it should be."""
    found = {}
    for name, values in read_toml(rules_folder() / "profiles.toml").items():
        if not isinstance(values, dict):
            raise CatalogueError(f"profiles.toml: {name}: is no table")
        table = Table(f"profiles.toml: {name}", values)
        found[name] = Profile(
            name=name,
            summary=table.text("summary"),
            silent=_given(table, "silent"),
            notes=_given(table, "notes"),
            warnings=_given(table, "warnings"),
            loud_roles=tuple(Role(each) for each in _given(table, "loud-roles")),
            quiet_roles=tuple(Role(each) for each in _given(table, "quiet-roles")),
            absences=table.take("absences", bool, False),
        )
        table.finish()
    return found


def _given(table: Table, key: str) -> tuple[str, ...]:
    return table.strings(key) if key in table.values else ()
