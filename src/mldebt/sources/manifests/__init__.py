"""Readers of version manifests and locks, one module a dialect, behind one door.

A dialect is a module with ``DIALECT``, ``PATTERN`` and ``read(path, text)``, and one line in
``READERS``; the first pattern that the path meets wins.
"""

from __future__ import annotations

from msgspec.structs import replace

from mldebt.model import Notice
from mldebt.sources import SourceText
from mldebt.sources.cell_markers import MarkedMap
from mldebt.sources.cells import CellMap
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
    notebook_commands,
    pipfile,
    pixi,
    pyproject,
    python_version,
    requirements,
    script_header,
    setup_cfg,
    setup_py,
    shell,
)
from mldebt.sources.manifests.contents import ManifestFacts, Reader, decode
from mldebt.sources.notebook import NotebookMap

__all__ = ["READERS", "ManifestFacts", "Reader", "read", "read_included", "read_python", "read_source", "reader_for"]

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
        return _refused("too-large", f"{len(data)} bytes; manifests of this kind are read up to {reader.limit}", path)
    try:
        return reader.read(path, decode(data))
    except UnicodeError as error:
        return _refused("undecodable", f"it is not text: {error}", path)
    except Exception as error:  # a hostile or broken file must not end the run
        said = f"{type(error).__name__}: {error}"
        return _refused("malformed-manifest", f"the {reader.dialect} reader gave up: {said}", path)


def read_source(source: SourceText) -> ManifestFacts:
    """What a Python file or a notebook says as a manifest. Raises nothing."""
    if isinstance(source.map, NotebookMap):
        return _read_cells(source.path, source.map)
    said = read_python(source.path, source.text)
    if isinstance(source.map, MarkedMap):
        cells = _read_cells(source.path, source.map)
        return replace(said, facts=(*said.facts, *cells.facts), notices=(*said.notices, *cells.notices))
    return said


def _read_cells(path: str, cells: CellMap) -> ManifestFacts:
    try:
        return ManifestFacts(notebook_commands.read(path, cells))
    except Exception as error:  # as above
        return _refused("malformed-manifest", f"its installs were not read: {type(error).__name__}", path)


def read_python(path: str, text: str) -> ManifestFacts:
    """setup.py, or a script with a header (PEP 723). Raises nothing."""
    reader = setup_py.read if path.rpartition("/")[2] == "setup.py" else script_header.read
    try:
        return reader(path, text)
    except Exception as error:  # as above
        return _refused("malformed-manifest", f"its requirements were not read: {type(error).__name__}: {error}", path)


def _refused(kind: str, message: str, path: str) -> ManifestFacts:
    return ManifestFacts(notices=(Notice(kind, message[:500], path),))
