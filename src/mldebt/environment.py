"""What is installed in an environment, read from the metadata that installers leave; nothing is imported.

A virtual environment, a conda environment, or a folder of packages (``site-packages``).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct, field
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from mldebt.errors import UserError

MOST_ENTRIES = 50_000
"""Names in a folder of packages that are looked at."""
_HEAD = 20_000  # bytes of a metadata file: the headers wanted come first

_PACKAGES = (
    "lib/python*/site-packages",
    "lib64/python*/site-packages",
    "lib/python*/dist-packages",
    "Lib/site-packages",
)
_METADATA = re.compile(r".+\.(?:dist-info|egg-info)$")
_HEADER = re.compile(r"^(Name|Version):[ \t]*(\S+)[ \t]*\r?$", re.MULTILINE)
_STEM = re.compile(r"(?P<name>[^-]+)-(?P<version>[^-]+)")
_CONDA = re.compile(r"(?P<name>.+)-(?P<version>[^-]+)-[^-]+\.json$")


class Environment(Struct, frozen=True):
    """Distribution (normalised) -> its version, for what pip sees and for what conda installed."""

    distributions: Mapping[str, str] = field(default_factory=dict)
    conda: Mapping[str, str] = field(default_factory=dict)


NOTHING_INSTALLED = Environment()


def read_environment(path: str) -> Environment:
    """Raises ``UserError`` where nothing is installed."""
    top = Path(path).expanduser()
    advice = "name a virtual environment or its site-packages"
    if not top.is_dir():
        raise UserError(f"--environment {path}: is no folder; {advice}")
    homes = [top, *(found for glob in _PACKAGES for found in sorted(top.glob(glob)))]
    distributions = _versions(pair for home in homes for pair in _distributions(home))
    conda = _versions(_conda(top / "conda-meta"))
    if not distributions and not conda:
        raise UserError(f"--environment {path}: nothing is installed there; {advice}")
    return Environment(distributions, conda)


def _versions(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What is there in one version: of two nobody knows which is imported."""
    found: dict[str, set[str]] = {}
    for name, version in pairs:
        try:
            found.setdefault(canonicalize_name(name), set()).add(str(Version(version)))
        except InvalidVersion:
            continue
    return {name: next(iter(versions)) for name, versions in sorted(found.items()) if len(versions) == 1}


def _distributions(home: Path) -> Iterator[tuple[str, str]]:
    for name in _listed(home):
        if not _METADATA.fullmatch(name):
            continue
        entry = home / name
        text = _head(entry / "METADATA") or _head(entry / "PKG-INFO") or _head(entry)
        headers = {found[1]: found[2] for found in reversed(list(_HEADER.finditer(text.partition("\n\n")[0])))}
        stem = _STEM.match(name.rpartition(".")[0])
        if "Name" in headers and "Version" in headers:
            yield headers["Name"], headers["Version"]
        elif stem:
            yield stem["name"], stem["version"]


def _conda(home: Path) -> Iterator[tuple[str, str]]:
    for name in _listed(home):
        found = _CONDA.fullmatch(name)
        if found:
            yield found["name"], found["version"]


def _listed(home: Path) -> list[str]:
    try:
        return sorted(os.listdir(home))[:MOST_ENTRIES]
    except OSError:
        return []


def _head(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD).decode("utf-8", "replace")
    except OSError:
        return ""
