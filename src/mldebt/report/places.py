"""Places as people and tools want them: relative paths, and columns in other units.

Paths are POSIX text and no file system is asked, so that a report stays a pure function.
"""

from __future__ import annotations

from itertools import takewhile

from msgspec.structs import replace

from mldebt.model import Place, Run
from mldebt.report.options import ColumnUnit, ReportOptions, TextOf
from mldebt.report.printable import escape, inert


def relative(path: str, base: str) -> str:
    """The absolute ``path`` as seen from the absolute folder ``base``, with ``..`` where needed."""
    parts, above = _parts(path), _parts(base)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(parts, above, strict=False)))
    return "/".join([".."] * (len(above) - same) + parts[same:]) or "."


def below(root: str, top: str) -> str:
    """The prefix that makes a path relative to ``root`` one relative to ``top``: "" or "a/b/"."""
    path = relative(root, top) if top else "."
    return "" if path == "." or path.startswith("..") else path + "/"


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in ("", ".")]


class Paths:
    """Root-relative paths as text shows them: from the working directory, escaped."""

    def __init__(self, run: Run, options: ReportOptions) -> None:
        self._root = run.root
        self._base = options.path_base
        self._absolute = options.absolute_paths
        self._known: dict[str, str] = {}

    @classmethod
    def from_top(cls, run: Run, options: ReportOptions) -> Paths:
        """From the top of the repository, as the services that host it want them."""
        return cls(run, replace(options, path_base=run.git_top, absolute_paths=False))

    def show(self, path: str) -> str:
        if path not in self._known:
            self._known[path] = inert(escape(self._seen(path)))
        return self._known[path]

    def _seen(self, path: str) -> str:
        if self._absolute:
            return f"{self._root.rstrip('/')}/{path}"
        return relative(f"{self._root}/{path}", self._base) if self._base else path

    def at(self, place: Place) -> str:
        return f"{self.show(place.path)}:{place.span.line}"


class Lines:
    """The physical lines of the files of a run, read at most once, for columns and excerpts.

    Columns of spans count characters after a byte order mark. A file that is not UTF-8 is taken
    as Latin-1: one character a byte. A column of a line that cannot be had stays as it is.
    """

    def __init__(self, text_of: TextOf) -> None:
        self._text_of = text_of
        self._lines: dict[str, list[str]] = {}

    def line(self, path: str, number: int) -> str | None:
        """The line without its end; lines end at LF, CR or CRLF and nowhere else."""
        lines = self._lines.get(path)
        if lines is None:
            lines = self._lines[path] = _split(self._text_of(path))
        return lines[number - 1] if 0 < number <= len(lines) else None

    def column(self, path: str, line: int, column: int, unit: ColumnUnit) -> int:
        """The 1-based ``column`` of characters, counted in ``unit``."""
        if unit is ColumnUnit.CHARACTERS or column <= 1:
            return column
        text = self.line(path, line)
        if text is None or text.isascii():
            return column
        before = text[: column - 1]
        beyond = column - 1 - len(before)
        if unit is ColumnUnit.UTF16:
            return 1 + len(before) + sum(character > "\uffff" for character in before) + beyond
        return 1 + len(before.encode("utf-8", "surrogatepass")) + beyond


def _split(data: bytes | None) -> list[str]:
    if data is None:
        return []
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
