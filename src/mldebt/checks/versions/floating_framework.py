"""PIN001: a framework is required without a word on its version, and nothing else fixes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebt.coverage import Coverage
from mldebt.engine import ProjectHit, ProjectRule, Where
from mldebt.facts.pins import Pin
from mldebt.ladder import is_open
from mldebt.manifest_files import is_development, manifest_files
from mldebt.model import Outcome, Role, Severity
from mldebt.project_kind import ProjectKind, ProjectKinds
from mldebt.vocabulary import Vocabulary

if TYPE_CHECKING:
    from mldebt.project import Project


class FloatingFramework(ProjectRule):
    """One hit a line. A library is told as a note: it leaves the version to those who install it."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        words = project.vocabulary
        coverage = Coverage(manifest_files(project.files.values()), words.words("development-groups"))
        serving = [path for path in project.files if project.role(path) is Role.SERVE]
        kinds = ProjectKinds(coverage, serving, project.config.project_kind)
        for manifest in coverage.manifests.values():
            for pin in () if manifest.is_image else manifest.pins:  # what an image installs by itself is PIN005's
                if floats(pin, coverage, words):
                    yield _hit(pin, kinds.of(pin.place.path))


def floats(pin: Pin, coverage: Coverage, vocabulary: Vocabulary) -> bool:
    """Does the newest release decide what this line installs of a framework?"""
    return (
        is_open(pin.specifier)
        and _is_framework(pin, vocabulary)
        and not (pin.url or pin.constraint or pin.unresolved)
        and not is_development(pin, vocabulary.words("development-groups"))
        and all(is_open(bound) for bound in coverage.bounds(pin))
        and not coverage.lock(pin)
    )


def _is_framework(pin: Pin, vocabulary: Vocabulary) -> bool:
    names = vocabulary.mapping("conda-names").get(pin.name, (pin.name,)) if pin.dialect == "conda" else (pin.name,)
    return any(vocabulary.matches("frameworks", name) for name in names)


def _hit(pin: Pin, kind: ProjectKind) -> ProjectHit:
    library = kind is ProjectKind.LIBRARY
    symbol = f"{pin.group or 'requirements'}:{pin.name}"
    return ProjectHit(
        sites=(Where(pin.place, symbol, pin.raw, pin.source_line),),
        key=f"{pin.place.path}:{symbol}",
        fields={"package": pin.raw[:80]},
        variant="library" if library else "",
        outcome=Outcome(severity=Severity.NOTE) if library else Outcome(),
        concept=f"package:{pin.name}",
    )
