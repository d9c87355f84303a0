"""What tells whether the disk is as it was: a stamp a file, the names in a folder.

Needs nothing but ``os``, for a run that is only remembered is over before anything else could be imported.
"""

from __future__ import annotations

import os
import stat

STORE = ".mldebt_cache"
"""The folder in which runs and facts are remembered. It changes while one looks, and counts for nothing."""

SETTLED = 2_000_000_000  # nanoseconds after a change until a file's times tell it from the next one

_NOBODYS = (STORE, "__pycache__")  # made while one looks

_FOLDER, _OTHER = -1, -2  # sizes in the stamps of what is no regular file


def stamp(path: str) -> tuple[int, int, int, int] | None:
    """Size, time of content, time of anything (both in nanoseconds) and inode of what lies at ``path``,
    links not followed; ``None`` when nothing does. The size of what is no regular file is negative; of a
    folder only the inode counts, for it is asked whether it is the same one and no more."""
    try:
        status = os.lstat(path)
    except (OSError, ValueError):
        return None
    if stat.S_ISDIR(status.st_mode):
        return _FOLDER, 0, 0, status.st_ino
    if not stat.S_ISREG(status.st_mode):
        return _OTHER, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def is_settled(found: tuple[int, int, int, int] | None, checked: int) -> bool:
    """Would a change after ``checked`` (nanoseconds) be seen? Not when the last one was shortly before."""
    return found is None or max(found[1], found[2]) + SETTLED < checked


def names(folder: str) -> bytes:
    """The names in a folder, each with what it is; empty when it cannot be listed."""
    try:
        with os.scandir(folder) as entries:
            found = [os.fsencode(entry.name) + _type(entry) for entry in entries if entry.name not in _NOBODYS]
    except (OSError, ValueError):
        return b""
    return b"\0".join(sorted(found))


def _type(entry: os.DirEntry[str]) -> bytes:
    if entry.is_symlink():
        return b"@"
    return b"/" if entry.is_dir(follow_symlinks=False) else b"" if entry.is_file(follow_symlinks=False) else b"?"
