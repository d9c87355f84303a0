"""``.env`` files, as python-dotenv, docker and the shells read them between themselves."""

from __future__ import annotations

import re

from mldebt.discover import VARIABLE_FILE
from mldebt.sources.manifests.contents import ManifestFacts
from mldebt.sources.variables.contents import Findings
from mldebt.sources.variables.references import references
from mldebt.toml_places import Comment

DIALECT = "dotenv"
PATTERN = VARIABLE_FILE

_NAME = re.compile(r"(?:export[ \t]+)?('?)([A-Za-z_][\w.-]*)\1[ \t]*(?:(=)[ \t]*|(?=[#\r\n])|$)")
_QUOTED = {
    "'": re.compile(r"'([^'\\]*(?:\\.[^'\\]*)*)'", re.DOTALL),
    '"': re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL),
}
_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#[^\r\n]*")
_LINE = re.compile(r"[^\r\n]*")
_BLANK = re.compile(r"\s*")


def read(path: str, text: str) -> ManifestFacts:
    found = Findings(path, text, DIALECT)
    comments: list[Comment] = []
    at = 0
    while True:
        at = _end(_BLANK, text, at)
        if at == len(text):
            return found.done(comments)
        if text[at] != "#":
            at = _declaration(found, text, at)
        end = _end(_LINE, text, at)
        rest = text[at:end].strip()
        if rest.startswith("#"):
            line, column = found.position(text.index("#", at))
            comments.append(Comment(line, column, rest))
        elif rest:
            found.malformed("what stands here is no NAME=value", found.position(at)[0])
        at = end


def _declaration(found: Findings, text: str, at: int) -> int:
    """Declare what begins here; where it ends, which is ``at`` when it is no declaration."""
    name = _NAME.match(text, at)
    if name is None:
        return at
    begin = name.end()
    if not name[3]:
        found.declare(name[2], None, name.start(2))
        return begin
    quote = _QUOTED.get(text[begin : begin + 1])
    value = quote.match(text, begin) if quote is not None else None
    if quote is not None and value is None:
        found.malformed("the quote that begins here has no end", found.position(begin)[0])
        return _end(_LINE, text, begin)
    if value is not None:
        end, said, start = value.end(), value[1], value.start(1)
    else:
        end = _end(_LINE, text, begin)
        said, start = text[begin:end], begin
        comment = _COMMENT.search(said)
        said = said[: comment.start()] if comment else said
        end = begin + len(said)
    found.declare(name[2], said.strip() if value is None else said, name.start(2), end)
    if text[begin : begin + 1] != "'":
        for one in references(said):
            found.read(one.name, one.default, start + one.offset)
    return end


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    matched = pattern.match(text, at)
    return at if matched is None else matched.end()
