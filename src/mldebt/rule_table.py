"""One file of ``rules/`` as a rule, every key of it checked."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from pathlib import Path

from mldebt import pattern_table
from mldebt.errors import CatalogueError
from mldebt.model import Confidence, Role, Severity
from mldebt.rule_spec import DEBTS, FAMILIES, Example, Option, Remedied, RuleSpec
from mldebt.tables import Table

STAGES = ("check", "filter")
SAFETIES = ("safe", "unsafe", "suggested")
AFFECTS = ("facts", "link", "report")

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PLACEHOLDER = re.compile(r"[a-z][a-z_]*")


def read(path: Path, values: dict[str, object]) -> RuleSpec:
    """The rule that the file at ``path`` tells. Raises ``CatalogueError``, naming file and key."""
    table = Table(f"{path.parent.name}/{path.name}", values)
    spec = RuleSpec(
        code=table.text("code"),
        name=table.text("name"),
        family=table.one_of("family", list(FAMILIES)),
        debt=table.one_of("debt", DEBTS),
        severity=table.member("severity", Severity),
        confidence=table.member("confidence", Confidence),
        roles=_roles(Table(f"{table.where}: roles", table.take("roles", dict))),
        message=table.text("message"),
        summary=table.text("summary"),
        why=table.text("why"),
        remedy=table.text("remedy"),
        minutes=table.take("minutes", int),
        references=table.strings("references"),
        supersedes=table.strings("supersedes"),
        options=tuple(_option(option) for option in table.tables("options")),
        bad=tuple(_example(example) for example in table.tables("bad")),
        good=tuple(_example(example) for example in table.tables("good")),
        fixes=tuple(_fix(fix) for fix in table.tables("fixes")),
        enabled=table.take("enabled", bool, True),
        since=_version(table),
        variants=table.pairs("variants"),
        placeholders=table.pairs("placeholders"),
        stage=table.one_of("stage", STAGES, "check"),
        absence=table.take("absence", bool, False),
        topic=table.take("topic", str, ""),
        pattern=pattern_table.read(table),
        documentation=table.take("documentation", bool, True),
    )
    table.finish()
    for problem in _problems(spec, path):
        raise CatalogueError(f"{table.where}: {problem}")
    return spec


def _version(table: Table) -> str:
    text = table.take("since", str, "")
    if text and not re.fullmatch(r"\d+\.\d+\.\d+", text):
        raise CatalogueError(f"{table.where}: since: {text!r} is no version; write it as 0.2.0")
    return text


def _roles(table: Table) -> tuple[tuple[Role, Severity], ...]:
    known = [role.value for role in Role]
    for key in table.values:
        if key not in known:
            raise CatalogueError(f"{table.where}: {key!r} is no role")
    return tuple((role, table.member(role.value, Severity)) for role in Role if role.value in table.values)


def _problems(spec: RuleSpec, path: Path) -> list[str]:
    """What is wrong with a rule whose keys and types are right."""
    declared = {name for name, _ in spec.placeholders}
    used = {name for text in (spec.message, *dict(spec.variants).values()) for name in _placeholders(path, text)}
    checks = [
        (re.fullmatch(rf"{spec.family}\d{{3}}", spec.code), f"code: {spec.code!r} is not {spec.family} and 3 digits"),
        (path.parent.name == FAMILIES[spec.family], f"family: {spec.family} belongs in {FAMILIES[spec.family]}/"),
        (_NAME.fullmatch(spec.name), f"name: {spec.name!r} is not kebab-case"),
        (spec.name == path.stem, f"name: {spec.name!r} is not the file's name"),
        (spec.minutes > 0, "minutes: is not positive"),
        ("\n" not in spec.message + spec.summary, "message, summary: more than one line"),
        (not used - declared, f"message: {', '.join(sorted(used - declared))} not declared under placeholders"),
        (not declared - used, f"placeholders: {', '.join(sorted(declared - used))} not in any message"),
        (spec.code not in spec.supersedes, "supersedes: itself"),
        (spec.roles, "roles: the rule speaks nowhere"),
        (spec.absence or not spec.topic, "topic: only what is missed can be elsewhere"),
        (spec.bad and spec.good, "bad, good: at least one example of each is needed"),
        (_all_differ(spec.bad) and _all_differ(spec.good), "bad, good: two examples have one path"),
    ]
    return [problem for right, problem in checks if not right]


def _all_differ(examples: Sequence[Example]) -> bool:
    return len({example.path for example in examples}) == len(examples)


def _placeholders(path: Path, text: str) -> set[str]:
    try:
        parsed = [(name, form, way) for _, name, form, way in string.Formatter().parse(text) if name is not None]
    except ValueError as error:
        raise CatalogueError(f"{path.name}: message: {error}") from error
    for name, form, way in parsed:
        if not _PLACEHOLDER.fullmatch(name) or form or way:
            raise CatalogueError(f"{path.name}: message: {{{name}}} is no plain placeholder")
    return {name for name, _, _ in parsed}


def _example(table: Table) -> Example:
    example = Example(table.text("path"), table.take("code", str).strip("\n") + "\n")
    table.finish()
    return example


def _fix(table: Table) -> Remedied:
    fix = Remedied(table.text("recipe"), table.one_of("safety", SAFETIES), table.text("does"))
    table.finish()
    return fix


_TYPES: Mapping[str, type] = {
    "integer": int,
    "number": float,
    "string": str,
    "boolean": bool,
    "strings": str,
    "numbers": float,
}


def _option(table: Table) -> Option:
    kind = table.one_of("type", list(_TYPES))
    default = table.values.pop("default", None)
    many = kind in ("strings", "numbers")
    items = default if many and isinstance(default, list) else [default]
    if isinstance(default, list) is not many or not all(type(item) is _TYPES[kind] for item in items):
        raise CatalogueError(f"{table.where}: default: is not of type {kind}")
    option = Option(
        name=table.text("name"),
        type=kind,
        default=tuple(items) if many else default,  # type: ignore[arg-type]  # the type was checked above
        meaning=table.text("meaning"),
        affects=table.one_of("affects", AFFECTS),
    )
    table.finish()
    if not _NAME.fullmatch(option.name):
        raise CatalogueError(f"{table.where}: name: {option.name!r} is not kebab-case")
    return option
