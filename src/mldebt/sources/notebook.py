"""Notebooks: the code cells of an .ipynb as one Python text, with a map back to the JSON.

nbformat 3 and 4. Cells share one namespace and stand in their order. What is no Python (magics, shell
lines, help) becomes an opaque statement on a line of its own, so that every other line keeps its
place; a cell in another language is left out whole. Places are physical: the line of the .ipynb, and
the column of the character inside its JSON string.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping

from msgspec import Struct

from mldebt.model import Cell, Notice
from mldebt.sources import SourceText
from mldebt.sources.cells import CellLines
from mldebt.sources.magics import only_python

# What a JSON document is made of. Strings never backtrack, and what an output holds in millions of plain
# characters is one step: a group that is repeated for each of them costs memory by the character.
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)", re.DOTALL)


class Line(Struct, frozen=True):
    """One line of the text: where its first character stands in the file, and how it is written there."""

    line: int
    column: int
    written: str
    cell: int  # position in ``cells``
    number: int  # in the cell, from 1


class CellInfo(Struct, frozen=True):
    """What a notebook says of one code cell. ``index`` counts all cells from 1; ``first`` and ``last``
    are its lines in the text, ``last`` before ``first`` when it has none there; ``error`` is the name of the
    exception that is saved with it, "" for none."""

    index: int
    id: str | None
    execution_count: int | None
    tags: tuple[str, ...]
    first: int
    last: int
    error: str = ""


class NotebookMap(Struct, frozen=True):
    """The map of a notebook's text."""

    lines: tuple[Line, ...]
    cells: tuple[CellInfo, ...]

    def meant(self, cell: CellLines) -> list[str]:
        return [_meant(line.written) for line in self.lines[cell.first - 1 : cell.last]]

    def to_physical(self, line: int, column: int) -> tuple[int, int, Cell | None]:
        if not self.lines:
            return 1, 1, None
        found = self.lines[min(max(line, 1), len(self.lines)) - 1]
        info = self.cells[found.cell]
        cell = Cell(info.index, info.id, info.execution_count, found.number)
        return found.line, found.column + _written_length(found.written, column - 1), cell

    def to_virtual(self, line: int, column: int) -> tuple[int, int] | None:
        for number, found in enumerate(self.lines, 1):
            if found.line == line and found.column <= column <= found.column + len(found.written):
                return number, _meant_length(found.written, column - found.column) + 1
        return None


def read(path: str, data: bytes) -> SourceText | Notice:
    """The code of a notebook. A notebook in another language has none."""
    try:
        text = data.decode("utf-8-sig")
        document = json.loads(text)
        if not isinstance(document, dict):
            raise ValueError("it is no object")
    except RecursionError:
        return Notice("malformed-notebook", "is not read: it is nested too deeply", path)
    except UnicodeDecodeError as error:
        return Notice("undecodable", f"is not UTF-8: byte {error.start}", path)
    except json.JSONDecodeError as error:
        return Notice("malformed-notebook", f"is not JSON: {error.msg}", path, error.lineno, error.colno)
    except ValueError as error:
        return Notice("malformed-notebook", f"is no notebook: {error}", path)
    if not _is_python(document):
        return SourceText.of(path, "", source_map=NotebookMap((), ()))
    return _joined(path, text, _cells(document))


def _is_python(document: Mapping[str, object]) -> bool:
    metadata = document.get("metadata")
    if not isinstance(metadata, dict):
        return True
    kernel = metadata.get("kernelspec")
    info = metadata.get("language_info")
    language = (isinstance(kernel, dict) and kernel.get("language")) or (isinstance(info, dict) and info.get("name"))
    return not isinstance(language, str) or language.lower() in {"python", "python3", "ipython", ""}


def _cells(document: Mapping[str, object]) -> list[dict[str, object]]:
    """All cells, in their order; nbformat 3 keeps them in worksheets."""
    sheets = document.get("worksheets")
    holders = [document] if not isinstance(sheets, list) else [each for each in sheets if isinstance(each, dict)]
    found: list[dict[str, object]] = []
    for holder in holders:
        cells = holder.get("cells")
        if isinstance(cells, list):
            found.extend(each if isinstance(each, dict) else {} for each in cells)
    return found


def _joined(path: str, text: str, cells: list[dict[str, object]]) -> SourceText:
    starts = [0, *(found.end() for found in re.finditer(r"\r\n?|\n", text))]
    written = _sources(text)
    lines: list[Line] = []
    infos: list[CellInfo] = []
    code: list[str] = []
    for index, cell in enumerate(cells):
        if cell.get("cell_type") != "code" or not _is_code_language(cell):
            continue
        first = len(lines) + 1
        own = list(_cell_lines(written.get(index, ()), starts, len(infos)))
        lines += own
        code += only_python([_meant(line.written) for line in own])
        count = cell.get("execution_count", cell.get("prompt_number"))
        identifier = cell.get("id")
        infos.append(
            CellInfo(
                index + 1,
                identifier if isinstance(identifier, str) else None,
                count if isinstance(count, int) and not isinstance(count, bool) else None,
                _tags(cell),
                first,
                len(lines),
                _error(cell),
            )
        )
    joined = "".join(f"{line}\n" for line in code)
    return SourceText.of(path, joined, source_map=NotebookMap(tuple(lines), tuple(infos)))


