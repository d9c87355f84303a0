"""The tables as Markdown, and their place in docs/performance.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

_BEGIN = "<!-- measured: {name} -->"
_END = "<!-- /measured -->"


class Row(Protocol):
    @property
    def what(self) -> str: ...
    @property
    def ratio(self) -> str: ...
    @property
    def bound(self) -> str: ...
    @property
    def detail(self) -> str: ...


def table(title: str, rows: Sequence[Row]) -> str:
    """A heading and a table."""
    lines = [f"### {title}", "", "| what | median (spread) | target (hoped for) | |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.ratio} | {row.bound} | {row.detail} |" for row in rows]
    return "\n".join(lines) + "\n"


def write(path: Path, tables: Mapping[str, tuple[str, Sequence[Row]]], machine: str) -> None:
    """Put the tables that were measured where the page has a place for them; the others stay."""
    text = path.read_text(encoding="utf-8")
    found = {name: table(title, rows) for name, (title, rows) in tables.items()}
    for name, body in {**found, "machine": f"{machine}.\n"}.items():
        begin = _BEGIN.format(name=name)
        before, there, after = text.partition(begin)
        if not there:
            raise SystemExit(f"{path}: there is no place for the table {name!r}")
        text = f"{before}{begin}\n{body}{_END}{after.partition(_END)[2]}"
    path.write_text(text, encoding="utf-8")
