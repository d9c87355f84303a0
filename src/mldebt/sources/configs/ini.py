"""INI and its likes: sections, and keys with ``=`` or ``:``. Lines are looked at, nothing is interpolated."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt.sources.configs.entries import Entry
from mldebt.sources.manifests.contents import split_lines

_SECTION = re.compile(r"\s*\[([^\]]{1,100})\]\s*(?:[#;].*)?$")
_PAIR = re.compile(r"([A-Za-z_][\w.-]{0,99})\s*[=:]\s*(.{0,500})$")


def entries(text: str) -> Iterator[Entry]:
    """The pairs of all sections, their keys with the section before them."""
    section = ""
    for number, line in enumerate(split_lines(text), 1):
        header = _SECTION.match(line[:500])
        if header:
            section = header[1].strip()
            continue
        pair = _PAIR.match(line[:700])  # what is indented goes on from the line above
        if pair:
            value = re.split(r"\s[#;]", pair[2], maxsplit=1)[0].strip().strip("\"'")
            yield Entry(f"{section}.{pair[1]}" if section else pair[1], value, number, 1, len(pair[1]))
