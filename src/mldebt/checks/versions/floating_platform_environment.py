"""PIN010: a list of packages that is handed to a platform leaves a framework's version open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebt.dependencies import Dependencies, dependencies
from mldebt.facts.pins import Pin
from mldebt.ladder import has_ceiling
from mldebt.model import Confidence, Outcome
from mldebt.project_rule import ProjectHit, ProjectRule
from mldebt.version_fixes import pin_recipes
from mldebt.version_sites import pin_site

if TYPE_CHECKING:
    from mldebt.project import Project

_VERSION = "platform-version"
_LISTS = frozenset({"package-list", "package-list-conda", _VERSION})


class FloatingPlatformEnvironment(ProjectRule):
    """One hit a requirement: in a list that a program hands over, and in the files that an MLflow
    project names."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        known = dependencies(project)
        for _, pin in project.facts(Pin):
            if pin.dialect in _LISTS and _is_open(pin, known):
                yield _hit(pin, pin.group, known)
        for manifest in known.manifests:
            if any(
                known.coverage.manifests[one].manifest.dialect == "mlproject"
                for one in known.coverage.includers(manifest.path)
            ):
                for pin in manifest.pins:
                    if _is_open(pin, known) and not known.coverage.lock(pin):
                        yield _hit(pin, "MLflow", known)


def _is_open(pin: Pin, known: Dependencies) -> bool:
    if pin.url or pin.unresolved or pin.constraint or not known.is_framework(pin):
        return False
    return not has_ceiling(known.bounded(pin))


def _hit(pin: Pin, platform: str, known: Dependencies) -> ProjectHit:
    site = pin_site(pin)
    return ProjectHit(
        sites=(site,),
        key=f"{pin.place.path}:{site.symbol}",
        fields={"platform": platform, "package": pin.raw[:80]},
        outcome=Outcome(confidence=Confidence.MEDIUM),
        concept=f"package:{known.distribution(pin)}",
        recipes=() if pin.dialect == _VERSION else pin_recipes([pin], known),
    )
