"""PIN011: a library requires one release of a framework and no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebt.dependencies import Dependencies, dependencies
from mldebt.facts.pins import Pin
from mldebt.ladder import Level, level
from mldebt.manifest_files import ManifestFile
from mldebt.project_kind import ProjectKind
from mldebt.project_rule import ProjectHit, ProjectRule
from mldebt.version_fixes import loosen_recipes
from mldebt.version_sites import pin_site

if TYPE_CHECKING:
    from mldebt.project import Project


class LibraryOverPin(ProjectRule):
    """One hit a line of what the library's users get."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        known = dependencies(project)
        for manifest in known.manifests:
            if not _is_shipped(manifest, known):
                continue
            for pin in manifest.pins:
                if _is_exact(pin) and known.is_framework(pin) and not known.is_development(pin):
                    site = pin_site(pin)
                    yield ProjectHit(
                        sites=(site,),
                        key=f"{pin.place.path}:{site.symbol}",
                        fields={"requirement": pin.raw[:80]},
                        concept=f"package:{pin.name}",
                        recipes=loosen_recipes(pin),
                    )


def _is_shipped(manifest: ManifestFile, known: Dependencies) -> bool:
    """Are its requirements those of a library's distribution? A requirements file's are where it is read."""
    if known.kinds.of(manifest.path) is not ProjectKind.LIBRARY:
        return False
    return manifest.manifest.builds or bool(known.coverage.readers(manifest.path))


def _is_exact(pin: Pin) -> bool:
    if pin.constraint or pin.url or pin.unresolved or pin.dialect in ("pep735", "pdm", "hatch"):
        return False  # groups do not travel with the distribution
    return level(pin.specifier) >= Level.EXACT
