"""A configuration file whose every mistake is told with its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import NoReturn

import tomli
from msgspec import Struct

from mldebt import selectors
from mldebt.errors import ConfigError
from mldebt.model import Span
from mldebt.patterns import PatternError
from mldebt.patterns import parse as parse_pattern
from mldebt.rule_spec import RuleSpec
from mldebt.toml_places import KeyPath, TomlPlacesError, scan

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


class ConfigDocument(Struct, frozen=True):
    """The file that is read: ``top`` is the path of the table that holds our keys, in ``values``.

    Each reader below takes a key path and its value and returns it with its type, or fails there.
    """

    path: str
    text: str
    top: KeyPath
    values: Mapping[str, object]
    specs: Sequence[RuleSpec]

    @classmethod
    def of(cls, path: str, data: bytes, top: tuple[str, ...], specs: Sequence[RuleSpec]) -> ConfigDocument:
        """Raises ``ConfigError`` for what is not UTF-8, not TOML, or has no table ``top``."""
        text = _text(path, data)
        found: object = _toml(path, text)
        for name in top:
            found = found.get(name) if isinstance(found, dict) else None
        document = cls(path, text, top, {}, specs)
        return cls(path, text, top, document.table((), found), specs)

    def span(self, key: KeyPath, *, of_key: bool) -> Span:
        try:
            places = scan(self.text)
        except TomlPlacesError:
            return Span(1, 1, 1, 1)
        first, second = (places.keys, places.values) if of_key else (places.values, places.keys)
        full = self.top + key
        return first.get(full) or second.get(full) or Span(1, 1, 1, 1)

    def fail(self, key: KeyPath, message: str, *, value: bool = False) -> NoReturn:
        """Raise, pointing to the key, or to its ``value``."""
        span = self.span(key, of_key=not value)
        raise ConfigError(f"{self.path}:{span.line}:{span.column}: {_dotted(self.top + key)}: {message}")

    def known(self, key: KeyPath, names: Collection[str]) -> None:
        """Fail where the last part of ``key`` is none of the keys that there are."""
        name = str(key[-1])
        if name not in names:
            self.fail(key, f"there is no such key{selectors.did_you_mean(name, names)}")

    def table(self, key: KeyPath, value: object) -> Mapping[str, object]:
        if not isinstance(value, dict):
            self.fail(key, f"expected a table, found {kind_of(value)}", value=True)
        return value

    def string(self, key: KeyPath, value: object) -> str:
        if not isinstance(value, str):
            self.fail(key, f"expected a text, found {kind_of(value)}", value=True)
        return value

    def strings(self, key: KeyPath, value: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            self.fail(key, f"expected a list of texts, found {kind_of(value)}", value=True)
        return tuple(self.string((*key, number), item) for number, item in enumerate(value))

    def boolean(self, key: KeyPath, value: object) -> bool:
        if not isinstance(value, bool):
            self.fail(key, f"expected true or false, found {kind_of(value)}", value=True)
        return value

    def count(self, key: KeyPath, value: object, least: int) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            found = value if isinstance(value, int) and not isinstance(value, bool) else kind_of(value)
            self.fail(key, f"expected a whole number from {least}, found {found}", value=True)
        return value

    def one_of(self, key: KeyPath, value: object, known: Sequence[str]) -> str:
        text = self.string(key, value)
        if text not in known:
            close = selectors.did_you_mean(text, known)
            self.fail(key, f"expected one of {', '.join(known)}, found {text!r}{close}", value=True)
        return text

    def selector(self, key: KeyPath, text: str, *, value: bool = True) -> tuple[RuleSpec, ...]:
        meant = selectors.meant(text, self.specs)
        if not meant:
            self.fail(key, f"there is no rule {text!r}{selectors.suggestion(text, self.specs)}", value=value)
        return meant

    def pattern(self, key: KeyPath, text: str, *, value: bool = True) -> str:
        try:
            if parse_pattern(text) is None:
                self.fail(key, f"{text!r} is not a pattern: it is empty or a comment", value=value)
        except PatternError as problem:
            self.fail(key, f"{text!r} is not a pattern: {problem}", value=value)
        return text

    def day(self, key: KeyPath, value: object) -> str:
        """A TOML date or a text like 2027-03-31, as the latter."""
        if isinstance(value, date) and not isinstance(value, datetime):
            return value.isoformat()
        try:
            return date.fromisoformat(value if isinstance(value, str) and len(value) == 10 else "").isoformat()
        except ValueError:
            self.fail(key, "expected a day such as 2027-03-31", value=True)


def _text(path: str, data: bytes) -> str:
    try:
        return data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise ConfigError(f"{path}:{line}: is not UTF-8; save it as UTF-8") from None


def _toml(path: str, text: str) -> dict[str, object]:
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as problem:
        message = str(problem)
        found = _PLACE.search(message)
        place = f":{found[1]}:{found[2]}" if found and found[1] else f":{text.count(chr(10)) + 1}"
        raise ConfigError(f"{path}{place}: is not TOML: {_PLACE.sub('', message)}") from None
    except RecursionError:
        raise ConfigError(f"{path}: is nested too deeply") from None


def kind_of(value: object) -> str:
    """What a TOML value is, in words."""
    if isinstance(value, bool):
        return "true" if value else "false"
    names = {str: "a text", int: "a whole number", float: "a number", list: "a list", dict: "a table"}
    return names.get(type(value), "a date or time")


def _dotted(path: KeyPath) -> str:
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            name = part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else f'"{part[:80]}"'
            text += f".{name}" if text else name
    return text
