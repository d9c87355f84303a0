"""Writing a file of the project anew: all bytes or none, and only over what was read."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from mldebt.errors import UserError


def replace(path: Path, data: bytes, before: bytes | None) -> None:
    """Put ``data`` where ``before`` is (None: where nothing is). Raises ``UserError`` for a file that is a
    link, is read-only, or has changed meanwhile, as when two write at once."""
    if path.is_symlink():
        raise UserError(f"{path} is a link; it is not written through")
    try:
        _replace(path, data, before)
    except OSError as error:
        raise UserError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from None


def _replace(path: Path, data: bytes, before: bytes | None) -> None:
    if before is not None and not path.stat().st_mode & stat.S_IWUSR:
        raise UserError(f"cannot write {path}: it is read-only")
    descriptor, name = tempfile.mkstemp(prefix=".mldebt-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.chmod(name, stat.S_IMODE(path.stat().st_mode) if before is not None else 0o644)
        if (path.read_bytes() if path.exists() else None) != before:
            raise UserError(f"{path} has changed since it was read; nothing was written, run it again")
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
