"""A TOML manifest: values that may be anything, read safely, each with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import tomli
from msgspec import Struct, field
from packaging.requirements import InvalidRequirement

from mldebt.facts import Fact, of_kind
from mldebt.facts.pins import Pin
from mldebt.model import Notice, Place, Span
from mldebt.sources.manifests.contents import displayed
from mldebt.sources.manifests.requirements import parse
from mldebt.toml_places import KeyPath, TomlPlaces, scan

Table = dict[str, object]


class MalformedTomlError(ValueError):
    """The text is not TOML."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


class Document(Struct, frozen=True):
    """One parsed TOML manifest. ``notices`` grows while it is read; nothing else changes."""

    path: str
    data: Table
    places: TomlPlaces
    lines: tuple[str, ...]
    notices: list[Notice] = field(default_factory=list)

    def table(self, *keys: str | int) -> Table:
        """The table at these keys, {} when there is none."""
        value = self.value(*keys)
        return value if isinstance(value, dict) else {}

    def value(self, *keys: str | int) -> object:
        value: object = self.data
        for key in keys:
            if isinstance(value, dict) and key in value:
                value = value[str(key)]
            elif isinstance(value, list) and isinstance(key, int) and key < len(value):
                value = value[key]
            else:
                return None
        return value

    def items(self, *keys: str | int) -> Iterator[tuple[KeyPath, object]]:
        """The items of the array at these keys with their paths; nothing when there is none."""
        value = self.value(*keys)
        for index, item in enumerate(value if isinstance(value, list) else ()):
            yield (*keys, index), item

    def strings(self, *keys: str | int) -> tuple[str, ...]:
        """The texts of an array, or the one text that stands in its stead."""
        value = self.value(*keys)
        if isinstance(value, str):
            return (value,)
        return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()

    def place(self, keys: KeyPath) -> Place:
        """Key and value where they share a line, else the value (a header, for a table)."""
        value = self.places.values.get(keys, Span(1, 1, 1, 1))
        key = self.places.keys.get(keys, value)
        if key.line == value.line and key.column < value.column:
            return Place(self.path, Span(key.line, key.column, value.end_line, value.end_column))
        return Place(self.path, value)

    def line(self, place: Place) -> str:
        number = place.span.line
        return displayed(self.lines[number - 1]) if number <= len(self.lines) else ""

    def blank(self, keys: KeyPath, raw: str, dialect: str, group: str = "", *, constraint: bool = False) -> Pin:
        """A pin that says nothing yet but where it stands."""
        place = self.place(keys)
        return Pin("", "", raw, place, self.line(place), dialect, group, constraint=constraint)

    def requirements(self, keys: KeyPath, dialect: str, group: str = "", *, constraint: bool = False) -> Iterator[Pin]:
        """The pins of an array of PEP 508 texts; tables in it (``include-group``) are passed over."""
        for path, item in self.items(*keys):
            if isinstance(item, str):
                editable = item.startswith("-e ")
                blank = self.blank(path, item, dialect, group, constraint=constraint)
                try:
                    pin = parse(item[3:] if editable else item, blank)
                except (InvalidRequirement, ValueError, RecursionError):
                    self.complain(path, f"not a requirement: {item[:80]}")
                else:
                    yield pin
            elif not isinstance(item, dict):
                self.complain(path, f"not a requirement: {str(item)[:80]}")

    def complain(self, keys: KeyPath, message: str) -> None:
        here = self.place(keys).span
        self.notices.append(Notice("malformed-requirement", message, self.path, here.line, here.column))


def statements(facts: Iterable[Fact]) -> tuple[tuple[int, int], ...]:
    """The lines of the requirements, and of the sources of theirs that stand elsewhere."""
    pins = list(of_kind(facts, Pin))
    places = [pin.place for pin in pins] + [pin.url_place for pin in pins if pin.url_place]
    return tuple(sorted({(one.span.line, one.span.end_line) for one in places}))


def load(path: str, text: str) -> Document:
    """Raises ``MalformedTomlError``, or what the scanner raises for absurd nesting."""
    try:
        data = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise MalformedTomlError(str(error), int(getattr(error, "lineno", 0) or 0)) from error
    return Document(path, data, scan(text), tuple(text.split("\n")))
