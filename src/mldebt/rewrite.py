"""Writing files anew: all bytes or none, and only over what was read.

The one place that changes files of a project. A link is written through only inside the root, what
its owner made read-only stays as it is, and so does what changed since it was read.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from mldebt.tree import Tree, UnreadableError


class Change(Struct, frozen=True):
    """What a file holds and what it shall hold."""

    before: bytes
    after: bytes


def obstacle(tree: Tree, path: str) -> str:
    """Why a file may not be written, "" when it may."""
    try:
        tree.stat(path)  # refuses what leads out of the root, and what is no regular file
    except UnreadableError as error:
        return error.reason
    real = os.path.realpath(tree.root / path)
    if any(part == ".git" for part in Path(real).relative_to(tree.root).parts):
        return "is git's own"
    if os.path.islink(tree.root / path):
        return "is a link"
    try:
        mode = os.stat(real).st_mode
    except OSError as error:
        return f"cannot be looked at: {error.strerror}"
    return "is read-only" if not mode & stat.S_IWUSR or not os.access(real, os.W_OK) else ""


def write(tree: Tree, changes: Mapping[str, Change]) -> dict[str, str]:
    """Write what every file shall hold. Gives the files that were not written, with the reason: all are
    made ready before the first is put in its place, so that a full disk changes nothing."""
    failed: dict[str, str] = {}
    ready: dict[str, str] = {}
    try:
        for path, change in sorted(changes.items()):
            reason = obstacle(tree, path)
            if not reason:
                try:
                    ready[path] = _prepared(tree, path, change.after)
                except OSError as error:
                    reason = f"cannot be written: {(error.strerror or str(error)).lower()}"
            if reason:
                failed[path] = reason
        if failed:
            return {**dict.fromkeys(changes, "another file of the fix cannot be written"), **failed}
        for path in sorted(changes):
            failed.update(_placed(tree, path, changes[path].before, ready))
    finally:
        for left in ready.values():
            with contextlib.suppress(OSError):
                os.unlink(left)
    return failed


def _prepared(tree: Tree, path: str, data: bytes) -> str:
    """A new file beside the old one, with its mode and the new bytes."""
    real = os.path.realpath(tree.root / path)
    descriptor, name = tempfile.mkstemp(prefix=".mldebt-", dir=os.path.dirname(real))
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, stat.S_IMODE(os.stat(real).st_mode))
    except BaseException:
        os.unlink(name)
        raise
    return name


def _placed(tree: Tree, path: str, before: bytes, ready: dict[str, str]) -> dict[str, str]:
    try:
        if tree.read(path) != before:
            return {path: "has changed since it was read"}
        os.replace(ready[path], os.path.realpath(tree.root / path))
        del ready[path]
    except UnreadableError as error:
        return {path: error.reason}
    except OSError as error:
        return {path: f"cannot be written: {(error.strerror or str(error)).lower()}"}
    return {}
