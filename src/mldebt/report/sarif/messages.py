"""Messages of SARIF results: sentences with links to related places, safe for hostile text."""

from __future__ import annotations

import re

from mldebt.model import Finding, Related
from mldebt.report.printable import escape
from mldebt.report.text import NAMED_PLACES

_SPECIAL = re.compile(r"([\[\]\\])")


def compose(finding: Finding) -> str:
    """The finding's message as a sentence, then its cell, then links to the first related places.

    Consumers with little room show the first sentence. The number of a link is the ``id`` of a
    related location: that of the first related place is 1.
    """
    sentences = [end_sentence(plain(finding.message))]
    if cell := finding.place.cell:
        sentences.append(f"Cell {cell.index}, line {cell.line}.")
    if finding.related:
        links = [_link(number, other) for number, other in enumerate(finding.related[:NAMED_PLACES], 1)]
        more = len(finding.related) - len(links)
        sentences.append(f"Also {', '.join(links)}" + (f" and {more} more." if more else "."))
    return " ".join(sentences)


def plain(text: str) -> str:
    """``text`` in one line, without links of its own. Brackets are escaped only where text could be
    taken for a link, as most consumers show the escapes."""
    text = escape(text)
    return _escape_brackets(text) if "](" in text else text


def end_sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _link(number: int, other: Related) -> str:
    words = f"{escape(other.message)} at {escape(other.place.path)}:{other.place.span.line}".strip()
    return f"[{_escape_brackets(words)}]({number})"


def _escape_brackets(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
