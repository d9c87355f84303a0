"""Objects of sarif_om as plain JSON values.

Made for this, because the usual serialiser drops ``level: "warning"`` (it is the default, and the
rule's own default then wins), copies everything at every depth, and writes ``state`` for the
``status`` of suppressions, which the schema refuses.
"""

from __future__ import annotations

from typing import NamedTuple

import attr

from mldebt.report.document import Json


class _Field(NamedTuple):
    attribute: str
    name: str
    default: object
    always: bool


def serialise(node: object) -> Json:
    """``node`` without what is ``None`` or equal to its default; order of the fields as in sarif_om.

    Takes objects of sarif_om, mappings with text keys, lists, tuples and scalars. Anything else
    (a set, a path, an enum) is a mistake of the caller and raises ``TypeError``.
    """
    if node is None or isinstance(node, (str, bool, int, float)):
        return node
    if isinstance(node, (list, tuple)):
        return [serialise(item) for item in node]
    if isinstance(node, dict):
        return {_key(key): serialise(item) for key, item in node.items()}
    written: dict[str, Json] = {}
    for attribute, name, default, always in _table(type(node)):
        value = getattr(node, attribute)
        if value is None or (not always and type(value) is type(default) and value == default):
            continue
        written[name] = serialise(value)
    return written


_TABLES: dict[type, tuple[_Field, ...]] = {}


def _table(kind: type) -> tuple[_Field, ...]:
    if kind not in _TABLES:
        _TABLES[kind] = _read_table(kind)
    return _TABLES[kind]


def _read_table(kind: type) -> tuple[_Field, ...]:
    if kind.__module__.partition(".")[0] != "sarif_om":
        raise TypeError(f"SARIF cannot hold a {kind.__module__}.{kind.__qualname__}")
    return tuple(
        _Field(
            field.name,
            # sarif_om was made from a draft that called it ``state``
            "status" if (kind.__name__, field.name) == ("Suppression", "state")
            else field.metadata["schema_property_name"],
            field.default,
            field.name == "level",
        )
        for field in attr.fields(kind)
    )  # fmt: skip


def _key(key: object) -> str:
    if isinstance(key, str):
        return key
    raise TypeError(f"SARIF cannot hold the key {key!r}")
