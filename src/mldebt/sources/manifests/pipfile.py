"""Pipfile: Pipenv's TOML, with Poetry's table form and pip's operators."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from mldebt.facts import Fact
from mldebt.facts.pins import Manifest, Pin, RefKind
from mldebt.locators import normalise
from mldebt.model import Notice
from mldebt.sources.manifests.contents import ManifestFacts
from mldebt.sources.manifests.poetry import table_pin, translate
from mldebt.sources.manifests.tables import Document, MalformedTomlError, load, statements

DIALECT = "pipfile"
PATTERN = re.compile(r"(?:^|/)Pipfile$")

_NO_PACKAGES = frozenset({"source", "requires", "scripts", "pipenv", "pipfile"})


def read(path: str, text: str) -> ManifestFacts:
    try:
        document = load(path, text)
    except MalformedTomlError as error:
        return ManifestFacts(notices=(Notice("malformed-manifest", f"not TOML: {error}"[:300], path, error.line),))
    version = document.value("requires", "python_full_version") or document.value("requires", "python_version")
    python = f"=={version}.*" if isinstance(version, str) else ""
    facts: tuple[Fact, ...] = (Manifest(DIALECT, is_lock=False, requires_python=python), *_pins(document))
    return ManifestFacts(facts, tuple(document.notices), document.places.comments, statements(facts))


def _pins(document: Document) -> Iterator[Pin]:
    for section in document.data:
        if section in _NO_PACKAGES:
            continue
        group = {"packages": "", "dev-packages": "dev"}.get(section, section)
        for name in document.table(section):
            try:
                yield _pin(document, section, name, group)
            except (ValueError, TypeError):
                document.complain((section, name), f"not a requirement that Pipenv can read: {name}")


def _pin(document: Document, section: str, name: str, group: str) -> Pin:
    keys, value = (section, name), document.value(section, name)
    if isinstance(value, str):
        blank = document.blank(keys, f"{name} = {value}", DIALECT, group)
        return replace(blank, name=normalise(name), specifier=translate(value))
    if not isinstance(value, dict):
        raise TypeError
    pin = table_pin(document, name, keys, value, DIALECT, group)
    ref = value.get("ref")  # Pipenv states no kind: a branch, a tag or a commit
    if isinstance(ref, str) and pin.url.startswith("git+"):
        url, hash_mark, fragment = pin.url.partition("#")
        pin = replace(pin, url=f"{url}@{ref}{hash_mark}{fragment}", ref_kind=RefKind.UNSTATED)
    return pin
