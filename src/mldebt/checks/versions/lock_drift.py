"""PIN007: manifest and lock disagree, an install goes past the lock, or there is none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebt.dependencies import Dependencies, dependencies
from mldebt.facts.pins import Include, Pin
from mldebt.ladder import Level, admits, crosses, has_ceiling, level
from mldebt.manifest_files import ManifestFile
from mldebt.project_kind import ProjectKind
from mldebt.project_rule import ProjectHit, ProjectRule
from mldebt.version_sites import command_site, pin_site

if TYPE_CHECKING:
    from mldebt.project import Project

_SPEAKS_FOR = {
    "uv-lock": frozenset({"pep621", "pep735", "uv"}),
    "poetry-lock": frozenset({"pep621", "poetry"}),
    "pdm-lock": frozenset({"pep621"}),
    "pylock-lock": frozenset({"pep621"}),
    "pipfile-lock": frozenset({"pipfile"}),
    "pixi-lock": frozenset({"pixi", "pixi-conda", "pep621"}),
    "conda-lock": frozenset({"conda", "conda-pip"}),
}
_ALL_GROUPS = frozenset({"uv-lock", "poetry-lock", "pipfile-lock", "pixi-lock"})
FROZEN = 30  # exact requirements; whoever writes so many has written what pip freeze said


class LockDrift(ProjectRule):
    """One hit a requirement that the lock contradicts, a command of an image that installs past a lock,
    and a manifest of an application without one: at its first framework line that no other rule is about."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        known = dependencies(project)
        for manifest in known.manifests:
            if manifest.is_image:
                yield from _ignored(manifest, known)
                continue
            locks = known.coverage.near_locks(manifest.path)
            for pin in manifest.pins:
                if any(_contradicts(lock, pin, manifest, known) for lock in locks):
                    yield _hit(pin, known)
            alone = None if _is_locked(manifest, known) else _first_framework(manifest, known)
            if alone is not None:
                yield _hit(alone, known, "absent")


def _hit(pin: Pin, known: Dependencies, variant: str = "") -> ProjectHit:
    site = pin_site(pin)
    return ProjectHit(
        sites=(site,),
        key=f"{pin.place.path}:{variant}:{'' if variant else site.symbol}",
        fields={"requirement": pin.raw[:80]},
        variant=variant,
        concept="" if variant else f"package:{pin.name}",
    )


def _contradicts(lock: ManifestFile, pin: Pin, manifest: ManifestFile, known: Dependencies) -> bool:
    """Is the package missing in the lock, or locked outside of what the manifest admits?"""
    if pin.constraint or pin.url or pin.unresolved or not pin.name or pin.name == manifest.manifest.name:
        return False
    if not _is_lock_of(lock, pin, manifest, known) or any(
        other.constraint and other.name == pin.name for other in manifest.pins
    ):
        return False
    versions = lock.locked.get(pin.name)
    if versions is None:
        return bool(lock.locked) and not pin.marker
    return all(versions) and not any(admits(pin.specifier, version) for version in versions)


def _is_lock_of(lock: ManifestFile, pin: Pin, manifest: ManifestFile, known: Dependencies) -> bool:
    dialect = lock.manifest.dialect
    if lock.is_requirements:
        return known.coverage.compiles(lock, manifest) and not pin.group and not pin.dialect.endswith("conda")
    if lock.folder and not f"{manifest.folder}/".startswith(f"{lock.folder}/"):
        return False  # another's, that uses the project as it is: it holds what that one asks for
    return pin.dialect in _SPEAKS_FOR.get(dialect, ()) and (not pin.group or dialect in _ALL_GROUPS)


def _is_locked(manifest: ManifestFile, known: Dependencies) -> bool:
    """Does anything hold what comes along with its requirements, or is that left to others?"""
    if known.kinds.of(manifest.path) is ProjectKind.LIBRARY or known.coverage.readers(manifest.path):
        return True
    exact = [pin for pin in manifest.pins if level(pin.specifier) >= Level.EXACT]
    if len(exact) >= FROZEN and len(exact) == len([pin for pin in manifest.pins if not pin.url]):
        return True
    if any(not known.coverage.manifests[path].is_image for path in known.coverage.includers(manifest.path)):
        return True  # said where it is included
    if _is_constrained(manifest, known):
        return True
    return any(known.coverage.lock(pin) for pin in manifest.pins) or bool(known.coverage.locks_of_folder(manifest.path))


def _is_constrained(manifest: ManifestFile, known: Dependencies) -> bool:
    """Is it installed under a constraints file of exact pins (``-c``)?"""
    given = [each for each in manifest.includes if each.constraint]
    files = [known.coverage.manifests[path] for each in given for path in known.coverage.targets(manifest.path, each)]
    return any(file.pins and all(level(pin.specifier) >= Level.EXACT for pin in file.pins) for file in files)


def _first_framework(manifest: ManifestFile, known: Dependencies) -> Pin | None:
    return next(
        (
            pin
            for pin in manifest.pins
            if known.is_framework(pin)
            and not (pin.constraint or pin.url or pin.unresolved or known.is_development(pin))
            and has_ceiling(known.bounded(pin))
            and not crosses(known.bounded(pin), minor=True)
        ),
        None,
    )


def _ignored(image: ManifestFile, known: Dependencies) -> Iterator[ProjectHit]:
    seen: set[tuple[object, str]] = set()
    for include in image.includes:
        if (include.place, include.command) in seen or include.constraint:
            continue
        targets = map(known.coverage.manifests.__getitem__, known.coverage.targets(image.path, include))
        if any(_goes_past(include, target, known) for target in targets):
            seen.add((include.place, include.command))
            site = command_site(include)
            yield ProjectHit(
                sites=(site,),
                key=f"{image.path}:{site.symbol}",
                fields={"command": include.command[:80]},
                variant="ignored",
            )


def _goes_past(include: Include, manifest: ManifestFile, known: Dependencies) -> bool:
    """Does the command resolve anew what a lock of the same project holds?"""
    if "pip install" not in include.command or manifest.manifest.is_lock:
        return False
    locked: dict[str, tuple[str, ...]] = {}
    for lock in known.coverage.locks_of_folder(manifest.path):
        locked.update(lock.locked)
    return any(
        not pin.constraint
        and not pin.group
        and pin.name in locked
        and (level(pin.specifier) < Level.EXACT or not any(admits(pin.specifier, one) for one in locked[pin.name]))
        for pin in manifest.pins
    )
