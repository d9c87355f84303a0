"""What IPython adds to Python: magics, shell lines, help. Opaque here: a line stays a line."""

from __future__ import annotations

import re

OPAQUE = "pass"

_MAGIC = re.compile(r"^\s*(?:%(?!%)\w|!|\?|[\w.]+\?{1,2}\s*$)")
_AUTOMAGIC = re.compile(
    r"^\s*(?:pip3?|conda|mamba|uv)[ \t]+"
    r"(?:install|uninstall|list|freeze|show|download|add|remove|sync|create|env|update|pip)\b"
    r"(?![ \t]*[=(.,\[])"
)  # IPython takes such a line for a magic; Python takes it for nothing
_ASSIGNED = re.compile(r"^(\s*[\w., ]+=\s*)[!%].*$")
_CELL_MAGIC = re.compile(r"^\s*%%\w")
_LANGUAGE = re.compile(r"^\s*%(?:(?:md|sh|scala|r|fs)(?:\s|$)|sql\s*$)")  # Databricks: one % for a whole cell
_PYTHON_CELL = re.compile(r"^\s*%%(?:time|timeit|capture|prun|memit|python3?|skip|tensorflow_version)\b")


def only_python(lines: list[str]) -> list[str]:
    """The lines of a cell with what is no Python made opaque, in as many lines."""
    first = next((line for line in lines if line.strip()), "")
    if _LANGUAGE.match(first) or (_CELL_MAGIC.match(first) and not _PYTHON_CELL.match(first)):
        return ["" for _ in lines]  # %%bash, %%sql, %%writefile: a cell of something else
    python: list[str] = []
    continued = False
    for line in lines:
        magic = _CELL_MAGIC.match(line) or _MAGIC.match(line) or _AUTOMAGIC.match(line)
        assigned = _ASSIGNED.match(line)
        if continued:
            python.append("")
        elif magic:
            python.append(_opaque(line))
        else:
            python.append(f"{assigned[1]}None" if assigned else line)
        continued = (continued or bool(magic) or bool(assigned)) and line.rstrip().endswith("\\")
    return python


def _opaque(line: str) -> str:
    return f"{line[: len(line) - len(line.lstrip())]}{OPAQUE}"
