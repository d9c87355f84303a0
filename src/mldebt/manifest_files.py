"""Manifests as project rules see them: one file's manifest facts together, and what kind of need a pin is."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol

from msgspec import Struct, field

from mldebt.facts import F
from mldebt.facts.pins import Image, Include, LockedVersion, Manifest, Pin

_NO_PROJECTS = frozenset({"requirements", "dockerfile", "pep723", "python-version", "mlproject", "python-env"})


class ManifestFile(Struct, frozen=True):
    """One manifest or lock with everything it says."""

    path: str
    manifest: Manifest
    pins: tuple[Pin, ...] = ()
    includes: tuple[Include, ...] = ()
    locked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # name -> versions
    images: tuple[Image, ...] = ()

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.path)

    @property
    def is_requirements(self) -> bool:
        return self.manifest.dialect == "requirements"

    @property
    def is_image(self) -> bool:
        return self.manifest.dialect == "dockerfile"

    @property
    def is_project(self) -> bool:
        """Does it make its folder a project of its own?"""
        return self.manifest.dialect not in _NO_PROJECTS


class Facts(Protocol):
    """What hands out the facts of a kind that a file has."""

    def __call__(self, path: str, kind: type[F], /) -> Iterator[F]: ...


def manifest_files(paths: Iterable[str], facts: Facts) -> Iterator[ManifestFile]:
    """The manifests among the files, in their order."""
    for path in paths:
        manifest = next(facts(path, Manifest), None)
        if manifest is not None:
            yield ManifestFile(
                path,
                manifest,
                tuple(facts(path, Pin)),
                tuple(facts(path, Include)),
                _locked(facts(path, LockedVersion)),
                tuple(facts(path, Image)),
            )


def _locked(versions: Iterable[LockedVersion]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in versions:
        found[one.name] = (*found.get(one.name, ()), one.version)
    return found


def is_development(pin: Pin, groups: Collection[str]) -> bool:
    """Is the requirement for those who work on the project (development, documentation, lint, tests)?
    By the name of its group, its requirements file or its conda environment; ``groups`` are the words that say so."""
    if pin.group:
        return all(_is_for_development(group, groups) for group in (pin.group, *pin.included_by))
    if pin.dialect not in _NAMED_FOR_A_PURPOSE:
        return False
    *folders, name = pin.place.path.lower().split("/")
    return not words(name.rpartition(".")[0]).isdisjoint(groups) or not _ASIDE.isdisjoint(folders)


def _is_for_development(group: str, groups: Collection[str]) -> bool:
    return group.lower() in groups or not words(group).isdisjoint(groups)


_NAMED_FOR_A_PURPOSE = frozenset({"requirements", "conda"})
_ASIDE = frozenset({"docs", "doc", "lint", ".github"})


def words(text: str) -> frozenset[str]:
    """The runs of letters in a text, lower-case."""
    return frozenset(re.findall(r"[a-z]+", text.lower()))
