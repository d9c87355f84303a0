"""What the cells of a notebook install: ``%pip``, ``!pip``, ``%conda``, ``%%bash`` and their likes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from mldebt.facts import Fact
from mldebt.facts.pins import Pin
from mldebt.model import Place, Span
from mldebt.sources.manifests.commands import installs
from mldebt.sources.manifests.installed import installed
from mldebt.sources.notebook import CellInfo, NotebookMap

DIALECT = "notebook"

_COMMAND = re.compile(r"\s*(?:[%!]\s*|(?=(?:pip3?|conda|mamba|uv pip)[ \t]+install\b|uv add\b))(?=\S)")
_SCRIPT = re.compile(r"\s*%%(?:bash|sh|script|!)")
_VARIABLE = re.compile(r"\{[^{}\n]{0,100}\}")
_INSTALLS = re.compile(r"\binstall\b|\badd\b")


def read(path: str, cells: NotebookMap) -> tuple[Fact, ...]:
    """The pins of every install command, at the physical lines where the commands begin."""
    found: dict[Fact, None] = {}
    for info in cells.cells:
        for number, command in _commands(info, cells):
            line, column, cell = cells.to_physical(number, 1)
            here = Place(path, Span(line, column, line, column + len(cells.lines[number - 1].written)), cell)
            for install in installs(command):
                for fact in installed(install, here, _meant(cells.lines[number - 1].written), DIALECT):
                    if isinstance(fact, Pin):
                        found[fact] = None
    return tuple(found)


def _commands(info: CellInfo, cells: NotebookMap) -> Iterator[tuple[int, str]]:
    """Shell lines with the numbers of the lines that they begin on, continued lines joined."""
    script = False
    number = info.first
    while number <= info.last:
        begun, text = number, _meant(cells.lines[number - 1].written)
        if number == info.first and text.lstrip().startswith("%%"):
            script = _SCRIPT.match(text) is not None
            if not script and not text.lstrip().startswith(("%%capture", "%%time")):
                return  # a cell of something else
            number += 1
            continue
        while text.endswith("\\") and number < info.last:
            number += 1
            text = text[:-1] + " " + _meant(cells.lines[number - 1].written)
        number += 1
        marked = _COMMAND.match(text)
        if (script or marked) and _INSTALLS.search(text):
            command = text[marked.end() :] if marked else text
            yield begun, _VARIABLE.sub(_variable, command)


def _variable(found: re.Match[str]) -> str:
    return "python" if found[0] == "{sys.executable}" else "$X"


def _meant(written: str) -> str:
    """The characters that a piece of a JSON string stands for."""
    try:
        return str(json.loads(f'"{written}"', strict=False)) if "\\" in written else written
    except ValueError:
        return written
