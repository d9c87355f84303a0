"""What ``mldebt inventory`` lists, as a table, JSON (``schemas/inventory.schema.json``) or markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from mldebt.model import InventoryItem, InventorySite
from mldebt.report.document import Json, write_json
from mldebt.report.printable import amount, escape, shorten

VERSION = 1
_WIDEST_VALUE = 40
_MOST_CULPRITS = 6


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
    count = f"{count}, {len(values)} values" if len(values) > 1 else count
    return f"{count}; {verdict}" if (verdict := _verdict(item)) else count


def _verdict(item: InventoryItem) -> str:
    """What the places of a package come to."""
    found = item.agreement
    if found is None:
        return ""
    if found.range is None:
        against = (item.sites[at] for at in found.culprits[:_MOST_CULPRITS])
        named = ", ".join(f"{escape(site.path)}:{site.line} {_value(site)}" for site in against)
        more = f" and {len(found.culprits) - _MOST_CULPRITS} more" if len(found.culprits) > _MOST_CULPRITS else ""
        return f"no version satisfies all: {named}{more}"
    locked = f"locked {', '.join(map(escape, found.locked))}" if found.locked else ""
    agreed = f"all admit {escape(found.range)}" if found.range else "" if locked else "any version"
    return ", ".join(filter(None, (agreed, locked)))


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
            {
                "kind": item.kind.value,
                "key": item.key,
                "sites": [_site(site) for site in item.sites],
                "agreement": _agreement(item),
            }
            for item in items
        ],
    }
    return write_json(document, depth=2)


def _agreement(item: InventoryItem) -> Json:
    found = item.agreement
    if found is None:
        return None
    culprits: list[Json] = [
        {"path": site.path, "line": site.line, "value": site.value}
        for site in (item.sites[at] for at in found.culprits)
    ]
    locked: list[Json] = [*found.locked]
    return {"satisfiable": found.range is not None, "range": found.range, "locked": locked, "culprits": culprits}


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
    """One table, a row for each site; of packages a row for each package."""
    if items and all(item.agreement is not None for item in items):
        return _versions_markdown(items)
    lines = ["| kind | key | value | default | role | place | detail |", "|---|---|---|---|---|---|---|"]
    for item in items:
        for site in item.sites:
            place = f"{site.path}:{site.line}"
            default = "" if site.default is None else _code(site.default)
            cells = (item.kind.value, _code(item.key), _code(site.value), default, site.role.value, _code(place))
            lines.append(f"| {' | '.join(cells)} | {_plain(site.detail)} |")
    return "".join(line + "\n" for line in lines)


def _versions_markdown(items: Sequence[InventoryItem]) -> str:
    lines = ["| package | what all admit | locked | places |", "|---|---|---|---|"]
    for item in items:
        assert item.agreement is not None
        culprits = {item.sites[at] for at in item.agreement.culprits}
        places = "<br>".join(
            f"{_code(f'{site.path}:{site.line}')} {_code(site.value) or 'any version'}"
            + (" (conflict)" if site in culprits else "")
            for site in item.sites
        )
        agreed = "**no version satisfies all**" if item.agreement.range is None else _code(item.agreement.range)
        locked = ", ".join(map(_code, item.agreement.locked))
        lines.append(f"| {_code(item.key)} | {agreed or 'any version'} | {locked} | {places} |")
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
