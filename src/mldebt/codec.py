"""Facts and candidates as JSON, and back: what enters the store, and what workers hand back.

No pickle: a store may have been put there by somebody else, and reading it must not run anything.
Only frozen structs and enums of our own modules are known, by name; a value of any other type is
refused when it is written, and anything unexpected when it is read.

A tuple is a JSON array, a struct an object of its name and its fields, an enum one of its name and its
value: ``{"Span": [1, 2, 1, 9]}``. Both ways the work is that of ``json``'s own C code.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import TypeVar

from msgspec import Struct

T = TypeVar("T")

_PLAIN = frozenset({str, bool, int, float, type(None)})


class CodecError(ValueError):
    """A value that cannot be written, or text that is not what was written."""


class Codec:
    """Writes and reads values of ``kinds``: frozen structs and enums, known by their class names."""

    def __init__(self, kinds: Iterable[type]) -> None:
        self._kinds: Mapping[str, type] = {kind.__name__: kind for kind in kinds}
        self._fields: dict[type, Callable[[object], tuple[object, ...]]] = {}
        self._sizes: dict[str, int] = {}
        for name, kind in self._kinds.items():
            if issubclass(kind, Struct):
                self._fields[kind] = _getter(kind.__struct_fields__)
                self._sizes[name] = len(kind.__struct_fields__)
        self._known = _PLAIN | {tuple} | set(self._kinds.values())
        self._encoder = json.JSONEncoder(
            ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False, default=self._plain
        )
        self._decoder = json.JSONDecoder(object_pairs_hook=self._made)

    def dumps(self, value: object) -> str:
        """``value`` as JSON. Raises ``CodecError`` for what no kind covers."""
        self._check((value,))
        try:
            return self._encoder.encode(value)
        except (ValueError, RecursionError) as error:
            raise CodecError(f"cannot be stored: {error}") from error

    def loads(self, text: str, expected: type[T]) -> T:
        """The value of type ``expected`` that ``text`` was written from. Raises ``CodecError``."""
        try:
            value = self._decoder.decode(text)
        except CodecError:
            raise
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise CodecError(f"not what was written: {type(error).__name__}") from error
        if type(value) is list:
            value = _tupled(value)
        if not isinstance(value, expected):
            raise CodecError(f"expected {expected.__name__}, found {type(value).__name__}")
        return value

    def _plain(self, value: object) -> dict[str, object]:
        """What ``json`` asks for everything that it does not know itself."""
        kind = type(value)
        if isinstance(value, enum.Enum):
            return {kind.__name__: value.value}
        fields = self._fields[kind](value)
        self._check(fields)
        return {kind.__name__: fields}

    def _check(self, values: Iterable[object]) -> None:
        """``json`` would write lists and dictionaries, too, which would not come back as they were."""
        for value in values:
            kind = type(value)
            if kind not in self._known:
                raise CodecError(f"{kind.__name__} cannot be stored")
            if kind is tuple:
                self._check(value)  # type: ignore[arg-type]  # a tuple

    def _made(self, pairs: list[tuple[str, object]]) -> object:
        if len(pairs) != 1:
            raise CodecError("no name alone")
        name, fields = pairs[0]
        size = self._sizes.get(name)
        if size is None:
            kind = self._kinds[name]
            return kind(fields)
        if type(fields) is not list or len(fields) != size:
            raise CodecError(f"{name} has other fields")
        return self._kinds[name](*[_tupled(each) if type(each) is list else each for each in fields])


def _tupled(items: list[object]) -> tuple[object, ...]:
    return tuple([_tupled(each) if type(each) is list else each for each in items])


def _getter(names: Sequence[str]) -> Callable[[object], tuple[object, ...]]:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)
