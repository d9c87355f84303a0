"""PIN012: nothing says which Python is meant."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebt.dependencies import Dependencies, dependencies
from mldebt.facts.pins import Image
from mldebt.manifest_files import ManifestFile
from mldebt.project_rule import ProjectHit, ProjectRule, Where
from mldebt.version_sites import image_site

if TYPE_CHECKING:
    from mldebt.project import Project

_NUMBERED = re.compile(r"(?:^|[^\d.])(?:py(?:thon)?)?3\.?\d+")
_MAJOR = re.compile(r"3(?:$|[^\d.])")


class OpenPythonVersion(ProjectRule):
    """One hit a project that requires a framework: where its manifest begins; and one an image of Python
    whose tag names the major version only. Silent where another file beside it or above says it."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        known = dependencies(project)
        bounded = _bounded_folders(known)
        for manifest in known.manifests:
            place = manifest.manifest.place
            if place is None or _is_said(manifest) or _is_within(manifest.folder, bounded):
                continue
            if any(known.is_framework(pin) and not known.is_development(pin) for pin in manifest.pins):
                yield _hit(Where(place, "project", manifest.manifest.source_line, manifest.manifest.source_line))
        for manifest in known.manifests:
            for image in manifest.images if not _is_within(manifest.folder, bounded) else ():
                if not image.digest and not image.stage and _is_python(image) and _MAJOR.match(image.tag):
                    yield _hit(image_site(image))


def _hit(site: Where) -> ProjectHit:
    return ProjectHit(sites=(site,), key=f"{site.place.path}:{site.symbol}")


def _bounded_folders(known: Dependencies) -> frozenset[str]:
    """The folders that hold a file which says which Python is meant."""
    return frozenset(
        one.folder
        for one in known.coverage.manifests.values()
        if (_is_said(one) and one.manifest.dialect != "pep723")
        or any(_is_python(image) and _NUMBERED.search(image.tag) for image in one.images)
    )


def _is_said(manifest: ManifestFile) -> bool:
    """Does it bound the version of Python? ``*`` admits any."""
    return manifest.manifest.requires_python.strip() not in ("", "*")


def _is_within(folder: str, bounded: frozenset[str]) -> bool:
    while folder not in bounded:
        if not folder:
            return False
        folder = posixpath.dirname(folder)
    return True


def _is_python(image: Image) -> bool:
    return posixpath.basename(image.name) == "python"
