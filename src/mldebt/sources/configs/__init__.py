"""Readers of configuration files: YAML, TOML, JSON, INI and the values of Helm charts, Hydra trees included.

A file is read as configuration when its name, or a folder around it, says so; data, schemas, jobs and
manifests are other readers' business. What comes out are plain values by their dotted keys. Secrets are
not kept.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator

from mldebt.discover import config_pattern
from mldebt.facts.configs import ConfigValue
from mldebt.model import Notice
from mldebt.sources.configs import ini, toml, yaml_like
from mldebt.sources.configs.entries import Entry
from mldebt.sources.environment_names import environment_of
from mldebt.sources.manifests.contents import ManifestFacts, decode, displayed, place, split_lines
from mldebt.sources.variables.secrets import is_secret

__all__ = ["read", "reads"]

MAX_BYTES = 200_000  # the parser of YAML is slow, and nobody writes such a file by hand
MAX_VALUES = 1_000  # of one file
LONGEST_VALUE = 200

_READERS: dict[str, Callable[[str], Iterator[Entry]]] = {
    ".yaml": yaml_like.entries, ".yml": yaml_like.entries, ".json": yaml_like.entries, ".toml": toml.entries,
    ".ini": ini.entries, ".cfg": ini.entries, ".conf": ini.entries,
}  # fmt: skip

_PATTERN = config_pattern("ya?ml|json|toml|ini|cfg|conf")


def reads(path: str) -> bool:
    """Is the file configuration, by its name?"""
    return _PATTERN.search(path) is not None


def read(path: str, data: bytes) -> ManifestFacts:
    """The values of a configuration file; nothing of other files. What cannot be read is a notice."""
    if not reads(path) or len(data) > MAX_BYTES or _is_other(data):
        return ManifestFacts()
    try:
        text = decode(data)
        entries = list(_first(_READERS[posixpath.splitext(path)[1].lower()](text)))
    except UnicodeError as error:
        return ManifestFacts(notices=(Notice("undecodable", f"it is not text: {error}", path),))
    except ValueError as error:
        line = getattr(error, "lineno", 0) or 1
        return ManifestFacts(notices=(Notice("malformed-config", f"is not read: {str(error)[:200]}", path, line, 1),))
    lines = split_lines(text) or [""]
    environment = environment_of(path)
    return ManifestFacts(facts=tuple(_fact(path, lines, environment, each) for each in entries if _is_shown(each)))


def _first(entries: Iterator[Entry]) -> Iterator[Entry]:
    for number, entry in enumerate(entries):
        if number >= MAX_VALUES:
            return
        yield entry


def _is_shown(entry: Entry) -> bool:
    return len(entry.value) <= LONGEST_VALUE and not is_secret(entry.key.rpartition(".")[2], entry.value)


def _fact(path: str, lines: list[str], environment: str, entry: Entry) -> ConfigValue:
    line = lines[min(entry.line, len(lines)) - 1]
    where = place(path, entry.line, entry.column, max(1, entry.length))
    return ConfigValue(entry.key, entry.value, environment, where, displayed(line.strip()))


def _is_other(data: bytes) -> bool:
    """Is it a manifest of Kubernetes, or a template, and no configuration of ours?"""
    start = data[:4000]
    return b"apiVersion:" in start or b"{%" in start or b"AWSTemplateFormatVersion" in start
