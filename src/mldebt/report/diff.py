"""What a repair would change, as a unified diff that ``patch -p1`` takes."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping

from mldebt.edits import Document
from mldebt.model import Run
from mldebt.report.options import ReportOptions
from mldebt.report.places import Paths
from mldebt.report.printable import escape
from mldebt.rewrite import Change

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def render_diff(run: Run, changes: Mapping[str, Change], options: ReportOptions, *, terminal: bool = False) -> str:
    """The changes in the order of their paths. On a terminal, what could steer it is escaped; elsewhere
    every character is as in the file."""
    paths = Paths(run, options)
    return "".join(
        (escape(line.rstrip("\n").replace("\t", "    ")) + "\n") if terminal else line
        for path, change in sorted(changes.items())
        for line in _diff(path, paths.show(path), change)
    )


def _diff(path: str, shown: str, change: Change) -> Iterator[str]:
    before, after = (_LINE.findall(Document.of(path, data).text) for data in (change.before, change.after))
    for line in difflib.unified_diff(before, after, f"a/{shown}", f"b/{shown}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
