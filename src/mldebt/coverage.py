"""What fixes a version that its own line leaves open: locks, compiled files, constraints.

And what kind of project a manifest belongs to. Pure functions over facts: nothing here looks at
a file.
"""

from __future__ import annotations

import enum
import posixpath
import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from mldebt.facts import FileFacts, of_kind
from mldebt.facts.pins import Include, LockedVersion, Manifest, Pin
from mldebt.ladder import Level, level


class ProjectKind(enum.Enum):
    """An application decides what is installed; a library leaves that to those who use it."""

    APPLICATION = "application"
    LIBRARY = "library"


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """One manifest or lock with everything it says."""

    path: str
    manifest: Manifest
    pins: tuple[Pin, ...]
    includes: tuple[Include, ...]
    locked: frozenset[str]

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.path)

    @property
    def is_requirements(self) -> bool:
        return self.manifest.dialect == "requirements"


_DEVELOPMENT = frozenset(
    {
        "dev", "devel", "develop", "development", "doc", "docs", "documentation", "lint", "linting",
        "linters", "test", "tests", "testing", "ci", "typing", "types", "typecheck", "mypy", "format",
        "formatting", "style", "precommit", "coverage", "qa", "debug", "bench", "benchmark", "benchmarks",
        "build",
    }
)  # fmt: skip
_IMAGE = re.compile(r"(?:^|/)(?:(?:Dockerfile|Containerfile)(?:[._-][^/]*)?|[^/]+\.(?:Dockerfile|dockerfile))$")
_BYSTANDERS = frozenset(
    {".devcontainer", ".github", "tests", "test", "docs", "doc", "examples", "example", "benchmarks"}
)
_LOCK_WORDS = frozenset({"lock", "locked", "lockfile", "frozen", "freeze"})


def manifest_files(files: Iterable[FileFacts]) -> Iterator[ManifestFile]:
    """The manifests among the files, in their order."""
    for file in files:
        manifest = next(of_kind(file.facts, Manifest), None)
        if manifest is not None:
            yield ManifestFile(
                file.path,
                manifest,
                tuple(of_kind(file.facts, Pin)),
                tuple(of_kind(file.facts, Include)),
                frozenset(one.name for one in of_kind(file.facts, LockedVersion)),
            )


def is_development(pin: Pin) -> bool:
    """Is the requirement for those who work on the project (development, documentation, lint, tests),
    by the name of its group or of its file?"""
    if pin.group:
        return bool(_DEVELOPMENT.intersection(_words(pin.group)))
    *folders, name = pin.place.path.lower().split("/")
    words = _words(name.rpartition(".")[0]) if pin.dialect == "requirements" else frozenset()
    return bool(words & _DEVELOPMENT) or bool({"docs", "doc", "lint", ".github"}.intersection(folders))


