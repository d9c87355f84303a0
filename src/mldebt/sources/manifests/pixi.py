"""pixi.toml, and ``[tool.pixi]`` of pyproject.toml: conda packages and those of PyPI, by feature and platform."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from mldebt.facts import Fact
from mldebt.facts.pins import Manifest, Pin
from mldebt.locators import normalise
from mldebt.model import Notice
from mldebt.sources.manifests.conda_specs import conda_pin
from mldebt.sources.manifests.contents import ManifestFacts
from mldebt.sources.manifests.poetry import table_pin, translate
from mldebt.sources.manifests.tables import Document, MalformedTomlError, load, statements
from mldebt.toml_places import KeyPath

DIALECT = "pixi"
CONDA = "pixi-conda"
PATTERN = re.compile(r"(?:^|/)pixi\.toml$")

_CONDA_TABLES = ("dependencies", "host-dependencies", "build-dependencies", "run-dependencies")


def read(path: str, text: str) -> ManifestFacts:
    try:
        document = load(path, text)
    except MalformedTomlError as error:
        return ManifestFacts(notices=(Notice("malformed-manifest", f"not TOML: {error}"[:300], path, error.line),))
    found = list(pins(document, ()))
    header = next((key for key in ("workspace", "project") if document.table(key)), "")
    place = document.place((header,)) if header else None
    manifest = Manifest(
        DIALECT, is_lock=False, requires_python=python(document, ()), place=place,
        source_line=document.line(place) if place else "",
    )  # fmt: skip
    facts: tuple[Fact, ...] = (manifest, *found)
    return ManifestFacts(facts, tuple(document.notices), document.places.comments, statements(facts))


def python(document: Document, root: KeyPath) -> str:
    """What is said of Python's version, "" when nothing is."""
    value = document.value(*root, "dependencies", "python")
    value = value.get("version") if isinstance(value, dict) else value
    return "" if not isinstance(value, str) or value == "*" else value


def pins(document: Document, root: KeyPath) -> Iterator[Pin]:
    """All requirements below ``root``: those of every environment, of features and of platforms."""
    yield from _pins(document, root, "")
    for feature in document.table(*root, "feature"):
        yield from _pins(document, (*root, "feature", feature), feature)


def _pins(document: Document, root: KeyPath, group: str) -> Iterator[Pin]:
    homes = [root, *((*root, "target", target) for target in document.table(*root, "target"))]
    for home in homes:
        for table in _CONDA_TABLES:
            named = "build" if table in ("host-dependencies", "build-dependencies") else group
            for name in document.table(*home, table):
                if name != "python":
                    yield from _guarded(document, (*home, table, name), name, named, conda=True)
        for name in document.table(*home, "pypi-dependencies"):
            yield from _guarded(document, (*home, "pypi-dependencies", name), name, group, conda=False)


def _guarded(document: Document, keys: KeyPath, name: str, group: str, *, conda: bool) -> Iterator[Pin]:
    try:
        yield _pin(document, keys, name, group, conda=conda)
    except (ValueError, TypeError):
        document.complain(keys, f"not a requirement that pixi can read: {name}")


def _pin(document: Document, keys: KeyPath, name: str, group: str, *, conda: bool) -> Pin:
    value = document.value(*keys)
    if isinstance(value, str):
        blank = document.blank(keys, f'{name} = "{value}"', CONDA if conda else DIALECT, group)
        if conda:
            return conda_pin(f"{name} {'' if value == '*' else value}".strip(), blank)
        return replace(blank, name=normalise(name), specifier=translate(value))
    if not isinstance(value, dict):
        raise TypeError
    if conda and not value.keys() & {"git", "url", "path"}:
        version = value.get("version", "")
        blank = document.blank(keys, f'{name} = "{version}"', CONDA, group)
        return conda_pin(f"{name} {version if version != '*' else ''}".strip(), blank)
    return table_pin(document, name, keys, value, CONDA if conda else DIALECT, group)
