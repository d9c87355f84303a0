"""One run as it is kept in a project's store: its form on the disk, signed, whole or not at all.

Imports next to nothing, as ``replay`` does.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator

from mldebt import secret

SUFFIX = ".run"
LARGEST = 64_000_000  # bytes of a run that is kept
NO_DIGEST = bytes(32)
_MAGIC = b"mldebt run 1\n"
_SIGNATURE = 32
_ABSENT = (-9, 0, 0, 0)


class KeptRun:
    """A run as it is kept. ``inside`` are paths below ``root``, ``outside`` absolute ones; each has a stamp, and
    the first have the digest of their content (zeros where it is not known). ``young`` are the numbers of
    those whose stamp alone does not tell. ``folders`` with their ``names`` were walked; ``git`` is the program
    that answered ``listing``. What was said is ``out``, and on standard error ``before``, how long it took
    (unless ``after`` is empty), ``after``."""

    __slots__ = (
        "after", "before", "code", "digests", "folders", "git", "identity", "inside", "listing", "names", "out",
        "outside", "root", "stamps", "young",
    )  # fmt: skip

    def __init__(
        self,
        *,
        identity: bytes,
        root: str,
        git: str,
        listing: bytes,
        folders: list[str],
        names: list[bytes],
        inside: list[str],
        outside: list[str],
        stamps: bytes,
        digests: bytes,
        young: list[int],
        code: int,
        out: bytes,
        before: bytes,
        after: bytes,
    ) -> None:
        self.identity, self.root, self.git, self.listing = identity, root, git, listing
        self.folders, self.names, self.inside, self.outside = folders, names, inside, outside
        self.stamps, self.digests, self.young = stamps, digests, young
        self.code, self.out, self.before, self.after = code, out, before, after

    def packed(self) -> bytes:
        parts = [
            self.identity, self.root.encode(*_NAMES), self.git.encode(*_NAMES), self.listing, _joined(self.folders),
            _lengths(self.names), b"".join(self.names), _joined(self.inside), _joined(self.outside), self.stamps,
            self.digests, struct.pack(f"<{len(self.young)}q", *self.young), bytes([self.code]), self.out, self.before,
            self.after,
        ]  # fmt: skip
        return _MAGIC + _lengths(parts) + b"".join(parts)

    @classmethod
    def unpacked(cls, data: bytes) -> KeptRun:
        """Raises ``ValueError`` or ``struct.error`` for what was not packed by us."""
        if not data.startswith(_MAGIC):
            raise ValueError("not a run")
        start = len(_MAGIC) + 16 * 8
        parts = list(_cut(data[start:], data[len(_MAGIC) : start]))
        if len(parts) != 16:
            raise ValueError("not a run of this version")
        return cls(
            identity=parts[0], root=parts[1].decode(*_NAMES), git=parts[2].decode(*_NAMES), listing=parts[3],
            folders=_split(parts[4]), names=list(_cut(parts[6], parts[5])), inside=_split(parts[7]),
            outside=_split(parts[8]), stamps=parts[9], digests=parts[10],
            young=list(struct.unpack(f"<{len(parts[11]) // 8}q", parts[11])), code=parts[12][0], out=parts[13],
            before=parts[14], after=parts[15],
        )  # fmt: skip


_NAMES = ("utf-8", "surrogateescape")


def _lengths(parts: Iterable[bytes]) -> bytes:
    sizes = [len(part) for part in parts]
    return struct.pack(f"<{len(sizes)}q", *sizes)


def _cut(data: bytes, lengths: bytes) -> Iterator[bytes]:
    start = 0
    for size in struct.unpack(f"<{len(lengths) // 8}q", lengths):
        if size < 0 or start + size > len(data):
            raise ValueError("cut short")
        yield data[start : start + size]
        start += size


def _joined(paths: Iterable[str]) -> bytes:
    return "\0".join(paths).encode(*_NAMES)


def _split(data: bytes) -> list[str]:
    return data.decode(*_NAMES).split("\0") if data else []


def pack_stamps(stamps: Iterable[tuple[int, int, int, int] | None]) -> bytes:
    flat = [number for each in stamps for number in (each or _ABSENT)]
    return struct.pack(f"<{len(flat)}q", *(number & 0x7FFF_FFFF_FFFF_FFFF if number > 0 else number for number in flat))


def read(path: str) -> KeptRun | None:
    """A run that this user's mldebt has kept there."""
    if os.path.islink(os.path.dirname(path)) or os.path.islink(path) or os.path.getsize(path) > LARGEST:
        return None
    with open(path, "rb") as file:
        data = file.read()
    signed, said = data[_SIGNATURE:], data[:_SIGNATURE]
    kept = KeptRun.unpacked(signed) if secret.is_signed(signed, said) else None
    return kept if kept is not None and os.path.dirname(os.path.dirname(path)) == kept.root else None


def write(path: str, kept: KeptRun) -> str | None:
    """Whole or not at all. Returns why it could not be written, if it could not."""
    data = kept.packed()
    said = secret.signature(data)
    if said is None or len(data) > LARGEST:
        return None
    beside = f"{path}.{os.getpid()}"
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with open(descriptor, "wb") as file:
            file.write(said + data)
        os.replace(beside, path)
    except OSError as error:
        remove(beside)
        return error.strerror or str(error)
    return None


def remove(path: str) -> None:
    """Remove what may be gone already, or may not be removed."""
    try:  # noqa: SIM105 - contextlib takes longer to import than the rest of a run that is replayed
        os.unlink(path)
    except OSError:
        pass
