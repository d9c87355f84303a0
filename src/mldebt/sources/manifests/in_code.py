"""What Python files and notebooks say of versions: setup.py, headers of scripts, installs in cells."""

from __future__ import annotations

from msgspec.structs import replace

from mldebt.sources import SourceText
from mldebt.sources.cell_markers import MarkedMap
from mldebt.sources.cells import CellMap
from mldebt.sources.manifests import notebook_commands, script_header, setup_py
from mldebt.sources.manifests.contents import ManifestFacts, refused
from mldebt.sources.notebook import NotebookMap


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
    except Exception as error:  # a hostile or broken file must not end the run
        return refused("malformed-manifest", f"its installs were not read: {type(error).__name__}", path)


def read_python(path: str, text: str) -> ManifestFacts:
    """setup.py, or a script with a header (PEP 723). Raises nothing."""
    reader = setup_py.read if path.rpartition("/")[2] == "setup.py" else script_header.read
    try:
        return reader(path, text)
    except Exception as error:  # the same
        return refused("malformed-manifest", f"its requirements were not read: {type(error).__name__}: {error}", path)