def _is_code_language(cell: Mapping[str, object]) -> bool:
    language = cell.get("language", "python")  # nbformat 3 says it per cell
    return not isinstance(language, str) or language.lower() in {"python", "python3", ""}


def _tags(cell: Mapping[str, object]) -> tuple[str, ...]:
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()


def _error(cell: Mapping[str, object]) -> str:
    """The exception whose traceback is saved in the outputs, unless the cell is there to raise one."""
    outputs = cell.get("outputs")
    if not isinstance(outputs, list) or "raises-exception" in _tags(cell):
        return ""
    for output in outputs:
        if isinstance(output, dict) and output.get("output_type") in {"error", "pyerr"}:
            name = output.get("ename")
            return name[:80] if isinstance(name, str) and name else "error"
    return ""


def _sources(text: str) -> Mapping[int, list[tuple[int, str]]]:
    """Cell position -> the strings of its source, each with the offset of its opening quote and as written.

    One pass over the tokens; only the path into the document is kept."""
    found: dict[int, list[tuple[int, str]]] = {}
    path: list[str | int] = []  # per open bracket: the key or position that is being read
    key: str | None = None
    cells = -1
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token == "{" or token == "[":
            path.append("" if token == "{" else 0)
            key = None
            if token == "{" and _is_cell(path[:-1]):
                cells += 1
        elif token == "}" or token == "]":
            if path:
                path.pop()
        elif token == ",":
            if path:
                path[-1] = path[-1] + 1 if isinstance(path[-1], int) else ""  # what follows is a key
        elif token == ":":
            if path and key is not None:
                path[-1] = key
        elif token[0] == '"':
            if _is_source(path):
                found.setdefault(cells, []).append((match.start(), token))
            key = _key(token)
    return found


_SOURCES = frozenset({"source", "input"})


def _is_cell(path: list[str | int]) -> bool:
    names = [each for each in path if isinstance(each, str)]
    return names in (["cells"], ["worksheets", "cells"]) and isinstance(path[-1], int)


def _is_source(path: list[str | int]) -> bool:
    if _SOURCES.isdisjoint(path[-2:]):  # most of what stands in a notebook are outputs
        return False
    names = [each for each in path if isinstance(each, str)]
    return names in (["cells", "source"], ["worksheets", "cells", "input"], ["worksheets", "cells", "source"])


def _key(token: str) -> str:
    return token[1:-1] if "\\" not in token else str(json.loads(token, strict=False))


def _cell_lines(strings: list[tuple[int, str]] | tuple[()], starts: list[int], cell: int) -> Iterator[Line]:
    """The lines of a cell. A line ends at an escaped newline; strings that do not end in one go on."""
    number = 0
    begun: tuple[int, str] | None = None
    for offset, token in strings:
        inside = offset + 1
        for part, ended in _split(token[1:-1]):
            # One line in two strings is rare; its columns are those of the first.
            text = part[:-2] if ended else part
            begun = (inside, text) if begun is None else (begun[0], begun[1] + text)
            inside += len(part)
            if ended:
                number += 1
                yield _line(begun, starts, cell, number)
                begun = None
    if begun is not None:
        yield _line(begun, starts, cell, number + 1)


def _line(begun: tuple[int, str], starts: list[int], cell: int, number: int) -> Line:
    offset, written = begun
    line = bisect_right(starts, offset)
    return Line(line, offset - starts[line - 1] + 1, written, cell, number)


def _split(written: str) -> Iterator[tuple[str, bool]]:
    """The pieces of a JSON string that end at an escaped newline, and the last, which does not: a backslash
    that is followed by an n is no newline."""
    begin = 0
    for escape in _ESCAPE.finditer(written):
        if escape[0] == "\\n":
            yield written[begin : escape.end()], True
            begin = escape.end()
    if begin < len(written):
        yield written[begin:], False


def _meant(written: str) -> str:
    """The characters that a piece of a JSON string stands for. Carriage returns end no line here."""
    meant = str(json.loads(f'"{written}"', strict=False)) if "\\" in written else written
    return meant.replace("\r", " ").replace("\x0c", " ")


def _pieces(written: str) -> Iterator[tuple[int, int]]:
    """The characters of a piece of a JSON string: how long each is as written, and as meant."""
    begin = 0
    while begin < len(written):
        escape = _ESCAPE.match(written, begin)
        length = len(escape[0]) if escape else 1
        if escape and escape[0].startswith("\\u") and 0xD800 <= int(escape[0][2:], 16) < 0xDC00:
            second = _ESCAPE.match(written, begin + length)
            length += len(second[0]) if second and second[0].startswith("\\u") else 0
        yield length, 1
        begin += length


def _written_length(written: str, characters: int) -> int:
    total = 0
    for number, (length, _) in enumerate(_pieces(written)):
        if number >= characters:
            return total
        total += length
    return total


def _meant_length(written: str, length: int) -> int:
    total = count = 0
    for piece, meant in _pieces(written):
        if total + piece > length:
            return count
        total += piece
        count += meant
    return count
