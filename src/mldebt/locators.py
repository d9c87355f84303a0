"""Where a requirement is fetched from when it is no name and version: VCS, archive, folder."""

from __future__ import annotations

import re

from packaging.utils import canonicalize_name

from mldebt.facts.pins import RefKind, split_ref

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/|file:|(?:git|hg|svn|bzr)\+")
VCS = re.compile(r"(?:git|hg|svn|bzr)\+")
_ARCHIVES = (".whl", ".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar", ".egg")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_EGG = re.compile(r"[#&]egg=([^&\s\[]+)(?:\[([^\]]*)\])?")
_VERSION_TAIL = re.compile(r"-v?\d.*$")
_TEMPLATE = re.compile(r"\$\{?\w|\{\{|%\(|<%")


def is_locator(text: str) -> bool:
    """Is this requirement a URL, an archive or a folder, not a name? (``name @ url`` is a name.)"""
    first = re.split(r"[\s;@\[<>=!~]", text, maxsplit=1)[0]
    return (
        bool(_SCHEME.match(text))
        or text.startswith((".", "/", "~/", "\\"))
        or "/" in first
        or "\\" in first
        or first.lower().endswith(_ARCHIVES)
    )


_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]{1,300}@")


def redact(text: str) -> str:
    """The text without user names, passwords and tokens of its URLs."""
    return _CREDENTIALS.sub("", text)


def is_templated(text: str) -> bool:
    """Does a variable or a template's field stand in the text?"""
    return bool(_TEMPLATE.search(text))


def guess_name(locator: str) -> tuple[str, tuple[str, ...]]:
    """Name and extras that a URL or path states (``#egg=name[extra]``) or suggests, else ""."""
    egg = _EGG.search(locator)
    if egg:
        return normalise(egg[1]), split_extras(egg[2] or "")
    head = re.split(r"[#?]", locator, maxsplit=1)[0].rstrip("/")
    if VCS.match(head):
        head = split_ref(head)[0]
    last = head.replace("\\", "/").rsplit("/", 1)[-1]
    for ending in (".git", *_ARCHIVES):
        if last.lower().endswith(ending):
            last = last[: -len(ending)]
            break
    else:
        if not _SCHEME.match(locator):  # a folder says nothing of its distribution's name
            return "", ()
    name = last.partition("-")[0] if locator.lower().split("#")[0].endswith(".whl") else _VERSION_TAIL.sub("", last)
    return normalise(name), ()


def split_extras(text: str) -> tuple[str, ...]:
    return tuple(sorted(part.strip() for part in text.split(",") if part.strip()))


def normalise(name: str) -> str:
    """PEP 503, or "" for what cannot be a name."""
    return canonicalize_name(name) if _NAME.fullmatch(name) else ""


def git_locator(repository: str, ref: str, subdirectory: str = "") -> str:
    """The one spelling that pins use for a repository: ``git+URL@REF#subdirectory=...``."""
    url = repository if repository.startswith("git+") else f"git+{repository}"
    return url + (f"@{ref}" if ref else "") + (f"#subdirectory={subdirectory}" if subdirectory else "")


def stated_ref(table: dict[str, object]) -> tuple[str, RefKind]:
    """The ref that ``branch =``, ``tag =`` or ``rev =`` of a table (uv, Poetry, Pipfile) states."""
    for key, kind in (("rev", RefKind.REVISION), ("tag", RefKind.TAG), ("branch", RefKind.BRANCH)):
        value = table.get(key)
        if isinstance(value, str) and value:
            return value, kind
    return "", RefKind.BRANCH