class Coverage:
    """The manifests of a project and how they bear on each other. Built once, only read afterwards.

    ``paths`` are all files of the project (images among them make an application), ``serving`` those
    with the role serve, ``project_kind`` is "application", "library" or "" (decide by the files).
    """

    def __init__(
        self,
        manifests: Iterable[ManifestFile],
        paths: Collection[str] = (),
        serving: Collection[str] = (),
        project_kind: str = "",
    ) -> None:
        self.manifests = {one.path: one for one in manifests}
        self.project_kind = ProjectKind(project_kind) if project_kind else None
        self._folders: dict[str, list[ManifestFile]] = {}
        for one in self.manifests.values():
            self._folders.setdefault(one.folder, []).append(one)
        self._locks = [one for one in self.manifests.values() if one.manifest.is_lock]
        self._compiled = {one.path: self._inputs(one) for one in self._locks if one.is_requirements}
        self._included = self._graph()
        self._including = _reversed(self._included)
        self._projects = {one.folder for one in self.manifests.values() if not one.is_requirements}
        deployed = [path for path in paths if _IMAGE.search(path)]
        deployed.extend(serving)
        self._deployed = {self._owner(path) for path in deployed if not _BYSTANDERS.intersection(path.split("/"))}

    def kind(self, path: str) -> ProjectKind:
        """The kind of project that the manifest at ``path`` belongs to; each folder decides for itself."""
        if self.project_kind is not None:
            return self.project_kind
        folder = posixpath.dirname(path)
        readers = self._readers(path)
        if readers:
            folder = posixpath.dirname(readers[0])
        elif posixpath.basename(folder) == "requirements" and folder not in self._projects:
            folder = posixpath.dirname(folder)
        beside = self._folders.get(folder, [])
        distributed = any(one.manifest.builds and (one.manifest.classifiers or one.manifest.packages) for one in beside)
        applied = folder in self._deployed or any(one.manifest.is_lock or one.manifest.scripts for one in beside)
        return ProjectKind.LIBRARY if distributed and not applied else ProjectKind.APPLICATION

    def bounds(self, pin: Pin) -> tuple[str, ...]:
        """The specifiers that other lines put on the package wherever this one is installed: the same
        manifest, files that are included with it, constraints, overrides, the workspace's root."""
        found: list[str] = []
        for path in self._installed_with(pin.place.path):
            own = path == pin.place.path
            for other in self.manifests[path].pins:
                applies = other.constraint or other.group in (("", pin.group) if own else ("",))
                if other.name == pin.name and other.specifier and applies and other is not pin:
                    found.append(other.specifier)
        for root in self._workspace_roots(pin.place.path):
            found.extend(
                other.specifier
                for other in root.pins
                if other.constraint and other.name == pin.name and other.specifier
            )
        return tuple(found)

    def lock(self, pin: Pin) -> str:
        """The path of a lock that decides this requirement's version, "" when none does."""
        path = pin.place.path
        candidates = [path, *self._readers(path), *self._installed_with(path)]
        for manifest in dict.fromkeys(candidates):
            for lock in self._locks:
                if self._covers(lock, self.manifests[manifest], pin.name):
                    return lock.path
        return ""

    def _covers(self, lock: ManifestFile, manifest: ManifestFile, name: str) -> bool:
        if lock.path == manifest.path:
            return True
        if lock.is_requirements:
            return name in lock.locked and self._compiles(lock, manifest)
        if manifest.is_requirements:
            return lock.folder == manifest.folder and self._locks_by_name(lock, name)
        if lock.manifest.dialect == "pipfile-lock":
            return lock.folder == manifest.folder and name in lock.locked
        return lock.folder == manifest.folder or manifest.folder in self._members(lock)

    def _locks_by_name(self, lock: ManifestFile, name: str) -> bool:
        """Does the lock beside a requirements file speak of this package? Only if the lock's own
        manifest names it (what comes along with others is not what the file asks for)."""
        own = [one for one in self._folders[lock.folder] if not one.is_requirements and not one.manifest.is_lock]
        named = any(pin.name == name for one in own for pin in one.pins)
        return named if own else name in lock.locked

    def _members(self, lock: ManifestFile) -> frozenset[str]:
        """The folders of a workspace that a lock covers, from the lock itself or from its root's globs."""
        listed = {_join(lock.folder, member) for member in lock.manifest.workspace}
        for root in self._folders[lock.folder]:
            globs = root.manifest.workspace if not root.manifest.is_lock else ()
            listed.update(folder for folder in self._projects if _is_member(lock.folder, globs, folder))
        return frozenset(listed)

    def _workspace_roots(self, path: str) -> Iterator[ManifestFile]:
        folder = posixpath.dirname(path)
        for root in self.manifests.values():
            globs = () if root.manifest.is_lock or root.path == path else root.manifest.workspace
            if globs and _is_member(root.folder, globs, folder):
                yield root

    def _compiles(self, lock: ManifestFile, manifest: ManifestFile) -> bool:
        """Was a compiled requirements file made from this manifest, as it says or as names suggest?"""
        inputs = self._compiled[lock.path]
        if inputs:
            return manifest.path in inputs
        if lock.folder != manifest.folder:
            return False
        stem, own = posixpath.basename(lock.path).rpartition(".")[0], posixpath.basename(manifest.path)
        if own.rpartition(".")[0] == stem:
            return True
        words = _words(stem)
        return not words & _DEVELOPMENT and (not manifest.is_requirements or bool(words & _LOCK_WORDS))

    def _inputs(self, lock: ManifestFile) -> frozenset[str]:
        """The manifests that a compiled file names, resolved from its folder and those above."""
        found: set[str] = set()
        for written in lock.manifest.compiled_from:
            folder = lock.folder
            while _join(folder, written) not in self.manifests and folder:
                folder = posixpath.dirname(folder)
            if _join(folder, written) in self.manifests:
                found.add(_join(folder, written))
        return frozenset(found)

    def _readers(self, path: str) -> list[str]:
        """The manifests that read their dependencies from this file."""
        return [one.path for one in self.manifests.values() if path in one.manifest.dynamic_from]

    def _graph(self) -> dict[str, list[str]]:
        graph: dict[str, list[str]] = {}
        for one in self.manifests.values():
            for include in one.includes:
                target = next((at for at in (include.target, include.alternative) if at in self.manifests), None)
                if target is not None:
                    graph.setdefault(one.path, []).append(target)
        for one in self.manifests.values():  # base.in is compiled to base.txt even where no header says so
            compiled = f"{one.path.removesuffix('.in')}.txt"
            if one.path.endswith(".in") and self._pins_exactly(compiled):
                graph.setdefault(one.path, []).append(compiled)
        return graph

    def _pins_exactly(self, path: str) -> bool:
        pins = self.manifests[path].pins if path in self.manifests else ()
        return bool(pins) and all(pin.url or level(pin.specifier) >= Level.EXACT for pin in pins)

    def _installed_with(self, path: str) -> list[str]:
        """Every manifest that is installed in one go with this one: what those that include it include."""
        if path not in self.manifests:
            return []
        return _reachable(self._included, _reachable(self._including, [path]))

    def _owner(self, path: str) -> str:
        """The nearest folder at or above a file that holds a project's manifest."""
        folder = posixpath.dirname(path)
        while folder and folder not in self._projects:
            folder = posixpath.dirname(folder)
        return folder


