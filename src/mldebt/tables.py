"""Strict reading of the TOML that ships with mldebt: typed, and nothing is left over unseen."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TypeVar

from mldebt.errors import CatalogueError

T = TypeVar("T")
E = TypeVar("E", bound=Enum)


class Table:
    """A TOML table that is taken apart key by key; what is left over in the end is an error."""

    def __init__(self, where: str, values: object) -> None:
        if not isinstance(values, dict):
            raise CatalogueError(f"{where}: is not a table")
        self.where = where
        self.values: dict[str, object] = dict(values)

    def take(self, key: str, kind: type[T], default: T | None = None) -> T:
        value = self.values.pop(key, default)
        if value is None:
            raise CatalogueError(f"{self.where}: {key}: is missing")
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise CatalogueError(f"{self.where}: {key}: is not of type {kind.__name__}")
        return value

    def text(self, key: str) -> str:
        """A text that says something, without white space around it."""
        value = self.take(key, str)
        if not value.strip():
            raise CatalogueError(f"{self.where}: {key}: is empty")
        return value.strip()

    def strings(self, key: str) -> tuple[str, ...]:
        items = self.take(key, list, [])
        if not all(isinstance(item, str) and item for item in items):
            raise CatalogueError(f"{self.where}: {key}: is not a list of texts")
        return tuple(items)

    def texts(self, key: str) -> tuple[str, ...]:
        """A text, or a list of texts."""
        return (self.text(key),) if isinstance(self.values.get(key), str) else self.strings(key)

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        table = Table(f"{self.where}: {key}", self.take(key, dict, {}))
        return tuple((name, table.text(name)) for name in tuple(table.values))

    def one_of(self, key: str, allowed: Sequence[str], default: str | None = None) -> str:
        value = self.take(key, str, default)
        if value not in allowed:
            raise CatalogueError(f"{self.where}: {key}: {value!r} is none of {', '.join(allowed)}")
        return value

    def member(self, key: str, kind: type[E]) -> E:
        return kind(self.one_of(key, [str(member.value) for member in kind]))

    def tables(self, key: str) -> tuple[Table, ...]:
        items = self.take(key, list, [])
        return tuple(Table(f"{self.where}: {key}[{number}]", item) for number, item in enumerate(items, 1))

    def finish(self) -> None:
        for key in self.values:
            raise CatalogueError(f"{self.where}: unknown key {key!r}")
