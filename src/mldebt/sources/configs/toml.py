"""TOML: the values from the standard parser, the places from our scanner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import tomli

from mldebt.sources.configs.entries import Entry
from mldebt.toml_places import key_places

MAX_DEPTH = 12


def entries(text: str) -> Iterator[Entry]:
    """The plain values of all tables. Raises ``ValueError`` for what is no TOML."""
    document = tomli.loads(text)
    places = key_places(text)
    stack: list[tuple[tuple[str | int, ...], Mapping[str, object]]] = [((), document)]
    while stack:
        path, table = stack.pop()
        for name, value in table.items():
            where = (*path, name)
            if isinstance(value, dict):
                if len(where) <= MAX_DEPTH:
                    stack.append((where, value))
            elif isinstance(value, (str, int, float)) and where in places:
                said = str(value).lower() if isinstance(value, bool) else str(value)
                span = places[where]
                yield Entry(".".join(map(str, where)), said, span.line, span.column, span.end_column - span.column)
