"""Keeping a run that ended, so that ``replay`` can say again what it said."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence

from mldebt import kept_run, snapshot, user_config
from mldebt.kept_run import KeptRun
from mldebt.replay import identity, name_of
from mldebt.snapshot import STORE

MOST = 8  # runs that are kept of one project
_LEFT = 3600  # seconds after which what a killed run has half-written is removed
_DEPENDENCIES = ("libcst", "click", "tomli", "yaml", "pyflakes", "packaging", "sarif_om", "attr")


def keep(
    arguments: Sequence[str],
    *,
    root: str,
    checked: int,
    git: str,
    listing: bytes,
    walked: Mapping[str, bytes],
    inside: Mapping[str, tuple[int, int, int, int] | None],
    outside: Mapping[str, tuple[int, int, int, int] | None],
    digests: Mapping[str, str],
    code: int,
    out: str,
    before: str,
    after: str,
) -> str | None:
    """Keep a run that began at ``checked``; what it rested on is as it was found then. Nothing is kept when
    something cannot be told from a later change. Returns why it could not be written, if it could not."""
    outside = {**outside, **_ourselves()}
    folders = {**walked, **{folder: snapshot.names(folder) for folder in _own_folders()}}
    paths = [*inside, *outside]
    stamps = [*inside.values(), *outside.values()]
    young = [number for number, each in enumerate(stamps) if not snapshot.is_settled(each, checked)]
    known = [bytes.fromhex(digests.get(path, "")) or kept_run.NO_DIGEST for path in inside]
    is_open = any(number >= len(inside) or known[number] == kept_run.NO_DIGEST for number in young)
    if is_open or any("\0" in path for path in paths):
        return None
    asked = identity(arguments)
    kept = KeptRun(
        identity=asked,
        root=root,
        git=git,
        listing=listing,
        folders=list(folders),
        names=list(folders.values()),
        inside=list(inside),
        outside=list(outside),
        stamps=kept_run.pack_stamps(stamps),
        digests=b"".join(known),
        young=young,
        code=code,
        out=_bytes(out),
        before=_bytes(before),
        after=_bytes(after),
    )
    folder = os.path.join(root, STORE)
    if not os.path.isdir(folder) or os.path.islink(folder):
        return None
    trouble = kept_run.write(os.path.join(folder, name_of(asked)), kept)
    _forget(folder)
    return trouble


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


def runs(folder: str) -> list[str]:
    """The files of ours in a store, the latest first; also those that a killed run left half-written."""
    try:
        with os.scandir(folder) as entries:
            found = [
                (entry.stat(follow_symlinks=False).st_mtime_ns, entry.path)
                for entry in entries
                if kept_run.SUFFIX in entry.name
            ]
    except OSError:
        return []
    return [path for _, path in sorted(found, reverse=True)]


def _forget(folder: str) -> None:
    """What is too many, and what killed runs have left half-written an hour ago."""
    whole = [path for path in runs(folder) if path.endswith(kept_run.SUFFIX)]
    left = [path for path in runs(folder) if not path.endswith(kept_run.SUFFIX) and _age(path) > _LEFT]
    for path in (*whole[MOST:], *left):
        kept_run.remove(path)


def _age(path: str) -> float:
    try:
        return time.time() - os.lstat(path).st_mtime
    except OSError:
        return 0


def _ourselves() -> dict[str, tuple[int, int, int, int] | None]:
    """Our own code and rules and what they are built on, as they lie on the disk."""
    found: dict[str, tuple[int, int, int, int] | None] = {}
    for folder in _own_folders():
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_file() and entry.name.endswith((".py", ".toml")):
                    found[entry.path] = snapshot.stamp(entry.path)
    theirs = os.path.abspath(user_config.where(os.environ))
    found[theirs] = snapshot.stamp(theirs)
    for name in _DEPENDENCIES:
        for folder in sys.path:
            path = os.path.join(folder, name, "__init__.py")
            if os.path.isabs(path) and os.path.exists(path):
                found[path] = snapshot.stamp(path)
                break
    return found


def _own_folders() -> list[str]:
    here = os.path.dirname(os.path.abspath(__file__))
    pending = [here]
    rules = os.path.join(os.path.dirname(os.path.dirname(here)), "rules")  # of a checkout, see ``catalogue``
    if os.path.isdir(os.path.join(rules, "vocabulary")) and not os.path.isdir(os.path.join(here, "_rules")):
        pending.append(rules)
    found = []
    while pending:
        folder = pending.pop()
        found.append(folder)
        with os.scandir(folder) as entries:
            pending += [
                entry.path for entry in entries if entry.is_dir(follow_symlinks=False) and entry.name != "__pycache__"
            ]
    return sorted(found)
