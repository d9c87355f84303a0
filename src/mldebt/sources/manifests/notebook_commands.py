"""What the cells of a notebook install: ``%pip``, ``!pip``, ``%conda``, ``%%bash`` and their likes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt.facts import Fact
from mldebt.facts.pins import Pin
from mldebt.model import Place, Span
from mldebt.sources.cells import CellMap
from mldebt.sources.manifests.commands import installs
from mldebt.sources.manifests.installed import installed

DIALECT = "notebook"

_COMMAND = re.compile(r"\s*(?:[%!]\s*|(?=(?:pip3?|conda|mamba|uv pip)[ \t]+install\b|uv add\b))(?=\S)")
_CELL_MAGIC = re.compile(r"\s*%(?:%|(?:md|sh|sql|scala|r|fs)(?:\s|$))")  # Databricks has one % for a whole cell
_SCRIPT = re.compile(r"\s*(?:%%(?:bash|script|!)|%%?sh\b)")
_VARIABLE = re.compile(r"\{[^{}\n]{0,100}\}")
_INSTALLS = re.compile(r"\binstall\b|\badd\b")


def read(path: str, cells: CellMap) -> tuple[Fact, ...]:
    """The pins of every install command, at the physical lines where the commands begin."""
    found: dict[Fact, None] = {}
    for info in cells.cells:
        lines = cells.meant(info)
        for number, command in _commands(lines):
            shown = lines[number]
            line, column, cell = cells.to_physical(info.first + number, 1)
            _, end, _ = cells.to_physical(info.first + number, len(shown) + 1)
            here = Place(path, Span(line, column, line, end), cell)
            for install in installs(command):
                for fact in installed(install, here, shown, DIALECT):
                    if isinstance(fact, Pin):
                        found[fact] = None
    return tuple(found)


def _commands(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Shell lines of a cell with the positions of the lines that they begin on, continued lines joined."""
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    script = False
    number = first
    while number < len(lines):
        begun, text = number, lines[number]
        number += 1
        if begun == first and _CELL_MAGIC.match(text):
            script = _SCRIPT.match(text) is not None
            if not script and not text.lstrip().startswith(("%%capture", "%%time")):
                return  # a cell of something else
            continue
        while text.endswith("\\") and number < len(lines):
            text = text[:-1] + " " + lines[number]
            number += 1
        marked = _COMMAND.match(text)
        if (script or marked) and _INSTALLS.search(text):
            command = text[marked.end() :] if marked else text
            yield begun, _VARIABLE.sub(_variable, command)


def _variable(found: re.Match[str]) -> str:
    return "python" if found[0] == "{sys.executable}" else "$X"
