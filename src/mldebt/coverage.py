"""What fixes a version that its own line leaves open: locks, compiled files, constraints.

Pure functions over facts: nothing here looks at a file.
"""

from __future__ import annotations

import posixpath
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from mldebt.facts.pins import Include, Pin
from mldebt.ladder import Level, level
from mldebt.manifest_files import ManifestFile, words

PROJECT = "."
"""What an include of a project's folder says."""

_PYTHON_LOCKS = frozenset({"uv-lock", "poetry-lock", "pdm-lock", "pylock-lock"})
CONDA_LOCKS = frozenset({"conda-lock", "pixi-lock"})
_LOCKS = {
    "conda": CONDA_LOCKS,
    "pixi": frozenset({"pixi-lock"}),
    "pipfile": frozenset({"pipfile-lock"}),
    "pyproject": frozenset({*_PYTHON_LOCKS, "pixi-lock", "pipfile-lock"}),
}
"""The locks that decide what a manifest of a dialect installs."""

_LOCK_WORDS = frozenset({"lock", "locked", "lockfile", "frozen", "freeze"})


class Coverage:
    """The manifests of a project and how they bear on each other's versions. Built once, only read
    afterwards. ``development`` are the words of groups and files that no product is built from."""

    def __init__(self, manifests: Iterable[ManifestFile], development: Collection[str] = ()) -> None:
        self.manifests: Mapping[str, ManifestFile] = {one.path: one for one in manifests}
        self._development = development
        self._beside: dict[str, list[ManifestFile]] = {}
        self._readers: dict[str, list[str]] = {}
        for one in self.manifests.values():
            self._beside.setdefault(one.folder, []).append(one)
            for target in one.manifest.dynamic_from:
                self._readers.setdefault(target, []).append(one.path)
        self._included = self._graph()
        self._including = _reversed(self._included)
        self._compiled = {one.path: self._inputs(one) for one in self._locks() if one.is_requirements}
        self._compiled_from = _reversed({lock: sorted(inputs) for lock, inputs in self._compiled.items()})
        self._roots = [one for one in self.manifests.values() if one.manifest.workspace and not one.manifest.is_lock]
        self._members = self._workspace_locks()

    def readers(self, path: str) -> tuple[str, ...]:
        """The manifests that read their requirements from this file (setuptools' ``dynamic``)."""
        return tuple(self._readers.get(path, ()))

    def bounds(self, pin: Pin) -> tuple[str, ...]:
        """The specifiers that other lines put on the package wherever this one is installed: the same
        manifest, files that are included with it, constraints, overrides, the workspace's root."""
        here = pin.place.path
        found: list[str] = []
        for path in self._installed_with(here):
            groups = ("", pin.group) if path == here else ("",)
            found.extend(
                other.specifier
                for other in self.manifests[path].pins
                if other.name == pin.name
                and other is not pin
                and (other.constraint or other.group in groups)
                and other.marker in ("", pin.marker)  # what is for other machines bounds nothing here
            )
        for root in self._roots:
            if _is_member(root.folder, root.manifest.workspace, posixpath.dirname(here)):
                found.extend(one.specifier for one in root.pins if one.constraint and one.name == pin.name)
        return tuple(filter(None, found))

    def lock(self, pin: Pin) -> str:
        """The path of a lock that decides this requirement's version, "" when none does."""
        here = pin.place.path
        for path in dict.fromkeys((*self._installed_with(here), *self.readers(here))):
            manifest = self.manifests[path]
            for lock in self._locks_near(manifest):
                if self._covers(lock, manifest, pin.name):
                    return lock.path
        return ""

    def _locks(self) -> Iterator[ManifestFile]:
        return (one for one in self.manifests.values() if one.manifest.is_lock)

    def _locks_near(self, manifest: ManifestFile) -> Iterator[ManifestFile]:
        yield from (one for one in self._beside[manifest.folder] if one.manifest.is_lock)
        yield from (self.manifests[path] for path in self._compiled_from.get(manifest.path, ()))
        yield from self._members.get(manifest.folder, ())

    def _covers(self, lock: ManifestFile, manifest: ManifestFile, name: str) -> bool:
        if lock.path == manifest.path:
            return not lock.is_requirements or name in lock.locked
        if manifest.is_image or manifest.manifest.dialect == "pep723":
            return False
        if lock.is_requirements:
            return name in lock.locked and self._compiles(lock, manifest)
        if manifest.is_requirements:
            return lock.folder == manifest.folder and self._locks_by_name(lock, name)
        if lock.manifest.dialect not in _LOCKS.get(manifest.manifest.dialect, _PYTHON_LOCKS):
            return False
        return lock.manifest.dialect != "pipfile-lock" or name in lock.locked

    def _locks_by_name(self, lock: ManifestFile, name: str) -> bool:
        """Does the lock beside a requirements file speak of this package? Only if the lock's own
        manifest names it: what comes along with others is not what the file asks for."""
        own = [one for one in self._beside[lock.folder] if one.is_project and not one.manifest.is_lock]
        return any(pin.name == name for one in own for pin in one.pins) if own else name in lock.locked

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
        said = words(stem)
        return said.isdisjoint(self._development) and (not manifest.is_requirements or not said.isdisjoint(_LOCK_WORDS))

    def _inputs(self, lock: ManifestFile) -> frozenset[str]:
        """The manifests that a compiled file names, resolved from its folder and those above."""
        found: set[str] = set()
        for written in lock.manifest.compiled_from:
            folder = lock.folder
            while folder and _join(folder, written) not in self.manifests:
                folder = posixpath.dirname(folder)
            if _join(folder, written) in self.manifests:
                found.add(_join(folder, written))
        return frozenset(found)

    def _workspace_locks(self) -> dict[str, list[ManifestFile]]:
        """Folder -> the locks of workspaces above that have it as a member, from what the lock lists or
        from the globs of the root beside it."""
        folders = {one.folder for one in self.manifests.values() if one.is_project}
        found: dict[str, list[ManifestFile]] = {}
        for lock in self._locks():
            members = {_join(lock.folder, member) for member in lock.manifest.workspace}
            for root in self._roots:
                if root.folder == lock.folder:
                    members.update(one for one in folders if _is_member(root.folder, root.manifest.workspace, one))
            for folder in sorted(members - {lock.folder}):
                found.setdefault(folder, []).append(lock)
        return found

    def _graph(self) -> dict[str, list[str]]:
        """What includes what, as far as the files are there."""
        graph: dict[str, list[str]] = {}
        for one in self.manifests.values():
            for include in one.includes:
                graph.setdefault(one.path, []).extend(self._targets(one, include))
            compiled = f"{one.path.removesuffix('.in')}.txt"  # base.in -> base.txt, also where no header says so
            if one.path.endswith(".in") and self._pins_exactly(compiled):
                graph.setdefault(one.path, []).append(compiled)
        return graph

    def _targets(self, one: ManifestFile, include: Include) -> list[str]:
        """The manifests that an include means. A command in an image runs in a context that only the
        build knows: its file's folder or one above."""
        homes = [include.target, include.alternative]
        if one.is_image:
            homes[1:1] = [_join(folder, include.alternative) for folder in _above(one.folder)]
        if include.alternative == PROJECT:
            found = (
                [each.path for each in self._beside.get("" if at == "." else at, ()) if _is_installed(each)]
                for at in homes
            )
            return next(filter(None, found), [])
        return [at for at in homes if at in self.manifests][:1]

    def included(self, path: str) -> tuple[str, ...]:
        """The manifest and all that it includes: what is installed from it."""
        return tuple(_reachable(self._included, [path]))

    def targets(self, path: str, include: Include) -> tuple[str, ...]:
        """The manifests that an include of this file means."""
        return tuple(self._targets(self.manifests[path], include))

    def includers(self, path: str) -> tuple[str, ...]:
        """The manifests and images that include this one themselves."""
        return tuple(dict.fromkeys(self._including.get(path, ())))

    def locks_of_folder(self, path: str) -> tuple[ManifestFile, ...]:
        """The locks of the project that the manifest's folder holds, or of its workspace; no compiled files."""
        found = [lock for lock in self._locks_near(self.manifests[path]) if not lock.is_requirements]
        return tuple({lock.path: lock for lock in found}.values())

    def near_locks(self, path: str) -> tuple[ManifestFile, ...]:
        """The locks that may belong to a manifest: beside it, made from it, or of its workspace."""
        return tuple({lock.path: lock for lock in self._locks_near(self.manifests[path])}.values())

    def locks_above(self, path: str) -> Iterator[ManifestFile]:
        """The locks and compiled files in a file's folder and in those above it, the nearest first."""
        folder = posixpath.dirname(path)
        for at in (folder, *_above(folder)):
            yield from (one for one in self._beside.get(at, ()) if one.manifest.is_lock and one.path != path)

    def compiles(self, lock: ManifestFile, manifest: ManifestFile) -> bool:
        """Does a compiled requirements file say that it was made from this manifest?"""
        return manifest.path in self._compiled.get(lock.path, ())

    def _pins_exactly(self, path: str) -> bool:
        pins = self.manifests[path].pins if path in self.manifests else ()
        return bool(pins) and all(pin.url or level(pin.specifier) >= Level.EXACT for pin in pins)

    def _installed_with(self, path: str) -> list[str]:
        """Every manifest that is installed in one go with this one: what those that include it include."""
        return _reachable(self._included, _reachable(self._including, [path])) if path in self.manifests else []


