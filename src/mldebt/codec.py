"""Facts and candidates as JSON, and back: what enters the cache.

No pickle: a store may have been put there by somebody else, and reading it must not run anything.
Only frozen dataclasses and enums of our own modules are known, by name; a value of any other type is
refused when it is written, and anything unexpected when it is read.
"""

from __future__ import annotations

import dataclasses
import enum
import json
from collections.abc import Iterable, Mapping
from typing import TypeAlias, TypeVar

Plain: TypeAlias = "bool | int | float | str | list[Plain] | None"
T = TypeVar("T")

_TUPLE = 0  # the first item of a list that stands for a tuple; a name stands for a dataclass or enum


class CodecError(ValueError):
    """A value that cannot be written, or text that is not what was written."""


class Codec:
    """Writes and reads values of ``kinds``: frozen dataclasses and enums, known by their class names."""

    def __init__(self, kinds: Iterable[type]) -> None:
        self._kinds: Mapping[str, type] = {kind.__name__: kind for kind in kinds}
        self._fields = {
            name: tuple(field.name for field in dataclasses.fields(kind) if field.init)
            for name, kind in self._kinds.items()
            if dataclasses.is_dataclass(kind)
        }

    def dumps(self, value: object) -> str:
        """``value`` as JSON. Raises ``CodecError`` for what no kind covers."""
        return json.dumps(self._encode(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)

    def loads(self, text: str, expected: type[T]) -> T:
        """The value of type ``expected`` that ``text`` was written from. Raises ``CodecError``."""
        try:
            value = self._decode(json.loads(text))
        except CodecError:
            raise
        except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
            raise CodecError(f"not what was written: {type(error).__name__}") from error
        if not isinstance(value, expected):
            raise CodecError(f"expected {expected.__name__}, found {type(value).__name__}")
        return value

    def _encode(self, value: object) -> Plain:
        if value is None or type(value) in (str, bool, int, float):
            return value  # type: ignore[return-value]  # the type was just asked
        if isinstance(value, tuple):
            return [_TUPLE, *(self._encode(each) for each in value)]
        name = type(value).__name__
        if self._kinds.get(name) is not type(value):
            raise CodecError(f"{name} cannot be stored")
        if isinstance(value, enum.Enum):
            return [name, value.value]
        return [name, *(self._encode(getattr(value, field)) for field in self._fields[name])]

    def _decode(self, plain: Plain) -> object:
        if not isinstance(plain, list):
            return plain
        tag, rest = plain[0], plain[1:]
        if tag == _TUPLE and not isinstance(tag, bool):
            return tuple(self._decode(each) for each in rest)
        if not isinstance(tag, str):
            raise CodecError("a list without a name")
        kind = self._kinds[tag]
        if issubclass(kind, enum.Enum):
            return kind(rest[0])
        if len(rest) != len(self._fields[tag]):
            raise CodecError(f"{tag} has {len(rest)} fields")
        return kind(*(self._decode(each) for each in rest))
