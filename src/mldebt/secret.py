"""A secret of the user's, outside of every project: what is signed with it was written by mldebt for this user.

A repository can bring files that look like a store of ours; it cannot sign them.
"""

from __future__ import annotations

import os
import sys

_BYTES = 32


def signature(data: bytes) -> bytes | None:
    """What only this user's mldebt can say of ``data``; ``None`` where no secret can be kept."""
    key = _secret()
    if key is None:
        return None
    from hashlib import blake2b

    return blake2b(data, key=key, digest_size=_BYTES).digest()


def is_signed(data: bytes, said: bytes) -> bool:
    """Is ``said`` the signature of ``data``?"""
    right = signature(data)
    return right is not None and right == said


def _secret() -> bytes | None:
    where = tuple(map(os.environ.get, _WHERE))
    if where not in _known:
        folder = _folder()
        _known[where] = _found(os.path.join(folder, "secret")) if folder is not None else None
    return _known[where]


_WHERE = ("LOCALAPPDATA", "XDG_CACHE_HOME", "HOME", "USERPROFILE")  # what ``_folder`` looks at
_known: dict[tuple[str | None, ...], bytes | None] = {}  # read once a process


def _found(path: str) -> bytes | None:
    """The secret at ``path``, made when there is none."""
    try:
        return _read(path)
    except FileNotFoundError:
        pass
    except OSError:
        return None
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        return _make(path)
    except OSError:
        return None


def _folder() -> str | None:
    """The user's folder for caches."""
    names = ("LOCALAPPDATA",) if sys.platform == "win32" else ("XDG_CACHE_HOME",)
    for name in names:
        if os.path.isabs(os.environ.get(name, "")):
            return os.path.join(os.environ[name], "mldebt")
    home = os.path.expanduser("~")
    return os.path.join(home, ".cache", "mldebt") if os.path.isabs(home) else None


def _read(path: str) -> bytes | None:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    try:
        status = os.fstat(descriptor)
        if hasattr(os, "geteuid") and (status.st_uid != os.geteuid() or status.st_mode & 0o077):
            return None  # somebody else may know it
        found = os.read(descriptor, _BYTES + 1)
    finally:
        os.close(descriptor)
    return found if len(found) == _BYTES else None


def _make(path: str) -> bytes | None:
    """A new secret. Of several runs that make one at a time, all get the first."""
    made = f"{path}.{os.getpid()}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(made, flags, 0o600)
    try:
        os.write(descriptor, os.urandom(_BYTES))
    finally:
        os.close(descriptor)
    try:
        os.link(made, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(made)
    return _read(path)
