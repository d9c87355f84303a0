"""What the rules on versions ask of a project: one view on its manifests, made once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from mldebt.coverage import Coverage
from mldebt.facts.pins import Pin
from mldebt.manifest_files import ManifestFile, is_development, manifest_files, words
from mldebt.model import Role
from mldebt.project_kind import ProjectKinds
from mldebt.vocabulary import Vocabulary

if TYPE_CHECKING:
    from mldebt.project import Project


class Dependencies:
    """The manifests of a project and the questions about their requirements. Only read once built."""

    def __init__(
        self, coverage: Coverage, kinds: ProjectKinds, vocabulary: Vocabulary, serving: frozenset[str]
    ) -> None:
        self.coverage = coverage
        self.kinds = kinds
        self._vocabulary = vocabulary
        self._serving_modules = serving
        self._development = vocabulary.words("development-groups")
        self._served = {
            path
            for one in coverage.manifests.values()
            if one.is_image and self._serves(one)
            for path in coverage.included(one.path)
        }

    @property
    def manifests(self) -> Iterator[ManifestFile]:
        """Manifests and images; no locks."""
        return (one for one in self.coverage.manifests.values() if not one.manifest.is_lock)

    def distribution(self, pin: Pin) -> str:
        """The distribution that a pin is about; conda has names of its own."""
        if pin.dialect.endswith("conda"):
            return self._vocabulary.mapping("conda-names").get(pin.name, (pin.name,))[0]
        return pin.name

    def is_framework(self, pin: Pin) -> bool:
        return self._vocabulary.matches("frameworks", self.distribution(pin))

    def bounded(self, pin: Pin) -> str:
        """All that is said of the pin's version where it is installed, as one specifier."""
        return ",".join(dict.fromkeys(filter(None, (pin.specifier, *self.coverage.bounds(pin)))))

    def is_development(self, pin: Pin) -> bool:
        return is_development(pin, self._development)

    def is_served(self, path: str) -> bool:
        """Does an image that serves install this manifest?"""
        return path in self._served

    def _serves(self, image: ManifestFile) -> bool:
        """By its name, or by what it starts: a server, or a module that handles requests."""
        if words(image.path) & self._vocabulary.words("serve-path-words"):
            return True
        started = image.manifest.starts.replace("/", " ").split()
        if self._vocabulary.words("server-programs").intersection(started):
            return True
        modules = tuple(f"/{word}" for word in started if word.endswith(".py"))
        return bool(modules) and any(f"/{path}".endswith(modules) for path in self._serving_modules)


def dependencies(project: Project) -> Dependencies:
    """The view on this project; the same one each time."""
    known = _KNOWN.get(project)
    if known is None:
        development = project.vocabulary.words("development-groups")
        coverage = Coverage(manifest_files(project.files.values()), development)
        serving = frozenset(path for path in project.files if project.role(path) is Role.SERVE)
        kinds = ProjectKinds(coverage, serving, project.config.project_kind, project.declared_kind)
        known = _KNOWN[project] = Dependencies(coverage, kinds, project.vocabulary, serving)
    return known


_KNOWN: WeakKeyDictionary[Project, Dependencies] = WeakKeyDictionary()
