"""``[tool.poetry]`` of pyproject.toml, versions 1 and 2, and Poetry's version operators."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from mldebt.facts.pins import Pin, RefKind
from mldebt.locators import git_locator, normalise, split_extras, stated_ref
from mldebt.sources.manifests.tables import Document, Table
from mldebt.toml_places import KeyPath

DIALECT = "poetry"

_CLAUSE = re.compile(
    r"(\^|~=|~|={1,3}|!=|<>|[<>]=?)?[ \t]*[vV]?([0-9][0-9A-Za-z.*+!_-]{0,80}|\*)(?![^ \t,])[ \t,]*",
)


def pins(document: Document) -> Iterator[Pin]:
    """All requirements of ``[tool.poetry]``."""
    extras = _extras(document)
    root = ("tool", "poetry")
    for name, keys in _entries(document, (*root, "dependencies")):
        yield from _pins_of(document, name, keys, extras.get(name, ""))
    for name, keys in _entries(document, (*root, "dev-dependencies")):
        yield from _pins_of(document, name, keys, "dev")
    for group in document.table(*root, "group"):
        for name, keys in _entries(document, (*root, "group", group, "dependencies")):
            yield from _pins_of(document, name, keys, "" if group == "main" else group)


def _entries(document: Document, keys: KeyPath) -> Iterator[tuple[str, KeyPath]]:
    for name in document.table(*keys):
        if name.lower() != "python":
            yield name, (*keys, name)


def _pins_of(document: Document, name: str, keys: KeyPath, group: str) -> Iterator[Pin]:
    value = document.value(*keys)
    choices = [(keys, value)] if not isinstance(value, list) else list(document.items(*keys))
    for path, choice in choices:
        try:
            yield _pin(document, name, path, choice, group)
        except (ValueError, TypeError):
            document.complain(path, f"not a requirement that Poetry can read: {name} = {str(choice)[:80]}")


def _pin(document: Document, name: str, keys: KeyPath, value: object, group: str) -> Pin:
    if isinstance(value, str):
        blank = document.blank(keys, f"{name} = {value}", DIALECT, group)
        return replace(blank, name=normalise(name), specifier=translate(value))
    if not isinstance(value, dict):
        raise TypeError
    return table_pin(document, name, keys, value, DIALECT, group)


def table_pin(document: Document, name: str, keys: KeyPath, table: Table, dialect: str, group: str) -> Pin:
    """The pin of a requirement in table form, as Poetry, Pipenv and Pixi write it. Raises ``ValueError``."""
    version = table.get("version", "")
    if not isinstance(version, str):
        raise ValueError("version is no text")
    shown = ", ".join(f"{key} = {value}" for key, value in table.items() if isinstance(value, (str, bool)))
    url, ref_kind = locate(table)
    extras = table.get("extras")
    markers = table.get("markers", table.get("marker"))
    python = table.get("python")
    marker = " and ".join(
        part
        for part in (
            markers if isinstance(markers, str) else "",
            python_marker(python) if isinstance(python, str) else "",
        )
        if part
    )
    return replace(
        document.blank(keys, f"{name} = {{ {shown[:200]} }}", dialect, group),
        name=normalise(name),
        specifier=translate(version),
        url=url,
        ref_kind=ref_kind,
        marker=marker,
        extras=split_extras(",".join(map(str, extras))) if isinstance(extras, list) else (),
        editable=table.get("develop") is True or table.get("editable") is True,
    )


def locate(table: Table) -> tuple[str, RefKind]:
    """URL and kind of ref of a table with ``git``, ``url``, ``path`` or ``file``; ("", UNSTATED) without."""
    git = table.get("git")
    if isinstance(git, str):
        ref, kind = stated_ref(table)
        directory = table.get("subdirectory")
        return git_locator(git, ref, directory if isinstance(directory, str) else ""), kind
    for key in ("url", "path", "file"):
        value = table.get(key)
        if isinstance(value, str):
            return value, RefKind.UNSTATED
    return "", RefKind.UNSTATED


def python_marker(written: str) -> str:
    """``python = "<3.9"`` as a marker."""
    clauses = SpecifierSet(translate(written))
    return " and ".join(f'python_version {one.operator} "{one.version}"' for one in sorted(clauses, key=str))


def translate(written: str) -> str:
    """Poetry's (and Pipenv's) version text as PEP 440; "" when open. Alternatives (``||``) become the
    range from the lowest to the highest that any of them admits. Raises ``ValueError``."""
    alternatives = [_conjunction(part.strip()) for part in re.split(r"\|\|?", written[:1000])]
    if "" in alternatives:
        return ""
    return alternatives[0] if len(alternatives) == 1 else _hull(alternatives)


def _conjunction(text: str) -> str:
    if text.lstrip("@") in ("", "*", "latest"):
        return ""
    clauses: list[str] = []
    at = 0
    while at < len(text):
        found = _CLAUSE.match(text, at)
        if not found:
            raise ValueError(text)
        clauses.extend(_clauses(found[1] or "", found[2]))
        at = found.end()
    try:
        return str(SpecifierSet(",".join(clauses)))
    except InvalidSpecifier as error:
        raise ValueError(text) from error


def _clauses(operator: str, version: str) -> list[str]:
    if version == "*":
        return []
    if "*" in version:
        stem = version.split("*", 1)[0].rstrip(".")
        if operator in ("^", "~", "~="):
            return _clauses(operator, stem)
        bounds = operator in ("<", ">", "<=", ">=")
        return [f"{operator}{stem}" if bounds else f"{_equal(operator)}{stem}.*"]
    number = _version(version)
    if operator in ("^", "~"):
        release = [int(part) for part in re.match(r"(?:\d+!)?(\d+(?:\.\d+)*)", version)[1].split(".")]  # type: ignore[index]  # ``_version`` has read it
        at = _caret(release) if operator == "^" else min(1, len(release) - 1)
        upper = ".".join(map(str, [*release[:at], release[at] + 1]))
        return [f">={number}", f"<{upper}"]
    return [f"{operator if operator in ('~=', '<', '>', '<=', '>=', '===') else _equal(operator)}{number}"]


def _caret(release: list[int]) -> int:
    """The part that ``^`` lets not change: the leftmost that is not zero."""
    return next((at for at, part in enumerate(release) if part), len(release) - 1)


def _equal(operator: str) -> str:
    return "!=" if operator in ("!=", "<>") else "=="


def _version(text: str) -> str:
    try:
        return str(Version(text))
    except InvalidVersion as error:
        raise ValueError(text) from error


def _hull(alternatives: list[str]) -> str:
    lower, upper = [], []
    for alternative in alternatives:
        clauses = list(SpecifierSet(alternative))
        lows = [_bound(one.version) for one in clauses if one.operator in (">=", ">", "==", "===", "~=")]
        highs = [(_bound(one.version), one.operator) for one in clauses if one.operator in ("<", "<=", "==", "===")]
        lower.append(max(lows, default=None))
        upper.append(min(highs, default=None))
    parts = [] if None in lower else [f">={min(low for low in lower if low is not None)}"]
    if None not in upper:
        version, operator = max(high for high in upper if high is not None)
        parts.append(f"{operator if operator == '<' else '<='}{version}")
    return ",".join(sorted(parts))


def _bound(version: str) -> Version:
    return Version(version.removesuffix(".*"))


def _extras(document: Document) -> dict[str, str]:
    """Optional requirement -> the extra that brings it."""
    optional: dict[str, str] = {}
    for extra in document.table("tool", "poetry", "extras"):
        for name in document.strings("tool", "poetry", "extras", extra):
            optional.setdefault(name, extra)
    return optional
