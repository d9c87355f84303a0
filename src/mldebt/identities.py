"""What identities say of files: which one a finding stands in, and what it is called when that is renamed."""

from __future__ import annotations

from mldebt.discover import kind_of
from mldebt.fingerprint import joined, parts

_FOREMOST = 3  # parts of a key, the component first, among which its file is


def code_of(identity: str) -> str:
    return parts(identity)[0]


def path_of(identity: str) -> str | None:
    """The file that the finding stands in; ``None`` for one of the project that stands in no single file.
    Findings of the project about what one file says name it in their key: ``component:path:...``."""
    _, *rest = parts(identity)
    if len(rest) > 1:
        return rest[0]
    found = _taken_apart(rest[0])
    return found[1] if found is not None else None


def moved(identity: str, path: str) -> str:
    """The identity that a finding of a file has when that file is at ``path``."""
    code, *rest = parts(identity)
    if len(rest) > 1:
        return joined(code, path, *rest[1:])
    found = _taken_apart(rest[0])
    return identity if found is None else joined(code, f"{found[0]}:{path}:{found[2]}")


def _taken_apart(key: str) -> tuple[str, str, str] | None:
    """A key of the project at the file that it names: what stands before, the file, and what follows. Before it
    stand the component, and, with some rules, the component again or what it is about."""
    said = key.split(":")
    for number in range(1, min(_FOREMOST, len(said) - 1)):
        if kind_of(said[number]) is not None:
            return ":".join(said[:number]), said[number], ":".join(said[number + 1 :])
    return None
