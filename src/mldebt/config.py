"""The configuration: mldebt.toml or [tool.mldebt] -> one frozen Config."""

from __future__ import annotations

from dataclasses import dataclass, field

from mldebt.model import Role, Severity, Suppression


@dataclass(frozen=True, slots=True)
class Config:
    """One run's configuration, after defaults < file < flags. Paths and globs are relative to the root."""

    path: str = ""  # of the file it was read from, root-relative; "" when there is none
    select: tuple[str, ...] = ()  # codes, prefixes, names, families; empty: all enabled rules
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()  # gitignore-style patterns, added to the built-in ones
    source_roots: tuple[str, ...] = ()
    project_kind: str = ""  # "application" | "library" | ""
    fail_on: Severity | None = Severity.WARNING  # None: never
    show: tuple[Severity, ...] = ()  # severities listed beyond errors and warnings
    strict: bool = False
    require_reason: bool = False
    max_file_lines: int = 20_000
    jobs: int = 0  # 0: decide by the work
    severity: tuple[tuple[str, Severity], ...] = ()  # per code
    roles: tuple[tuple[str, Role], ...] = ()  # glob -> role, first match wins
    options: tuple[tuple[str, str, object], ...] = ()  # (code, option, value), validated
    vocabulary: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (list name, added entries)
    suppressions: tuple[Suppression, ...] = field(default=())