def _is_installed(one: ManifestFile) -> bool:
    return one.is_project and not one.manifest.is_lock


def _above(folder: str) -> list[str]:
    """The folders above one, nearest first."""
    found = []
    while folder:
        folder = posixpath.dirname(folder)
        found.append(folder)
    return found


def _reachable(graph: Mapping[str, list[str]], starts: list[str]) -> list[str]:
    seen = dict.fromkeys(starts)
    queue = deque(starts)
    while queue:
        for target in graph.get(queue.popleft(), ()):
            if target not in seen:
                seen[target] = None
                queue.append(target)
    return list(seen)


def _reversed(graph: Mapping[str, list[str]]) -> dict[str, list[str]]:
    turned: dict[str, list[str]] = {}
    for start, targets in graph.items():
        for target in targets:
            turned.setdefault(target, []).append(start)
    return turned


def _is_member(root: str, globs: tuple[str, ...], folder: str) -> bool:
    """Is ``folder`` one of the workspace's members? ``*`` is one level, ``!`` leaves out, as in uv."""
    relative = posixpath.relpath(folder or ".", root or ".")
    if relative == ".":
        return True
    excluded = any(_meets(glob[1:], relative) for glob in globs if glob.startswith("!"))
    return not excluded and any(_meets(glob, relative) for glob in globs if not glob.startswith("!"))


def _meets(glob: str, relative: str) -> bool:
    wanted, given = posixpath.normpath(glob).split("/"), relative.split("/")
    if "**" in wanted:  # a prefix is enough of an answer; a general match invites backtracking
        at = wanted.index("**")
        wanted, given = wanted[:at], given[:at]
    return len(wanted) == len(given) and all(
        name == part or _fits(name, part) for name, part in zip(given, wanted, strict=True)
    )


def _fits(name: str, part: str) -> bool:
    return part.count("*") <= 3 and fnmatchcase(name, part)


def _join(folder: str, target: str) -> str:
    joined = posixpath.normpath(posixpath.join(folder, target))
    return "" if joined == "." else joined
