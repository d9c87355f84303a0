"""Locks: uv.lock, poetry.lock, pdm.lock, pylock.toml, Pipfile.lock, pixi.lock, conda-lock.yml.

They are written by machines, one key a line, so a scan of lines reads them: a lock of 100,000
lines costs a tenth of a second where a TOML parser takes many. Only names, versions and the
folders of a workspace are wanted.
"""

from __future__ import annotations

import json
import posixpath
import re

from mldebt.facts import Fact
from mldebt.facts.pins import LockedVersion, Manifest
from mldebt.locators import normalise
from mldebt.model import Notice
from mldebt.sources.manifests.contents import ManifestFacts, split_lines

DIALECT = "lock"
PATTERN = re.compile(
    r"(?:^|/)(?:(uv|poetry|pdm)\.lock|(pylock)(?:\.[^./]+)?\.toml|(Pipfile)\.lock|(pixi)\.lock|(?:[^/]*\.)?(conda-lock)\.ya?ml)$"
)

_TEXT = r"""(?:"([^"\\]*)"|'([^']*)')[ \t]*(?:#.*)?$"""
_PACKAGE = re.compile(r"[ \t]*\[\[[ \t]*packages?[ \t]*\]\]")
_NAME = re.compile(r"name[ \t]*=[ \t]*" + _TEXT)
_VERSION = re.compile(r"version[ \t]*=[ \t]*" + _TEXT)
_FOLDER = re.compile(r"""source[ \t]*=[ \t]*\{[ \t]*(?:virtual|editable|directory)[ \t]*=[ \t]*"([^"\\]*)\"""")
_HEADER = re.compile(r"[ \t]*\[[^=,\]]*\]\]?[ \t]*(?:#.*)?$")
_LONG = re.compile(r"""[ \t]*[\w.-]+[ \t]*=[ \t]*("{3}|'{3})""")
_CONFLICT = ("<<<<<<< ", ">>>>>>> ")
_FIELD = re.compile(r"(?:- |  )(name|version): *(\S{1,200})[ \t]*$")
_ARCHIVE = re.compile(
    r"- (?:conda|url): *\S{1,500}/([\w.-]{1,100})-([\w.!+]{1,60})-[\w.]{1,100}\.(?:conda|tar\.bz2)[ \t]*$"
)
_ENTRY = re.compile(r'[ \t]+"([^"\\]+)"[ \t]*:[ \t]*\{')


def read(path: str, text: str) -> ManifestFacts:
    found = PATTERN.search(path)
    tool = next(filter(None, found.groups())).lower() if found else ""
    if tool == "pipfile":
        return _read_pipfile(path, text)
    if tool in ("pixi", "conda-lock"):
        return _read_yaml(text, f"{tool.removesuffix('-lock')}-lock")
    return _read_toml(path, text, tool)


def _read_toml(path: str, text: str, tool: str) -> ManifestFacts:
    locked: list[Fact] = []
    notices: list[Notice] = []
    members: list[str] = []
    name, version, line = "", "", 0
    inside = False
    quotes = ""  # the kind of a multi-line string that is open
    for at, content in enumerate(split_lines(text), 1):
        opening = None if quotes else _LONG.match(content)
        if quotes or opening:
            quotes = _still_open(content, opening[1] if opening else quotes, opening.end() if opening else 0)
            continue
        if content.startswith(_CONFLICT):
            notices.append(Notice("malformed-manifest", "an unresolved merge conflict", path, at))
        if _HEADER.match(content):
            if name:
                locked.append(LockedVersion(name, version, line))
            name, version, inside = "", "", bool(_PACKAGE.match(content))
        elif inside and content[:1].isalpha():
            name_found, version_found = _NAME.match(content), _VERSION.match(content)
            if name_found:
                name, line = normalise(name_found[1] or name_found[2] or ""), at
            elif version_found:
                version = version_found[1] or version_found[2] or ""
            elif folder := _FOLDER.match(content):
                members.append(posixpath.normpath(folder[1]))
    if name:
        locked.append(LockedVersion(name, version, line))
    return ManifestFacts((Manifest(f"{tool}-lock", True, workspace=tuple(members)), *locked), tuple(notices))


def _read_yaml(text: str, dialect: str) -> ManifestFacts:
    """The list of packages of pixi.lock and conda-lock.yml: entries with a name and version, or with a URL
    that holds them."""
    locked: dict[LockedVersion, None] = {}
    name, version, line = "", "", 0
    for at, content in enumerate((*split_lines(text), "- end"), 1):
        if content.startswith("- "):
            if name and version:
                locked[LockedVersion(normalise(name), version, line)] = None
            archive = _ARCHIVE.match(content)
            name, version, line = (archive[1], archive[2], at) if archive else ("", "", at)
        if found := _FIELD.match(content):
            said = found[2].strip("'\"")
            name, version = (said, version) if found[1] == "name" else (name, said)
    return ManifestFacts((Manifest(dialect, True), *locked))


def _still_open(line: str, quotes: str, start: int) -> str:
    """The quotes of the multi-line string that is open in ``line`` at ``start``, or "" if it ends there."""
    return "" if quotes in line[start:] else quotes


def _read_pipfile(path: str, text: str) -> ManifestFacts:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        return ManifestFacts(notices=(Notice("malformed-manifest", f"not JSON: {error.msg}", path, error.lineno),))
    lines: dict[str, int] = {}
    for at, content in enumerate(split_lines(text), 1):
        entry = _ENTRY.match(content)
        if entry:
            lines.setdefault(entry[1], at)
    locked: dict[str, LockedVersion] = {}
    for section in ("default", "develop"):
        packages = data.get(section) if isinstance(data, dict) else None
        for written, entry_data in packages.items() if isinstance(packages, dict) else ():
            version = entry_data.get("version") if isinstance(entry_data, dict) else None
            number = version.lstrip("=") if isinstance(version, str) else ""
            name = normalise(written)
            locked.setdefault(name, LockedVersion(name, number, lines.get(written, 1)))
    return ManifestFacts((Manifest("pipfile-lock", True), *locked.values()))
