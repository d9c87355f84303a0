"""The pattern of a rule that ships with mldebt, from its table. ``own_patterns`` reads those of others, who are
told each mistake with its place; tests hold that both read the same."""

from __future__ import annotations

from mldebt.errors import CatalogueError
from mldebt.pattern_spec import LITERALS, PatternSpec, Where
from mldebt.tables import Table

Literals = tuple[str | int | float | bool, ...]


def read(table: Table) -> PatternSpec | None:
    """What the keys of a rule's table say of patterns, ``None`` for a rule that a class detects."""
    sources = table.texts("pattern") or table.texts("patterns")
    wheres = Table(f"{table.where}: where", table.take("where", dict, {}))
    told = PatternSpec(
        sources=sources,
        unlike=table.texts("not-pattern"),
        where=tuple(_where(name, Table(f"{wheres.where}.{name}", each)) for name, each in wheres.values.items()),
        inside=table.texts("inside"),
        not_inside=table.texts("not-inside"),
        function=table.texts("function"),
        paths=table.texts("paths"),
        not_paths=table.texts("not-paths"),
        imports=table.texts("imports"),
    )
    if not sources and told != PatternSpec(()):
        raise CatalogueError(f"{table.where}: conditions without a pattern")
    return told if sources else None


def _where(name: str, table: Table) -> Where:
    found = Where(
        metavariable=name,
        traits=table.texts("trait"),
        not_traits=table.texts("not-trait"),
        literal=_literal(table),
        values=_literals(table, "value"),
        not_values=_literals(table, "not-value"),
        like=table.texts("like"),
        not_like=table.texts("not-like"),
        words=table.texts("word"),
        not_words=table.texts("not-word"),
    )
    table.finish()
    return found


def _literal(table: Table) -> str:
    value = table.values.pop("literal", "")
    if isinstance(value, bool):
        return "any" if value else "not"
    if value not in ("", *LITERALS):
        raise CatalogueError(f"{table.where}: literal: {value!r} is none of true, false, {', '.join(LITERALS)}")
    return str(value)


def _literals(table: Table, key: str) -> Literals:
    value = table.values.pop(key, [])
    items = value if isinstance(value, list) else [value]
    if not all(isinstance(item, (str, int, float, bool)) for item in items):
        raise CatalogueError(f"{table.where}: {key}: is not of texts, numbers, true and false")
    return tuple(items)
