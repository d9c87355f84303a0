"""What ``mldebt inventory`` lists, as a table, JSON (``schemas/inventory.schema.json``) or markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from mldebt.model import InventoryItem, InventorySite
from mldebt.report.document import Json, write_json
from mldebt.report.printable import amount, escape, shorten

VERSION = 1
_WIDEST_VALUE = 40


def inventory_text(items: Sequence[InventoryItem]) -> str:
    """An item a paragraph: kind, key, how many sites and values; under it a line for each site.
    Paths are relative to the root."""
    return "\n".join("".join(line + "\n" for line in _paragraph(item)) for item in items)


def _paragraph(item: InventoryItem) -> list[str]:
    rows = [(f"{escape(site.path)}:{site.line}:{site.column}", _value(site), _rest(site)) for site in item.sites]
    place_width, value_width = (max((len(row[column]) for row in rows), default=0) for column in (0, 1))
    lines = [f"{item.kind.value} {escape(item.key)}: {_count(item)}"]
    lines += [f"    {place:<{place_width}}  {value:<{value_width}}  {rest}".rstrip() for place, value, rest in rows]
    return lines


def _count(item: InventoryItem) -> str:
    values = list(dict.fromkeys(_value(site) for site in item.sites if site.value))
    count = amount(len(item.sites), "site")
    return f"{count}, {len(values)} values" if len(values) > 1 else count


def _value(site: InventorySite) -> str:
    return shorten(escape(site.value), _WIDEST_VALUE)


def _rest(site: InventorySite) -> str:
    default = f"default {shorten(escape(site.default), _WIDEST_VALUE)}" if site.default is not None else ""
    return ", ".join(part for part in (site.role.value, default, escape(site.detail)) if part)


def inventory_json(items: Sequence[InventoryItem]) -> str:
    """Contract version 1; paths relative to the root, columns of characters."""
    document: dict[str, Json] = {
        "version": VERSION,
        "items": [
            {"kind": item.kind.value, "key": item.key, "sites": [_site(site) for site in item.sites]} for item in items
        ],
    }
    return write_json(document, depth=2)


def _site(site: InventorySite) -> dict[str, Json]:
    return {
        "path": site.path,
        "line": site.line,
        "column": site.column,
        "value": site.value,
        "default": site.default,
        "role": site.role.value,
        "detail": site.detail,
    }


def inventory_markdown(items: Sequence[InventoryItem]) -> str:
    """One table, a row for each site."""
    lines = ["| kind | key | value | default | role | place | detail |", "|---|---|---|---|---|---|---|"]
    for item in items:
        for site in item.sites:
            place = f"{site.path}:{site.line}"
            default = "" if site.default is None else _code(site.default)
            cells = (item.kind.value, _code(item.key), _code(site.value), default, site.role.value, _code(place))
            lines.append(f"| {' | '.join(cells)} | {_plain(site.detail)} |")
    return "".join(line + "\n" for line in lines)


def _code(text: str) -> str:
    """Code in a cell of a table: bars would end the cell, backticks the code."""
    if not text:
        return ""
    return f"`{escape(text).replace('`', chr(39)).replace('|', chr(92) + '|')}`"


def _plain(text: str) -> str:
    return "".join(f"\\{character}" if character in "\\`*_{}[]<>|#!" else character for character in escape(text))


InventoryReport = Callable[[Sequence[InventoryItem]], str]

INVENTORY_REPORTS: Mapping[str, InventoryReport] = MappingProxyType(
    {"text": inventory_text, "json": inventory_json, "markdown": inventory_markdown}
)
