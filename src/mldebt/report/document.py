"""JSON that is read by people, line by line diffs and programs: pretty at the top, then one line each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False)
_INDENT = "  "


def write_json(value: Json, depth: int) -> str:
    """``value`` with its outer ``depth`` levels spread over lines and the rest compact.

    Same value, same text: keys keep their order. Halves of surrogate pairs, which file names
    of Linux may hold, become ``\\udcXX`` escapes, so that the text always encodes as UTF-8. What
    runners of continuous integration would obey inside a line of their log is escaped, too.
    """
    text = "".join(_pieces(value, depth, "\n")) + "\n"
    text = text.replace("##[", "#\\u0023[").replace("##vso[", "#\\u0023vso[")
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _pieces(value: Json, depth: int, line: str) -> Iterator[str]:
    if not depth or not value or not isinstance(value, (list, dict)):
        yield _ENCODER.encode(value)
        return
    first, last = "{}" if isinstance(value, Mapping) else "[]"
    separator = first
    for key, item in value.items() if isinstance(value, Mapping) else ((None, item) for item in value):
        yield separator + line + _INDENT
        if key is not None:
            yield f"{_ENCODER.encode(key)}: "
        yield from _pieces(item, depth - 1, line + _INDENT)
        separator = ","
    yield line + last
