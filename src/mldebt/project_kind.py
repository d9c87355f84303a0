"""Application or library? Each folder with a manifest decides for itself."""

from __future__ import annotations

import enum
import posixpath
from collections.abc import Callable, Iterable

from mldebt.coverage import Coverage


class ProjectKind(enum.Enum):
    """An application decides what is installed; a library leaves that to those who use it."""

    APPLICATION = "application"
    LIBRARY = "library"


_BYSTANDERS = frozenset(
    {".devcontainer", ".github", "tests", "test", "docs", "doc", "examples", "example", "benchmarks"}
)


_REQUIREMENTS = frozenset({"requirements", "requirement", "reqs"})


class ProjectKinds:
    """``serving`` are the files with the role serve; ``given`` is what the configuration says for all
    ("application", "library" or ""), ``declared`` what it says of the component of a path."""

    def __init__(
        self,
        coverage: Coverage,
        serving: Iterable[str] = (),
        given: str = "",
        declared: Callable[[str], str] = lambda path: "",
    ) -> None:
        self._coverage = coverage
        self._declared = declared
        self._given = ProjectKind(given) if given else None
        manifests = coverage.manifests.values()
        self._projects = {one.folder for one in manifests if one.is_project}
        self._libraries = {
            one.folder
            for one in manifests
            if one.manifest.builds and (one.manifest.classifiers or one.manifest.packages)
        }
        self._applied = {one.folder for one in manifests if one.manifest.is_lock or one.manifest.scripts}
        deployed = [*serving, *(one.path for one in manifests if one.is_image)]
        self._applied.update(self._owner(path) for path in deployed if _BYSTANDERS.isdisjoint(path.split("/")))

    def of(self, path: str) -> ProjectKind:
        """The kind of project that the manifest at ``path`` belongs to.

        A library declares a distribution (packages or classifiers) and shows none of the marks of an
        application: a lock, an image, a serving module, a script entry point. A requirements file is
        the library's when it stands beside its manifest, in its ``requirements`` folder, or is read by it.
        """
        declared = self._declared(path)
        if declared:
            return ProjectKind(declared)
        if self._given is not None:
            return self._given
        folder = posixpath.dirname(path)
        readers = self._coverage.readers(path)
        if readers:
            folder = posixpath.dirname(readers[0])
        elif posixpath.basename(folder) in _REQUIREMENTS and folder not in self._projects:
            folder = posixpath.dirname(folder)
        is_library = folder in self._libraries and folder not in self._applied
        return ProjectKind.LIBRARY if is_library else ProjectKind.APPLICATION

    def _owner(self, path: str) -> str:
        """The nearest folder at or above a file that holds a project's manifest."""
        folder = posixpath.dirname(path)
        while folder and folder not in self._projects:
            folder = posixpath.dirname(folder)
        return folder
