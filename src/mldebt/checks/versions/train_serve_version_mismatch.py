"""PIN006: training and serving install different versions of one framework."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from msgspec import Struct

from mldebt.agreement import are_disjoint
from mldebt.dependencies import Dependencies, Side, dependencies
from mldebt.facts.pins import Pin
from mldebt.ladder import Level, is_open, level
from mldebt.manifest_files import words
from mldebt.marker_environments import LINUX, applies
from mldebt.model import Confidence, Outcome, Recipe, Severity
from mldebt.project_rule import ProjectHit, ProjectRule, Where
from mldebt.version_fixes import align_recipes
from mldebt.version_sites import pin_site

if TYPE_CHECKING:
    from mldebt.project import Project

FARTHEST = 4
"""Folders that lie between the two sides, both ways together: what is farther apart is another product."""


class TrainServeVersionMismatch(ProjectRule):
    """One hit a framework and pair of manifests: no release suits both (an error), or one side names a
    release and the other none."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        known = dependencies(project)
        trained, served = self._pins(known, Side.TRAIN), self._pins(known, Side.SERVE)
        aside = known.side_words | project.vocabulary.words("plain-path-words")
        found: dict[tuple[Where, str], list[_Conflict]] = defaultdict(list)
        for serving in sorted(served):
            for training in _nearest(
                serving, [path for path in sorted(trained) if _same_product(serving, path, aside)]
            ):
                for product in sorted(served[serving].keys() & trained[training].keys()):
                    conflict = _compared(trained[training][product], served[serving][product], known)
                    if conflict is not None:
                        found[conflict.first, product].append(conflict)
        for (first, product), conflicts in found.items():
            yield _hit(first, product, conflicts)

    def _pins(self, known: Dependencies, side: Side) -> dict[str, dict[str, list[Pin]]]:
        """Manifest -> framework -> its pins that are installed for this side."""
        found: dict[str, dict[str, list[Pin]]] = defaultdict(lambda: defaultdict(list))
        for manifest in known.manifests:
            for pin in manifest.pins:
                if not _is_comparable(pin, known) or side not in self._sides(pin, known):
                    continue
                found[manifest.path][known.product(pin)].append(pin)
        return found

    def _sides(self, pin: Pin, known: Dependencies) -> frozenset[Side]:
        path = pin.place.path
        given = frozenset(
            side
            for side in Side
            if any(fnmatchcase(path, glob) for glob in self.options.get(f"{side.value}-globs", ()))
        )
        return given or known.sides(path, pin.group)


def _is_comparable(pin: Pin, known: Dependencies) -> bool:
    if pin.constraint or pin.url or pin.unresolved or pin.dialect == "build-system":
        return False
    return known.is_framework(pin) and not known.is_development(pin)


def _same_product(one: str, other: str, aside: frozenset[str]) -> bool:
    """Do the paths differ, where they part, in nothing but words of the two sides?"""
    pairs = zip(one.split("/"), other.split("/"), strict=False)
    first, second = next((pair for pair in pairs if pair[0] != pair[1]), ("", ""))
    return words(first) - aside == words(second) - aside


def _nearest(path: str, others: Sequence[str]) -> list[str]:
    """The manifests of the other side that belong to the same product: those that are nearest."""
    distances = {other: _distance(path, other) for other in others}
    least = min(distances.values(), default=FARTHEST + 1)
    return [other for other in others if distances[other] == least] if least <= FARTHEST else []


def _distance(one: str, other: str) -> int:
    first, second = (posixpath.dirname(path).split("/") if "/" in path else [] for path in (one, other))
    common = 0
    while common < min(len(first), len(second)) and first[common] == second[common]:
        common += 1
    return len(first) + len(second) - 2 * common


class _Conflict(Struct, frozen=True):
    """Two sites, the first in path order before the other; ``disjoint`` when no release suits both."""

    first: Where
    second: Where
    disjoint: bool
    recipes: tuple[Recipe, ...] = ()


def _hit(first: Where, product: str, conflicts: list[_Conflict]) -> ProjectHit:
    others = tuple(dict.fromkeys(conflict.second for conflict in conflicts))
    disjoint = any(conflict.disjoint for conflict in conflicts)
    return ProjectHit(
        sites=(first, *others),
        key=f"{first.place.path}:{product}",
        fields={"requirement": first.snippet[:80]},
        outcome=Outcome(confidence=Confidence.MEDIUM, severity=Severity.ERROR if disjoint else None),
        concept=f"package:{product}",
        recipes=conflicts[0].recipes if len(conflicts) == 1 else (),
    )


def _compared(trained: list[Pin], served: list[Pin], known: Dependencies) -> _Conflict | None:
    verdicts = [
        verdict
        for environment in LINUX
        if (
            verdict := _verdict(
                [_said(pin, known) for pin in trained if applies(pin, environment)],
                [_said(pin, known) for pin in served if applies(pin, environment)],
            )
        )
        is not None
    ]
    if not verdicts or "same" in verdicts:
        return None
    sites = sorted((pin_site(trained[0]), pin_site(served[0])), key=lambda site: (site.place.path, site.place.span))
    recipes = () if "disjoint" in verdicts else align_recipes(*_floating_first(trained, served, known))
    return _Conflict(sites[0], sites[1], all(verdict == "disjoint" for verdict in verdicts), recipes)


def _floating_first(one: list[Pin], other: list[Pin], known: Dependencies) -> tuple[list[Pin], list[Pin]]:
    return (one, other) if all(is_open(_said(pin, known)) for pin in one) else (other, one)


def _said(pin: Pin, known: Dependencies) -> str:
    """The version that is installed: the lock's, else all that bounds it."""
    versions = known.locked(pin)
    if len(versions) == 1:
        return f"=={versions[0]}"
    # A line with a marker has others beside it, for other machines.
    return pin.specifier if pin.marker else known.bounded(pin)


def _verdict(trained: list[str], served: list[str]) -> str | None:
    """ "disjoint", "floating" (one side names a release, the other nothing) or "same"; None when a side
    installs nothing in this environment."""
    if not trained or not served:
        return None
    train, serve = ",".join(filter(None, trained)), ",".join(filter(None, served))
    if are_disjoint(train, serve):
        return "disjoint"
    one, other = (train, serve) if is_open(serve) else (serve, train)
    return "floating" if is_open(other) and level(one) >= Level.EXACT else "same"
