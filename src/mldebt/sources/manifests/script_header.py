"""PEP 723: the requirements that a script names in its own comments."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from mldebt.facts.pins import Manifest, Pin
from mldebt.model import Notice, Place, Span
from mldebt.sources.manifests.contents import ManifestFacts, displayed, split_lines
from mldebt.sources.manifests.tables import MalformedTomlError, load

DIALECT = "pep723"

START, END = "# /// script", "# ///"


def read(path: str, text: str) -> ManifestFacts:
    """The first block; a script without one says nothing."""
    if START not in text:
        return ManifestFacts()
    lines = split_lines(text)
    first = next((at for at, line in enumerate(lines) if line.rstrip() == START), len(lines))
    block = list(_block(lines[first + 1 :]))
    if not block:
        return ManifestFacts()
    try:
        document = load(path, "\n".join(line[2:] for line in block))
    except MalformedTomlError as error:
        message = f"its header is not TOML: {error}"[:300]
        return ManifestFacts(notices=(Notice("malformed-manifest", message, path, first + 1 + error.line),))
    python = document.value("requires-python")
    manifest = Manifest(DIALECT, is_lock=False, requires_python=python if isinstance(python, str) else "")
    pins = [_moved(pin, first + 1, lines) for pin in document.requirements(("dependencies",), DIALECT)]
    notices = tuple(replace(one, line=one.line + first + 1, column=one.column + 2) for one in document.notices)
    return ManifestFacts((manifest, *pins), notices)


def _block(lines: list[str]) -> Iterator[str]:
    """The lines up to the end of the block; nothing when it does not end."""
    found: list[str] = []
    for line in lines:
        if line.rstrip() == END:
            yield from found
            return
        if not (line.startswith("# ") or line.rstrip() == "#"):
            return
        found.append(line)


def _moved(pin: Pin, by: int, lines: list[str]) -> Pin:
    span = pin.place.span
    moved = Span(span.line + by, span.column + 2, span.end_line + by, span.end_column + 2)
    return replace(pin, place=Place(pin.place.path, moved), source_line=displayed(lines[moved.line - 1]))
