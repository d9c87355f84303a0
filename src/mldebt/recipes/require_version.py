"""``require-version``: write other versions into requirements, and leave all else of them.

Arguments: ``language`` ("pep508" for requirement texts wherever they stand, "toml" for a key with a
version or a table, as Poetry, Pipenv and pixi have it, "conda"), ``command`` ("yes" when the place is
that of a command or call that installs), ``at`` (a place other than the finding's: path and span, with
spaces between), and for each package ``package:NAME``, normalised, the
specifier it gets (PEP 440 text).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt.edits import Document, RefusedError
from mldebt.model import Edit, Span
from mldebt.recipes import Wanted

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_CLAUSE = r"""(?:===|~=|==|!=|>=|<=|=|<|>)[ \t]*[^\s,;#"'\\()\[\]|&]+"""
_VERSIONS = rf"[ \t]*\(?{_CLAUSE}(?:[ \t]*,[ \t]*{_CLAUSE})*\)?"
_REQUIREMENT = re.compile(
    rf"(?<![\w.=@/:~<>!\[-])(?P<name>{_NAME})(?P<extras>[ \t]*\[[^\]\n\"']*\])?(?P<versions>{_VERSIONS})?"
    r"(?![\w./:@=~<>!\[-]|[ \t]+[\d*])"
)
_VALUE = re.compile(r"""=[ \t]*(["'])(?P<version>[^"'\\\n]*)\1[ \t]*$""")
_FIELD = re.compile(r"""(?<![\w.-])version[ \t]*=[ \t]*(["'])(?P<version>[^"'\\\n]*)\1""")
_PREFIX = "package:"


def realise(wanted: Wanted) -> Iterator[Edit]:
    document, span = _place(wanted)
    start, end = document.offset(span.line, span.column), document.offset(span.end_line, span.end_column)
    command = wanted.arguments.get("command") == "yes"
    if command and (span.line, span.column) != (span.end_line, span.end_column) and not document.is_notebook:
        end = max(end, _command_end(document.text, start)) if not document.path.endswith(".py") else end
    for key, specifier in wanted.arguments.items():
        if key.startswith(_PREFIX):
            if wanted.arguments["language"] == "toml":
                yield _keyed(document, start, end, specifier)
            else:
                yield _required(document, (start, end), key.removeprefix(_PREFIX), specifier, command=command)


def _place(wanted: Wanted) -> tuple[Document, Span]:
    if "at" not in wanted.arguments:
        return wanted.document, wanted.finding.place.span
    path, *numbers = wanted.arguments["at"].rsplit(" ", 4)
    return wanted.open(path), Span(*map(int, numbers))


def _command_end(text: str, start: int) -> int:
    """Where a shell command that begins at ``start`` ends: at an operator or an end of line, unless that
    is continued. Comments between continued lines, which images may have, are passed over."""
    quote, at, continued = "", start, True
    while at < len(text) and continued:
        end = text.find("\n", at) + 1 or len(text)
        line = text[at:end]
        if at > start and line.lstrip().startswith("#"):
            at = end
            continue
        for offset, one in enumerate(line):
            if quote:
                quote = "" if one == quote else quote
            elif one in "\"'":
                quote = one
            elif one in ";|" or line.startswith("&&", offset):
                return at + offset
        continued = bool(quote) or line.rstrip().endswith(("\\", "`"))
        at = end
    return at


def _keyed(document: Document, start: int, end: int, specifier: str) -> Edit:
    """``torch = "*"`` and ``torch = { version = "*" }``."""
    text = document.text[start:end]
    found = list(_FIELD.finditer(text)) if "{" in text else [_VALUE.search(text)]
    if len(found) != 1 or found[0] is None:
        raise RefusedError("its version is not written as one text")
    at, to = found[0].span("version")
    return document.edit(document.span(start + at, start + to), specifier)


def _required(document: Document, region: tuple[int, int], package: str, specifier: str, *, command: bool) -> Edit:
    """A requirement begins with its name; among the words of a command it must stand once."""
    every = _REQUIREMENT.finditer(document.text, *region)
    found = [one for one in every if re.sub(r"[-_.]+", "-", one["name"]).lower() == package]
    if not found or (command and len(found) > 1):
        raise RefusedError(f"{package} stands there {len(found)} times, not once")
    one = found[0]
    return document.edit(document.span(max(one.end("name"), one.end("extras")), one.end()), specifier)
