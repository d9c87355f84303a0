"""What identities say of files: which one a finding stands in, and what it is called when that is renamed."""

from __future__ import annotations

from mldebt.discover import kind_of
from mldebt.fingerprint import joined, parts


def code_of(identity: str) -> str:
    return parts(identity)[0]


def path_of(identity: str) -> str | None:
    """The file that the finding stands in; ``None`` for one of the project that stands in no single file.
    Findings of the project about what a file requires name it: ``component:path:...``."""
    _, *rest = parts(identity)
    if len(rest) > 1:
        return rest[0]
    _, _, tail = rest[0].partition(":")
    path, colon, _ = tail.partition(":")
    return path if colon and kind_of(path) is not None else None


def moved(identity: str, path: str) -> str:
    """The identity that a finding of a file has when that file is at ``path``."""
    code, *rest = parts(identity)
    if len(rest) > 1:
        return joined(code, path, *rest[1:])
    component, _, tail = rest[0].partition(":")
    return joined(code, f"{component}:{path}:{tail.partition(':')[2]}")
