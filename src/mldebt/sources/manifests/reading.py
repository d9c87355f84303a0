"""The door to the readers of version manifests and locks.

A dialect is a module with ``DIALECT``, ``PATTERN`` and ``read(path, text)``, and one line in
``READERS``; the first pattern that the path meets wins.
"""

from __future__ import annotations

from mldebt.sources.manifests import (
    compose,
    conda,
    dockerfile,
    github_actions,
    gitlab_ci,
    helm,
    kubernetes,
    locks,
    mlproject,
    pipfile,
    pixi,
    pyproject,
    python_version,
    requirements,
    setup_cfg,
    shell,
)
from mldebt.sources.manifests.contents import ManifestFacts, Reader, decode, refused

__all__ = ["READERS", "ManifestFacts", "Reader", "read", "read_included", "reader_for"]

_MANIFEST = 500_000
_YAML = 200_000  # its parser is slow
_LOCK = 100_000_000

_CONDA = Reader(conda.DIALECT, conda.PATTERN, conda.read, _YAML)

READERS: tuple[Reader, ...] = (
    Reader(pyproject.DIALECT, pyproject.PATTERN, pyproject.read, _MANIFEST),
    Reader(locks.DIALECT, locks.PATTERN, locks.read, _LOCK),
    Reader(pipfile.DIALECT, pipfile.PATTERN, pipfile.read, _MANIFEST),
    Reader(setup_cfg.DIALECT, setup_cfg.PATTERN, setup_cfg.read, _MANIFEST),
    Reader(pixi.DIALECT, pixi.PATTERN, pixi.read, _MANIFEST),
    Reader(python_version.DIALECT, python_version.PATTERN, python_version.read, _MANIFEST),
    Reader(mlproject.DIALECT, mlproject.PATTERN, mlproject.read, _YAML),
    _CONDA,
    Reader(dockerfile.DIALECT, dockerfile.PATTERN, dockerfile.read, _MANIFEST),
    Reader(requirements.DIALECT, requirements.PATTERN, requirements.read, _LOCK),
    Reader(compose.DIALECT, compose.PATTERN, compose.read, _YAML),
    Reader(github_actions.DIALECT, github_actions.PATTERN, github_actions.read, _YAML),
    Reader(gitlab_ci.DIALECT, gitlab_ci.PATTERN, gitlab_ci.read, _YAML),
    Reader(helm.DIALECT, helm.PATTERN, helm.read, _YAML),
    Reader(shell.DIALECT, shell.PATTERN, shell.read, _MANIFEST),
    Reader(kubernetes.DIALECT, kubernetes.PATTERN, kubernetes.read, _YAML),  # any YAML file that is nothing else
)

_INCLUDED = Reader(requirements.DIALECT, requirements.PATTERN, requirements.read, _MANIFEST)


def reader_for(path: str) -> Reader | None:
    """The reader of a root-relative path, by its name alone."""
    return next((reader for reader in READERS if reader.pattern.search(path)), None)


def read(path: str, data: bytes) -> ManifestFacts:
    """What the manifest says. Raises nothing: what cannot be read is a notice, and a file that is
    no manifest says nothing."""
    reader = reader_for(path)
    if reader is not None and reader.dialect == kubernetes.DIALECT and not kubernetes.may_be(data):
        reader = _CONDA if conda.may_be(data) else None  # any YAML file that is something else
    return ManifestFacts() if reader is None else _read(reader, path, data)


def read_included(path: str, data: bytes) -> ManifestFacts:
    """A file that others include as requirements, whatever its name. Raises nothing."""
    return _read(_INCLUDED, path, data)


def _read(reader: Reader, path: str, data: bytes) -> ManifestFacts:
    if len(data) > reader.limit:
        return refused("too-large", f"{len(data)} bytes; manifests of this kind are read up to {reader.limit}", path)
    try:
        return reader.read(path, decode(data))
    except UnicodeError as error:
        return refused("undecodable", f"it is not text: {error}", path)
    except Exception as error:  # a hostile or broken file must not end the run
        said = f"{type(error).__name__}: {error}"
        return refused("malformed-manifest", f"the {reader.dialect} reader gave up: {said}", path)
