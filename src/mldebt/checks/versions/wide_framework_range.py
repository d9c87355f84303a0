"""PIN002: a framework is required with a range that admits releases that break."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebt.dependencies import Dependencies, dependencies
from mldebt.facts.pins import Pin
from mldebt.ladder import crosses, has_ceiling, is_open
from mldebt.project_kind import ProjectKind
from mldebt.project_rule import ProjectHit, ProjectRule
from mldebt.version_fixes import pin_recipes
from mldebt.version_sites import pin_site

if TYPE_CHECKING:
    from mldebt.project import Project


class WideFrameworkRange(ProjectRule):
    """One hit a line of an application: a lower bound alone, or bounds with a breaking release between
    them. A library's lower bound is what it should say."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        known = dependencies(project)
        for manifest in known.manifests:
            for pin in manifest.pins:
                if not pin.command and self._is_wide(pin, known, project):
                    site = pin_site(pin)
                    yield ProjectHit(
                        sites=(site,),
                        key=f"{pin.place.path}:{site.symbol}",
                        fields={"requirement": pin.raw[:80]},
                        concept=f"package:{pin.name}",
                        recipes=pin_recipes([pin], known),
                    )

    def _is_wide(self, pin: Pin, known: Dependencies, project: Project) -> bool:
        if is_open(pin.specifier) or pin.url or pin.constraint or pin.unresolved or known.is_development(pin):
            return False
        if not known.is_framework(pin) or known.kinds.of(pin.place.path) is ProjectKind.LIBRARY:
            return False
        said, name, words = known.bounded(pin), known.distribution(pin), project.vocabulary
        breaks = words.matches("breaking-frameworks", name) or name in self.options.get("breaking-list", ())
        minor = words.matches("minor-breaking-frameworks", name)
        if has_ceiling(said) and not ((breaks or minor) and crosses(said, minor=minor)):
            return False
        return not known.coverage.lock(pin)
