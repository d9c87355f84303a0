"""Requirements, locks and images: every place where a version is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from mldebt.model import Place


@dataclass(frozen=True, slots=True)
class Pin:
    """One requirement as a manifest writes it.

    ``name`` is normalised (PEP 503); ``specifier`` is PEP 440 text, "" when open (dialects with
    their own operators translate: Poetry ``^1.2`` is ``>=1.2,<2``; ``raw`` keeps what is written).
    ``url`` is set for URLs, VCS and paths. ``group`` is "" for runtime, else the name of the
    extra or group. ``dialect`` names the reader ("requirements", "pep621", "pep735", "poetry").
    ``constraint`` is true when the line only bounds a version (``-c`` files, uv constraints).
    """

    KIND: ClassVar[str] = "pin"
    VERSION: ClassVar[int] = 1

    name: str
    specifier: str
    raw: str
    place: Place
    source_line: str
    dialect: str
    group: str = ""
    marker: str = ""
    extras: tuple[str, ...] = ()
    url: str = ""
    editable: bool = False
    hashed: bool = False
    constraint: bool = False


@dataclass(frozen=True, slots=True)
class Include:
    """``-r other.txt`` or ``-c other.txt``: ``target`` is root-relative, as resolved by the reader
    without looking; ``alternative`` is the same read from the root."""

    KIND: ClassVar[str] = "include"
    VERSION: ClassVar[int] = 1

    target: str
    alternative: str
    constraint: bool
    place: Place


@dataclass(frozen=True, slots=True)
class LockedVersion:
    """One package in a lock: what will really be installed."""

    KIND: ClassVar[str] = "locked-version"
    VERSION: ClassVar[int] = 1

    name: str
    version: str
    line: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest is: ``dialect``, whether it is a lock, and what it says of its project.

    ``is_lock`` covers lock formats and compiled requirements. ``builds`` says that it declares a
    build system and a distributable project; ``workspace`` names member globs (uv, Poetry)."""

    KIND: ClassVar[str] = "manifest"
    VERSION: ClassVar[int] = 1

    dialect: str
    is_lock: bool
    builds: bool = False
    dynamic_from: tuple[str, ...] = ()
    workspace: tuple[str, ...] = ()
    scripts: bool = False
    classifiers: bool = False
