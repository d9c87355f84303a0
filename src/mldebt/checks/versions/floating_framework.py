"""PIN001: a framework is required without a word on its version, and nothing else fixes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebt.dependencies import Dependencies, dependencies
from mldebt.facts.pins import Pin
from mldebt.ladder import is_open
from mldebt.model import Outcome, Severity
from mldebt.project_kind import ProjectKind
from mldebt.project_rule import ProjectHit, ProjectRule, Where
from mldebt.version_fixes import pin_recipes

if TYPE_CHECKING:
    from mldebt.project import Project


class FloatingFramework(ProjectRule):
    """One hit a line. A library is told as a note: it leaves the version to those who install it. What
    an image that serves installs is an error."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        known = dependencies(project)
        for manifest in known.manifests:
            for pin in manifest.pins:
                if not pin.command and floats(pin, known):  # what a command installs is PIN005's
                    yield _hit(pin, known)


def floats(pin: Pin, known: Dependencies) -> bool:
    """Does the newest release decide what this line installs of a framework?"""
    return (
        is_open(pin.specifier)
        and known.is_framework(pin)
        and not (pin.url or pin.constraint or pin.unresolved)
        and not known.is_development(pin)
        and all(is_open(bound) for bound in known.coverage.bounds(pin))
        and not known.coverage.lock(pin)
        and not known.follows(pin, known.coverage.manifests[pin.place.path].pins)
    )


def _hit(pin: Pin, known: Dependencies) -> ProjectHit:
    path = pin.place.path
    library = known.kinds.of(path) is ProjectKind.LIBRARY
    severity = Severity.NOTE if library else Severity.ERROR if known.is_served(path) and not pin.group else None
    symbol = f"{pin.group or 'requirements'}:{pin.name}"
    return ProjectHit(
        sites=(Where(pin.place, symbol, pin.raw, pin.source_line),),
        key=f"{path}:{symbol}",
        fields={"package": pin.raw[:80]},
        variant="library" if library else "",
        outcome=Outcome(severity=severity),
        concept=f"package:{pin.name}",
        recipes=() if library else pin_recipes([pin], known),
    )
