"""Manifests of real repositories, read by mldebt and by the parsers that others keep.

    python -m venv reference && reference/bin/pip install -e . poetry-core dockerfile-parse py-rattler
    reference/bin/python benchmarks/manifests/compare.py FOLDER...

Prints a row a dialect: files, entries read, entries refused with a notice, what the reference reads, and
in how many entries both say the same; then every difference. References: pip's own reader of requirements
files, packaging, poetry-core, rattler (conda's match specifications), dockerfile-parse, tomli, json. None of
them is a dependency of mldebt; what is not installed is left out, and said.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from mldebt.facts import of_kind
from mldebt.facts.pins import Image, LockedVersion, Pin
from mldebt.sources.manifests.contents import decode
from mldebt.sources.manifests.in_code import read_python
from mldebt.sources.manifests.reading import ManifestFacts, read, reader_for

GRID = [Version(f"{major}.{minor}.{patch}") for major in range(6) for minor in (0, 1, 2, 5, 9, 26) for patch in (0, 3)]
Entry = tuple[str, frozenset[str] | str]
"""A name and what is said of its version: the versions of the grid that it admits, or text."""

SKIPPED = frozenset({".git", "node_modules", ".venv", "site-packages"})


@dataclass
class Row:
    files: int = 0
    read: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    reference: int = 0
    same: int = 0
    compared: int = 0
    differences: list[str] = field(default_factory=list)


def admitted(specifier: str) -> frozenset[str]:
    return frozenset(str(one) for one in GRID if SpecifierSet(specifier).contains(one, prereleases=True))


def ours(found: ManifestFacts, *dialects: str) -> Counter[Entry]:
    pins = (pin for pin in of_kind(found.facts, Pin) if pin.dialect in dialects and not pin.unresolved)
    return Counter((pin.name, "url" if pin.url else admitted(pin.specifier)) for pin in pins)


def requirement(text: str) -> Entry | None:
    try:
        one = Requirement(text)
    except InvalidRequirement:
        return None
    return canonicalize_name(one.name), "url" if one.url else admitted(str(one.specifier))


def by_pip(path: Path, text: str) -> Counter[Entry] | None:
    """What pip's own reader makes of the file; included files are left alone."""
    reader = importlib.import_module("pip._internal.req.req_file")
    options = reader.get_line_parser(None)
    found: Counter[Entry] = Counter()
    for _, line in reader.preprocess(text):
        try:
            arguments, given = options(line)
        except Exception:  # what pip refuses, we may refuse
            continue
        if given.editables or re.match(r"(?:git|hg|svn|bzr)\+|https?://|\.{0,2}/|file:", arguments or ""):
            found["", "url"] += 1
        elif arguments and (entry := requirement(re.split(r"\s--", arguments)[0])):
            found[entry] += 1
    return nameless_urls(found)


def by_packaging(path: Path, text: str) -> Counter[Entry] | None:
    project = tomli().loads(text)
    listed = [*project.get("project", {}).get("dependencies", [])]
    for extra in project.get("project", {}).get("optional-dependencies", {}).values():
        listed += extra
    for group in project.get("dependency-groups", {}).values():
        listed += [each for each in group if isinstance(each, str)]
    return Counter(entry for each in listed if (entry := requirement(each)))


def by_poetry(path: Path, text: str) -> Counter[Entry] | None:
    factory = importlib.import_module("poetry.core.factory").Factory
    version = importlib.import_module("poetry.core.constraints.version").Version
    settings = tomli().loads(text).get("tool", {}).get("poetry", {})
    tables = [settings.get("dependencies", {}), settings.get("dev-dependencies", {})]
    tables += [group.get("dependencies", {}) for group in settings.get("group", {}).values()]
    found: Counter[Entry] = Counter()
    for name, constraint in ((name, each) for table in tables for name, each in table.items() if name != "python"):
        for choice in constraint if isinstance(constraint, list) else [constraint]:
            if isinstance(choice, dict) and choice.keys() & {"git", "url", "path"}:
                found[canonicalize_name(name), "url"] += 1
                continue
            made = factory.create_dependency(name, choice).constraint
            found[
                canonicalize_name(name), frozenset(str(one) for one in GRID if made.allows(version.parse(str(one))))
            ] += 1
    return found


def by_rattler(path: Path, text: str) -> Counter[Entry] | None:
    rattler = importlib.import_module("rattler")
    document = importlib.import_module("yaml").safe_load(text) or {}
    found: Counter[Entry] = Counter()
    for item in document.get("dependencies") or ():
        if isinstance(item, str):
            spec = rattler.MatchSpec(item)
            name = spec.name.normalized if spec.name is not None else ""
            wanted = rattler.VersionSpec(str(spec.version)) if spec.version else None
            found[canonicalize_name(str(name).strip("_")), matched(rattler, wanted)] += 1
    return Counter({entry: count for entry, count in found.items() if entry[0] != "python"})


def matched(rattler: Any, wanted: Any) -> frozenset[str]:
    return frozenset(str(one) for one in GRID if wanted is None or wanted.matches(rattler.Version(str(one))))


