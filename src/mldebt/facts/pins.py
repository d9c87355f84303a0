"""Requirements, locks and images: every place where a version is written."""

from __future__ import annotations

import enum
from typing import ClassVar

from msgspec import Struct

from mldebt.model import Place


class RefKind(enum.Enum):
    """What a manifest says of the ref in a VCS URL. A bare URL says nothing: its spelling decides."""

    UNSTATED = "unstated"
    BRANCH = "branch"
    TAG = "tag"
    REVISION = "revision"


class Pin(Struct, frozen=True):
    """One requirement as a manifest writes it.

    ``name`` is normalised (PEP 503); for a URL or path that does not say, it is a guess from the
    file name, or "". ``specifier`` is PEP 440 text, "" when open (dialects with their own
    operators translate: Poetry ``^1.2`` is ``>=1.2,<2``; ``raw`` keeps what is written).
    ``url`` is set for URLs, VCS and paths; a VCS URL starts with ``git+`` (``hg+`` ...) and holds
    its ref behind ``@``. ``url_place`` is where the URL stands when that is elsewhere (uv sources).
    ``group`` is "" for runtime, else the name of the extra or group. ``dialect`` names the reader
    ("requirements", "pep621", "pep735", "poetry", "uv", "build-system"); it ends with "conda" where
    ``name`` is one of conda's.
    ``constraint`` is true when the line only bounds a version (``-c`` files, uv constraints and
    overrides). ``unresolved`` is true when a variable or template stands where the version, ref
    or name should be: nothing can be said about it. ``command`` is the command that installs it here
    and now, in one line, "" in manifests.
    """

    KIND: ClassVar[str] = "pin"
    VERSION: ClassVar[int] = 2

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
    unresolved: bool = False
    ref_kind: RefKind = RefKind.UNSTATED
    url_place: Place | None = None
    url_line: str = ""  # the source line of url_place
    command: str = ""
    included_by: tuple[str, ...] = ()  # other groups that include this one


def split_ref(url: str) -> tuple[str, str]:
    """A VCS URL, without its fragment, and its ref: what follows the last ``@`` of its path, else ""."""
    url = url.partition("#")[0]
    path = url.partition("://")[2].partition("/")[2] if "://" in url else url.partition("/")[2]
    _, at, ref = path.rpartition("@")
    return (url[: len(url) - len(ref) - 1], ref) if at else (url, "")


class Include(Struct, frozen=True):
    """``-r other.txt`` or ``-c other.txt``: ``target`` is root-relative, as resolved by the reader
    without looking; ``alternative`` is the same read from the root. ``command`` is the command that
    installs the file, "" in manifests; its target may also be the folder of a project."""

    KIND: ClassVar[str] = "include"
    VERSION: ClassVar[int] = 2

    target: str
    alternative: str
    constraint: bool
    place: Place
    command: str = ""
    source_line: str = ""


class LockedVersion(Struct, frozen=True):
    """One package in a lock: what will really be installed. ``version`` is "" when the lock names
    a source instead (a folder of the workspace)."""

    KIND: ClassVar[str] = "locked-version"
    VERSION: ClassVar[int] = 1

    name: str
    version: str
    line: int


class Manifest(Struct, frozen=True):
    """What a manifest is: ``dialect``, whether it is a lock, and what it says of its project.

    ``is_lock`` covers lock formats and compiled requirements; ``compiled_from`` are the inputs
    that a compiled file names, as written (relative to where the compiler ran).
    ``builds`` says that it declares a build system and a distributable project; ``workspace``
    names member globs (uv) or, in a lock, the member folders, relative to the manifest;
    ``dynamic_from`` the root-relative requirement files that its dependencies are read from.
    ``packages``: it says which packages go into the distribution. ``requires_python`` as written.
    ``starts`` is the command that an image starts. ``place`` is where the project begins
    (``[project]``, ``setup(``), None where nothing marks it.
    """

    KIND: ClassVar[str] = "manifest"
    VERSION: ClassVar[int] = 2

    dialect: str
    is_lock: bool
    builds: bool = False
    dynamic_from: tuple[str, ...] = ()
    workspace: tuple[str, ...] = ()
    scripts: bool = False
    classifiers: bool = False
    packages: bool = False
    compiled_from: tuple[str, ...] = ()
    requires_python: str = ""
    name: str = ""
    starts: str = ""
    place: Place | None = None
    source_line: str = ""


class Image(Struct, frozen=True):
    """An image that is built on or run (``FROM``, ``image:``): ``reference`` as written, ``resolved`` with
    the defaults of ``ARG`` filled in. ``name``, ``tag`` and ``digest`` are parts of the latter ("" when not
    given). ``stage`` is true when it names an earlier stage of the same file; ``unresolved`` when a variable
    without a default is left; ``built`` when the file says how to build it: the project gives it its name."""

    KIND: ClassVar[str] = "image"
    VERSION: ClassVar[int] = 2

    reference: str
    resolved: str
    name: str
    tag: str
    digest: str
    place: Place
    source_line: str
    stage: bool = False
    unresolved: bool = False
    built: bool = False
    alias: str = ""  # what the file calls the stage that is built on it
