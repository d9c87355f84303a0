"""Requirements files that only their use tells: ``-r deps.lst``, ``open("deps.txt")`` of a setup.py.

Discovery knows requirements files by their names. One of another name becomes a source when a
manifest includes it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from mldebt.discover import INCLUDED, Source, kind_of
from mldebt.facts import Fact, FileFacts, of_kind
from mldebt.facts.pins import Include, Manifest
from mldebt.model import Notice

MOST = 500
"""Files that may be read so; more are nobody's requirements."""
_MANIFESTS = frozenset({"manifest", "lock", "python", "notebook"})


def included(files: Collection[FileFacts], kept: Callable[[str], bool]) -> tuple[Source, ...]:
    """The sources that ``files`` include and that are not among them, sorted. ``kept`` says whether a
    root-relative path may be read."""
    known = {each.path for each in files}
    found = {path for each in files for path in _targets(each.facts) if path not in known and _may_be(path)}
    read_so = sum(each.kind == INCLUDED for each in files)
    return tuple(Source(path, INCLUDED) for path in sorted(found)[: MOST - read_so] if kept(path))


def missing(files: Iterable[FileFacts], exists: Callable[[str], bool]) -> Iterator[Notice]:
    """What requirements files include and is not there: pip stops at it."""
    for each in files:
        for include in of_kind(each.facts, Include):
            homes = [home for home in (include.target, include.alternative) if not home.startswith(("/", "../"))]
            if not include.command and homes and not any(map(exists, homes)):
                message = f"{homes[0]}, which it includes, is not there"
                yield Notice("missing-include", message, each.path, include.place.span.line)


def _targets(facts: Iterable[Fact]) -> Iterator[str]:
    for include in of_kind(facts, Include):
        yield from (include.target, include.alternative)
    for manifest in of_kind(facts, Manifest):
        yield from manifest.dynamic_from


def _may_be(path: str) -> bool:
    return kind_of(path) not in _MANIFESTS and not path.startswith(("/", "../")) and path not in (".", "..")