def _reachable(graph: dict[str, list[str]], starts: list[str]) -> list[str]:
    seen = dict.fromkeys(starts)
    queue = deque(starts)
    while queue:
        for target in graph.get(queue.popleft(), ()):
            if target not in seen:
                seen[target] = None
                queue.append(target)
    return list(seen)


def _reversed(graph: dict[str, list[str]]) -> dict[str, list[str]]:
    turned: dict[str, list[str]] = {}
    for start, targets in graph.items():
        for target in targets:
            turned.setdefault(target, []).append(start)
    return turned


def _is_member(root: str, globs: tuple[str, ...], folder: str) -> bool:
    """Is ``folder`` one of the workspace's members, as uv reads globs (``*`` is one level, ``!`` leaves out)?"""
    relative = posixpath.relpath(folder or ".", root or ".")
    if relative == ".":
        return True

    def meets(glob: str) -> bool:
        wanted, given = posixpath.normpath(glob).split("/"), relative.split("/")
        if "**" in wanted:
            return fnmatchcase(relative, posixpath.normpath(glob).replace("**", "*"))
        return len(wanted) == len(given) and all(map(fnmatchcase, given, wanted))

    excluded = any(meets(glob[1:]) for glob in globs if glob.startswith("!"))
    return not excluded and any(meets(glob) for glob in globs if not glob.startswith("!"))


def _join(folder: str, target: str) -> str:
    joined = posixpath.normpath(posixpath.join(folder, target))
    return "" if joined == "." else joined


def _words(text: str) -> frozenset[str]:
    return frozenset(re.split(r"[^a-z]+", text.lower()))