def by_dockerfile_parse(path: Path, text: str) -> Counter[Entry] | None:
    parser = importlib.import_module("dockerfile_parse").DockerfileParser(fileobj=io.BytesIO(text.encode()))
    return Counter(("", re.sub(r"[${}]", "", image)) for image in parser.parent_images)


def locked(path: Path, text: str) -> Counter[Entry] | None:
    if path.name == "Pipfile.lock":
        data = json.loads(text)
        pairs = {
            canonicalize_name(name): one.get("version", "").lstrip("=")
            for section in ("develop", "default")
            for name, one in data.get(section, {}).items()
        }
        return Counter(pairs.items())
    packages = tomli().loads(text)
    listed = packages.get("package", packages.get("packages", []))
    return Counter((canonicalize_name(each["name"]), each.get("version", "")) for each in listed)


def tomli() -> Any:
    return importlib.import_module("tomli")


def images(found: ManifestFacts) -> Counter[Entry]:
    """The stages count, too: dockerfile-parse names them as images."""
    return Counter(("", re.sub(r"[${}]", "", each.resolved)) for each in of_kind(found.facts, Image))


def holds(found: ManifestFacts) -> Counter[Entry]:
    return Counter((each.name, each.version) for each in of_kind(found.facts, LockedVersion))


def nameless_urls(entries: Counter[Entry]) -> Counter[Entry]:
    """What a URL is called is a guess of each reader."""
    plain: Counter[Entry] = Counter()
    for (name, said), count in entries.items():
        plain["" if said == "url" else name, said] += count
    return plain


Reference = tuple[Callable[[ManifestFacts], Counter[Entry]], Callable[[Path, str], Counter[Entry] | None], str]
REFERENCES: dict[str, list[Reference]] = {
    "requirements": [(lambda found: nameless_urls(ours(found, "requirements")), by_pip, "pip")],
    "pyproject": [
        (lambda found: ours(found, "pep621", "pep735"), by_packaging, "packaging"),
        (lambda found: ours(found, "poetry"), by_poetry, "poetry-core"),
    ],
    "conda": [(lambda found: ours(found, "conda"), by_rattler, "rattler")],
    "dockerfile": [(images, by_dockerfile_parse, "dockerfile-parse")],
    "lock": [(holds, locked, "tomli, json")],
}


def manifests(folders: Iterable[str]) -> Iterator[Path]:
    for folder in folders:
        for here, below, names in os.walk(folder):
            below[:] = sorted(set(below) - SKIPPED)
            yield from (Path(here, name) for name in sorted(names))


def main(folders: list[str]) -> int:
    rows: defaultdict[str, Row] = defaultdict(Row)
    missing: set[str] = set()
    for path in manifests(folders):
        name = path.as_posix()
        reader = reader_for(name)
        dialect = "setup.py" if path.name == "setup.py" else reader.dialect if reader else ""
        if not dialect or path.is_symlink() or not path.is_file():
            continue
        data = path.read_bytes()
        found = read_python(name, decode_or_blank(data)) if dialect == "setup.py" else read(name, data)
        if not found.facts and not found.notices:
            continue  # a file of that name that is something else
        row = rows[dialect]
        row.files += 1
        row.read += len([each for each in found.facts if isinstance(each, (Pin, Image, LockedVersion))])
        row.refused.update(notice.kind for notice in found.notices)
        for mine, reference, label in REFERENCES.get(dialect, ()):
            compare(row, path, decode_or_blank(data), mine(found), reference, f"{dialect} {name} ({label})", missing)
    report(rows, missing)
    return 0


def decode_or_blank(data: bytes) -> str:
    try:
        return decode(data)
    except UnicodeError:
        return ""


def compare(
    row: Row,
    path: Path,
    text: str,
    mine: Counter[Entry],
    reference: Callable[[Path, str], Counter[Entry] | None],
    label: str,
    missing: set[str],
) -> None:
    try:
        theirs = reference(path, text)
    except ImportError as error:
        missing.add(str(error))
        return
    except Exception as error:  # a reference that gives up says nothing of ours
        row.differences.append(f"{label}: the reference gave up: {type(error).__name__}: {str(error)[:100]}")
        return
    if theirs is None:
        return
    row.compared += 1
    row.reference += theirs.total()
    row.same += (mine & theirs).total()
    for sign, entries in (("only ours", mine - theirs), ("only theirs", theirs - mine)):
        for name, said in entries:
            row.differences.append(f"{label}: {sign}: {name} {said if isinstance(said, str) else len(said)}")


def report(rows: dict[str, Row], missing: set[str]) -> None:
    print("| dialect | files | entries read | refused | compared files | reference's entries | the same |")
    print("|---|---|---|---|---|---|---|")
    for dialect, row in sorted(rows.items()):
        refused = ", ".join(f"{count} {kind}" for kind, count in sorted(row.refused.items())) or "0"
        compared = f"{row.compared} | {row.reference} | {row.same}" if row.compared else "- | - | -"
        print(f"| {dialect} | {row.files} | {row.read} | {refused} | {compared} |")
    for dialect, row in sorted(rows.items()):
        print(*(f"\n{dialect}: {len(row.differences)} differences", *row.differences), sep="\n  ")
    for each in sorted(missing):
        print(f"\nleft out: {each}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
