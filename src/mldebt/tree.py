"""Reading files: the working tree, and an overlay for stdin and editor buffers.

Nothing else in the pipeline opens a file. Paths are relative to the root, with ``/``. What is
read may be hostile: a path never leads out of the root, only regular files are opened, and none
that is larger than ``LARGEST``.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

from msgspec import Struct

LARGEST = 20_000_000
"""Bytes. A larger file is no source that a person wrote; it is refused before it is read."""


class UnreadableError(Exception):
    """A file that is not read. ``kind`` is the kind of notice ("missing", "not-a-file",
    "outside-root", "too-large", "unreadable"), ``reason`` says why in plain words."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


class Stamp(NamedTuple):
    """What tells a changed file from an unchanged one without reading it (see ``snapshot.stamp``)."""

    size: int
    modified: int  # nanoseconds
    changed: int = 0  # nanoseconds
    inode: int = 0


class Tree(Protocol):
    """Files under one root. ``read`` and ``stat`` raise ``UnreadableError`` and nothing else."""

    @property
    def root(self) -> Path: ...

    def read(self, path: str) -> bytes:
        """The bytes of a regular file inside the root."""
        ...

    def stat(self, path: str) -> Stamp:
        """Size and time of a file that ``read`` would read."""
        ...

    def exists(self, path: str) -> bool:
        """Whether ``read`` would find a regular file inside the root."""
        ...


class WorkingTree(Struct, frozen=True):
    """The files as they lie on the disk. ``root`` is absolute and without links (``of`` sees to it)."""

    root: Path
    largest: int = LARGEST

    @classmethod
    def of(cls, root: str | os.PathLike[str], largest: int = LARGEST) -> WorkingTree:
        """The tree under ``root``, which may be relative and may lead through links."""
        return cls(Path(os.path.realpath(root)), largest)

    def read(self, path: str) -> bytes:
        # O_NONBLOCK: a fifo that replaces the file between two looks must not stop us for ever.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        try:
            descriptor = os.open(self._inside(path), flags)
        except (OSError, ValueError) as problem:
            raise _unreadable(problem) from None
        try:
            with os.fdopen(descriptor, "rb") as file:
                self._stamp(os.fstat(file.fileno()))
                data = file.read(self.largest + 1)
        except OSError as problem:
            raise _unreadable(problem) from None
        if len(data) > self.largest:
            raise _too_large(len(data), self.largest)
        return data

    def stat(self, path: str) -> Stamp:
        try:
            return self._stamp(os.stat(self._inside(path)))
        except (OSError, ValueError) as problem:
            raise _unreadable(problem) from None

    def exists(self, path: str) -> bool:
        try:
            return stat.S_ISREG(os.stat(self._inside(path)).st_mode)
        except (OSError, ValueError, UnreadableError):
            return False

    def _inside(self, path: str) -> str:
        """The file behind ``path``, links resolved; refused when it lies outside the root."""
        root = str(self.root)
        try:
            real = os.path.realpath(os.path.join(root, path))
        except (OSError, ValueError) as problem:  # a null byte, or a loop of links on some systems
            raise _unreadable(problem) from None
        if real != root and not real.startswith(root.rstrip(os.sep) + os.sep):
            raise UnreadableError("outside-root", "leads out of the project's folder")
        return real

    def _stamp(self, status: os.stat_result) -> Stamp:
        if not stat.S_ISREG(status.st_mode):
            what = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
            raise UnreadableError("not-a-file", f"is {what}")
        if status.st_size > self.largest:
            raise _too_large(status.st_size, self.largest)
        return Stamp(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


class Overlay(Struct, frozen=True):
    """A tree with some files as they will be: what stdin or an editor holds."""

    base: Tree
    files: Mapping[str, bytes]

    @property
    def root(self) -> Path:
        return self.base.root

    def read(self, path: str) -> bytes:
        data = self.files.get(path)
        return self.base.read(path) if data is None else data

    def stat(self, path: str) -> Stamp:
        data = self.files.get(path)
        return self.base.stat(path) if data is None else Stamp(len(data), 0)

    def exists(self, path: str) -> bool:
        return path in self.files or self.base.exists(path)


def _unreadable(problem: OSError | ValueError) -> UnreadableError:
    if isinstance(problem, (FileNotFoundError, NotADirectoryError)):
        return UnreadableError("missing", "does not exist")
    if isinstance(problem, PermissionError):
        return UnreadableError("unreadable", "may not be read: permission denied")
    if isinstance(problem, IsADirectoryError):
        return UnreadableError("not-a-file", "is a folder")
    if isinstance(problem, OSError) and problem.errno == errno.ELOOP:
        return UnreadableError("unreadable", "is a loop of links")
    reason = problem.strerror if isinstance(problem, OSError) else str(problem)
    return UnreadableError("unreadable", f"cannot be read: {(reason or 'unknown reason').lower()}")


def _too_large(size: int, largest: int) -> UnreadableError:
    return UnreadableError("too-large", f"is larger than {largest:,} bytes ({size:,})")
