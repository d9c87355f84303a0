"""Readers of what gives environment variables and flags to programs, one module a dialect, behind one door.

A dialect is a module with ``DIALECT``, ``PATTERN`` and ``read(path, text)``, and one line in ``READERS``;
the first pattern that the path meets wins. A file may be a manifest as well: each door says its part.
"""

from __future__ import annotations

from mldebt.sources.manifests.contents import ManifestFacts, Reader, decode, refused
from mldebt.sources.variables import compose, dockerfile, dotenv, github_actions, gitlab_ci, helm, kubernetes, shell

__all__ = ["READERS", "read", "reader_for"]

_TEXT = 5_000_000
_YAML = 200_000  # its parser is slow

READERS: tuple[Reader, ...] = (
    Reader(shell.DIALECT, shell.PATTERN, shell.read, _TEXT),
    Reader(dotenv.DIALECT, dotenv.PATTERN, dotenv.read, _TEXT),
    Reader(dockerfile.DIALECT, dockerfile.PATTERN, dockerfile.read, _TEXT),
    Reader(compose.DIALECT, compose.PATTERN, compose.read, _YAML),
    Reader(github_actions.DIALECT, github_actions.PATTERN, github_actions.read, _YAML),
    Reader(gitlab_ci.DIALECT, gitlab_ci.PATTERN, gitlab_ci.read, _YAML),
    Reader(helm.DIALECT, helm.PATTERN, helm.read, _YAML),
    Reader(kubernetes.DIALECT, kubernetes.PATTERN, kubernetes.read, _YAML),
)


def reader_for(path: str) -> Reader | None:
    """The reader of a root-relative path, by its name alone."""
    return next((reader for reader in READERS if reader.pattern.search(path)), None)


def read(path: str, data: bytes) -> ManifestFacts:
    """What the file declares and reads. Raises nothing: what cannot be read is a notice, and a file that
    declares nothing says nothing."""
    reader = reader_for(path)
    if reader is None:
        return ManifestFacts()
    if reader.dialect == kubernetes.DIALECT and not kubernetes.may_be(path, data):
        return ManifestFacts()  # any YAML file that is something else
    if len(data) > reader.limit:
        return refused("too-large", f"{len(data)} bytes; files of this kind are read up to {reader.limit}", path)
    try:
        return reader.read(path, decode(data))
    except UnicodeError as error:
        return refused("undecodable", f"it is not text: {error}", path)
    except Exception as error:  # a hostile or broken file must not end the run
        return refused("malformed-variables", f"the {reader.dialect} reader gave up: {type(error).__name__}", path)
