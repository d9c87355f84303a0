"""Objects of sarif_om as plain JSON values.

Made for this, because the usual serialiser drops ``level: "warning"`` (it is the default, and the
rule's own default then wins), copies everything at every depth, and writes ``state`` for the
``status`` of suppressions, which the schema refuses.
"""

from __future__ import annotations

from typing import NamedTuple, cast

import attr

from mldebt.report.document import Json


class _Field(NamedTuple):
    attribute: str
    name: str
    default: object
    always: bool


_SCALARS = frozenset((str, bool, int, float, type(None)))
_TABLES: dict[type, tuple[_Field, ...]] = {}  # made once a class


def serialise(node: object) -> Json:
    """``node`` without what is ``None`` or equal to its default; order of the fields as in sarif_om.

    Takes objects of sarif_om, mappings with text keys, lists, tuples and scalars. Anything else
    (a set, a path, an enum) is a mistake of the caller and raises ``TypeError``.
    """
    kind = type(node)
    if kind in _SCALARS:
        return cast(Json, node)
    if isinstance(node, (list, tuple)):
        return [serialise(item) for item in node]
    if isinstance(node, dict):
        return {_key(key): serialise(item) for key, item in node.items()}
    return serialise_object(node)


def serialise_object(node: object) -> dict[str, Json]:
    """``serialise`` for an object of sarif_om."""
    kind = type(node)
    written: dict[str, Json] = {}
    for attribute, name, default, always in _TABLES.get(kind) or _table(kind):
        value = getattr(node, attribute)
        if value is None or (value == default and not always and type(value) is type(default)):
            continue
        written[name] = value if type(value) in _SCALARS else serialise(value)
    return written


def _table(kind: type) -> tuple[_Field, ...]:
    if kind.__module__.partition(".")[0] != "sarif_om":
        raise TypeError(f"SARIF cannot hold a {kind.__module__}.{kind.__qualname__}")
    _TABLES[kind] = tuple(
        _Field(
            field.name,
            # sarif_om was made from a draft that called it ``state``
            "status" if (kind.__name__, field.name) == ("Suppression", "state")
            else field.metadata["schema_property_name"],
            _default(field.default),
            field.name == "level",
        )
        for field in attr.fields(kind)
    )  # fmt: skip
    return _TABLES[kind]


def _default(default: object) -> object:
    """Lists have a factory for their default."""
    factory = getattr(default, "factory", None)
    return factory() if factory else default


def _key(key: object) -> str:
    if isinstance(key, str):
        return key
    raise TypeError(f"SARIF cannot hold the key {key!r}")
