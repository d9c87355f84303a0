"""One run's configuration as a frozen value, and the rules that it turns on.

``config_file`` reads it from mldebt.toml or [tool.mldebt].
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from mldebt import selectors
from mldebt.errors import ConfigError
from mldebt.model import Role, Severity, Suppression
from mldebt.patterns import PatternError, parse
from mldebt.rule_spec import RuleSpec

NAME = "mldebt.toml"
PYPROJECT = "pyproject.toml"


class Component(Struct, frozen=True):
    """A part of the repository that is owned and judged by itself. ``paths`` are gitignore-style patterns;
    ``kind`` is "application", "library" or ""; ``criticality`` is "low", "medium", "high" or ""."""

    name: str
    paths: tuple[str, ...]
    kind: str = ""
    profile: str = ""
    owner: str = ""
    criticality: str = ""


class Policy(Struct, frozen=True):
    """What suppressions may do. ``max_days``: how far off their end may be (0: as far as they like; those of
    kind ``wrong`` need none); ``grace_days``: how long past it they still hold under ``strict``; ``never``:
    the rules that nobody may suppress (codes, prefixes, names, families)."""

    require_reason: bool = False
    max_days: int = 0
    grace_days: int = 30
    never: tuple[str, ...] = ()


class Limit(Struct, frozen=True):
    """The most findings that a part of the project may have. ``kind`` is "total", "family" (``key`` a
    family's letters), "debt", "component", "path" (a gitignore-style pattern) or "severity"; ``written`` is
    the key as it stands in the file."""

    kind: str
    key: str
    most: int
    written: str = ""

    @property
    def name(self) -> str:
        return f"{self.kind} {self.key}".strip()


class Declaration(Struct, frozen=True):
    """What the configuration says stands outside the repository: ``topic`` (see ``rules/evidence.toml``) of
    the component or model ``name``. ``until`` is an ISO date or ""."""

    name: str
    topic: str
    elsewhere: str
    owner: str = ""
    until: str = ""


class Config(Struct, frozen=True):
    """One run's configuration, after defaults < file < flags. Paths and globs are relative to the root."""

    path: str = ""  # of the file it was read from, root-relative; "" when there is none
    select: tuple[str, ...] = ()  # codes, prefixes, names, families; empty: all enabled rules
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    baseline: str = ""  # the file of known debt, root-relative; "" when there is none
    rule_paths: tuple[str, ...] = ()  # files and folders of rules of the project's own, root-relative
    exclude: tuple[str, ...] = ()  # gitignore-style patterns, added to the built-in ones
    source_roots: tuple[str, ...] = ()
    project_kind: str = ""  # "application" | "library" | ""
    fail_on: Severity | None = Severity.WARNING  # None: never
    show: tuple[Severity, ...] = ()  # severities listed beyond errors and warnings
    strict: bool = False
    policy: Policy = field(default_factory=Policy)
    max_file_lines: int = 20_000
    jobs: int = 0  # 0: decide by the work
    severity: tuple[tuple[str, Severity], ...] = ()  # per code
    roles: tuple[tuple[str, Role], ...] = ()  # gitignore-style pattern -> role, first match wins
    options: tuple[tuple[str, str, object], ...] = ()  # (code, option, value), validated
    vocabulary: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (list name, added entries)
    suppressions: tuple[Suppression, ...] = ()
    budget: tuple[Limit, ...] = ()
    components: tuple[Component, ...] = ()  # the first whose paths have a file keeps it
    across_components: bool = False  # project rules join sites of any components
    profile: str = ""  # for whom a run speaks; "" is the default one
    evidence: tuple[Declaration, ...] = ()
    rules_url: str = ""  # where the team keeps the pages of the rules


class Flags(Struct, frozen=True):
    """What the command line says; None: nothing. ``extend_select`` and ``exclude`` add to what the file
    says, everything else replaces it."""

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] | None = None
    exclude: tuple[str, ...] | None = None  # None adds nothing, too
    fail_on: str | None = None  # error, warning, note, never
    show: tuple[Severity, ...] | None = None
    strict: bool | None = None
    jobs: int | None = None
    across_components: bool | None = None
    profile: str | None = None


def with_flags(config: Config, flags: Flags) -> Config:
    """Flags over what the file says. Raises ``ConfigError`` for a pattern that can match nothing."""
    given: dict[str, object] = {
        name: getattr(flags, name)
        for name in ("select", "ignore", "show", "strict", "jobs", "across_components", "profile")
        if getattr(flags, name) is not None
    }
    if flags.fail_on is not None:
        given["fail_on"] = None if flags.fail_on == "never" else Severity(flags.fail_on)
    for pattern in flags.exclude or ():
        try:
            parse(pattern)
        except PatternError as problem:
            raise ConfigError(f"--exclude: {pattern!r} is not a pattern: {problem}") from None
    return replace(
        config,
        extend_select=(*config.extend_select, *flags.extend_select),
        exclude=(*config.exclude, *(flags.exclude or ())),
        **given,  # the fields of both have the same types
    )


def select_rules(specs: Sequence[RuleSpec], config: Config) -> tuple[RuleSpec, ...]:
    """The rules of a run, by code.

    Without ``select``, all that are enabled by default. What is more exactly named wins: code or name
    before prefix before family before ``ALL``; among equals, ``ignore`` wins. A rule that is off by
    default is meant by its code, its name and ``ALL``. Raises ``ConfigError`` for an unknown selector.
    """
    chosen = (*config.select, *config.extend_select)
    for name, written in (("select", chosen), ("ignore", config.ignore)):
        require_known(name, written, specs)
    picked: list[RuleSpec] = []
    for spec in specs:
        on = max((selectors.exactness(s, spec) for s in chosen if _means(s, spec)), default=-1)
        if not config.select and spec.enabled:
            on = max(on, 0)
        if on > max((selectors.exactness(s, spec) for s in config.ignore), default=-1):
            picked.append(spec)
    return tuple(sorted(picked, key=lambda spec: spec.code))


def require_known(where: str, written: Iterable[str], specs: Sequence[RuleSpec]) -> None:
    """Raises ``ConfigError``, which begins with ``where``, for the first selector that means no rule."""
    for selector in written:
        if not selectors.meant(selector, specs):
            raise ConfigError(f"{where}: there is no rule {selector!r}{selectors.suggestion(selector, specs)}")


def _means(selector: str, spec: RuleSpec) -> bool:
    exactness = selectors.exactness(selector, spec)
    return exactness >= 0 and (spec.enabled or exactness in (selectors.EXACT, 0))
