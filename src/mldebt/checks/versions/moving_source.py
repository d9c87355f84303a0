"""PIN003: a requirement comes from where it may change: a branch, an archive of one, a folder elsewhere."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mldebt.coverage import Coverage
from mldebt.dependencies import dependencies
from mldebt.facts.pins import Pin
from mldebt.locators import redact
from mldebt.model import Outcome, Severity
from mldebt.mutability import Mutability, Source, judge
from mldebt.project_rule import ProjectHit, ProjectRule, Where

if TYPE_CHECKING:
    from mldebt.project import Project

_REFERENCES = {
    Mutability.BRANCH: "branch `{}`",
    Mutability.ARCHIVE: "branch `{}`",
    Mutability.DEFAULT: "the default branch",
    Mutability.LATEST: "the latest release",
    Mutability.TAG: "tag `{}`",
    Mutability.OUTSIDE: "`{}`",
}
_BUILT = re.compile(r"^file:///\S*(?:conda-bld|feedstock_root|\bcroot/|opt/conda/)")
MOST = 20  # related lines of one file


class MovingSource(ProjectRule):
    """One hit a line. A tag is a note (silent with ``allow-tags``), and so is a branch whose commit a lock holds.
    What was frozen where conda had built it names a folder of that machine on each line: one hit a file."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        coverage = dependencies(project).coverage
        seen: set[tuple[object, str]] = set()
        frozen: dict[str, list[tuple[Pin, Source]]] = defaultdict(list)
        for _, pin in project.facts(Pin):
            source = judge(pin)
            where = _where(pin)
            if source is None or not self._moves(source) or (where.place, pin.url) in seen:
                continue
            seen.add((where.place, pin.url))
            if _BUILT.search(pin.url):
                frozen[where.place.path].append((pin, source))
                continue
            yield _hit(pin, where, source, locked=_holds_commit(coverage, pin))

        for found in frozen.values():
            (pin, source), *others = sorted(found, key=lambda each: _where(each[0]).place.span)
            yield replace(
                _hit(pin, _where(pin), source, locked=False), related=tuple(_where(each) for each, _ in others[:MOST])
            )

    def _moves(self, source: Source) -> bool:
        if source.mutability is Mutability.TAG:
            return not self.options.get("allow-tags")
        return source.mutability is not Mutability.FIXED


def _holds_commit(coverage: Coverage, pin: Pin) -> bool:
    """Locks of uv, Poetry and the like write down the commit of a repository."""
    lock = coverage.lock(pin) if pin.url.startswith("git+") else ""
    return bool(lock) and lock != pin.place.path and pin.name in coverage.manifests[lock].locked


def _where(pin: Pin) -> Where:
    """Where the URL stands."""
    symbol = f"{pin.group or 'requirements'}:{pin.name}"
    place = pin.url_place or pin.place
    return Where(place, symbol, redact(_written(pin)), redact(pin.url_line if pin.url_place else pin.source_line))


def _written(pin: Pin) -> str:
    return f"{pin.name} @ {pin.url}" if pin.url_place else pin.raw


def _hit(pin: Pin, where: Where, source: Source, *, locked: bool) -> ProjectHit:
    tag, outside = source.mutability is Mutability.TAG, source.mutability is Mutability.OUTSIDE
    return ProjectHit(
        sites=(where,),
        key=f"{pin.place.path}:{where.symbol}",
        fields={
            "source": redact(_written(pin))[:120],
            "reference": _REFERENCES[source.mutability].format(source.ref[:80]),
        },
        variant="tag" if tag else "outside" if outside else "",
        outcome=Outcome(severity=Severity.NOTE) if tag or locked else Outcome(),
        concept=f"package:{pin.name}",
    )
