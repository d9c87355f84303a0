"""setup.cfg of setuptools: ``[options]`` and its extras."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from msgspec import Struct
from packaging.requirements import InvalidRequirement

from mldebt.facts import Fact
from mldebt.facts.pins import Manifest, Pin
from mldebt.model import Notice
from mldebt.sources.manifests.contents import ManifestFacts, displayed, place, resolve, split_lines
from mldebt.sources.manifests.requirements import parse
from mldebt.toml_places import Comment

DIALECT = "setup.cfg"
PATTERN = re.compile(r"(?:^|/)setup\.cfg$")

_SECTION = re.compile(r"\[([^\]]+)\]\s*$")
_KEY = re.compile(r"([A-Za-z][\w.:-]*)\s*[=:]\s*(.*)")
_FILE = re.compile(r"file:\s*(.+)")
_LISTS = {"install_requires": "", "tests_require": "test", "setup_requires": "build-system"}


class _Value(Struct, frozen=True):
    """One line of a value."""

    section: str
    key: str
    text: str
    line: int
    column: int


def read(path: str, text: str) -> ManifestFacts:
    """A file without metadata and options is one of other tools, and says nothing."""
    lines = split_lines(text)
    values = list(_values(lines))
    headers = {found[1]: at for at, line in enumerate(lines, 1) if (found := _SECTION.match(line))}
    if not headers.keys() & {"metadata", "options"}:
        return ManifestFacts()
    pins: list[Pin] = []
    files: list[str] = []
    notices: list[Notice] = []
    for value in values:
        group = _group(value)
        if group is None:
            continue
        from_file = _FILE.fullmatch(value.text)
        if from_file:
            files.extend(resolve(posixpath.dirname(path), one.strip()) for one in from_file[1].split(","))
            continue
        here = place(path, value.line, value.column, len(value.text))
        dialect = "build-system" if group == "build-system" else DIALECT
        blank = Pin("", "", value.text, here, displayed(lines[value.line - 1]), dialect, group)
        try:
            pins.append(parse(value.text, blank))
        except (InvalidRequirement, ValueError, RecursionError):
            message = f"not a requirement: {value.text[:80]}"
            notices.append(Notice("malformed-requirement", message, path, value.line, value.column))
    notices += [
        Notice("malformed-manifest", "neither a section nor a key: configparser stops here", path, at)
        for at, line in enumerate(lines, 1)
        if line.startswith("[") and not _SECTION.match(line)
    ][:1]
    line = headers.get("metadata") or headers["options"]
    facts: tuple[Fact, ...] = (_manifest(path, values, tuple(files), line, lines), *pins)
    statements = tuple((pin.place.span.line,) * 2 for pin in pins)
    return ManifestFacts(facts, tuple(notices), _comments(lines), statements)


def _group(value: _Value) -> str | None:
    """The group of a line that is a requirement, None for all others."""
    if value.section == "options":
        return _LISTS.get(value.key)
    return value.key if value.section == "options.extras_require" else None


def _values(lines: list[str]) -> Iterator[_Value]:
    section, key = "", ""
    for at, line in enumerate(lines, 1):
        stripped = line.strip()
        if not stripped or stripped.startswith(("#", ";")):
            continue
        indent = len(line) - len(line.lstrip())
        header = _SECTION.match(line)
        if header:
            section, key = header[1], ""
        elif indent and key:
            yield _Value(section, key, stripped, at, indent + 1)
        elif found := _KEY.match(line):
            key = found[1]
            if found[2].strip():
                yield _Value(section, key, found[2].strip(), at, found.start(2) + 1)


def _manifest(path: str, values: list[_Value], files: tuple[str, ...], line: int, lines: list[str]) -> Manifest:
    def said(section: str, key: str) -> list[str]:
        return [value.text for value in values if (value.section, value.key) == (section, key)]

    classifiers = said("metadata", "classifiers") or said("metadata", "classifier")
    python = said("options", "python_requires")
    return Manifest(
        DIALECT,
        is_lock=False,
        builds=True,
        dynamic_from=files,
        scripts=bool(said("options.entry_points", "console_scripts")),
        classifiers=bool(classifiers) and not any(one.startswith("Private ::") for one in classifiers),
        packages=bool(said("options", "packages") or said("options", "py_modules")),
        requires_python=python[0] if python else "",
        name=next(iter(said("metadata", "name")), ""),
        place=place(path, line, 1, len(lines[line - 1].rstrip())),
        source_line=displayed(lines[line - 1].strip()),
    )


def _comments(lines: list[str]) -> tuple[Comment, ...]:
    found = ((at, line, line.lstrip()) for at, line in enumerate(lines, 1))
    return tuple(
        Comment(at, len(line) - len(text) + 1, text.rstrip()) for at, line, text in found if text.startswith("#")
    )
