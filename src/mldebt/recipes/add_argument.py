"""``add-argument``: give a call one more argument by keyword, behind those that it has.

Arguments: ``keyword`` and ``value``, as they are written. The place is that of the call, from its first
character to its closing parenthesis.
"""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.edits import RefusedError
from mldebt.model import Edit
from mldebt.recipes import Wanted


def realise(wanted: Wanted) -> Iterator[Edit]:
    document, span = wanted.document, wanted.finding.place.span
    if document.is_notebook and span.line != span.end_line:
        raise RefusedError("a call over several lines of a notebook is not changed")
    written = document.written(span)
    keyword = wanted.arguments["keyword"]
    if not written.endswith(")") or "(" not in written:
        raise RefusedError("there is no call any more")
    before = written[:-1].rstrip()
    if "#" in before.rpartition("\n")[2]:
        raise RefusedError("a comment stands behind its last argument")
    joint = "" if before.endswith("(") else " " if before.endswith(",") else ", "
    if before != written[:-1]:  # the parenthesis stands on a line of its own, or apart
        gap = len(written) - 1 - len(before)
        at = document.offset(span.end_line, span.end_column) - 1 - gap
        place = document.span(at, at)
        line = document.line(place.line)
        if joint == " " and line.rstrip() != line[: place.column - 1].rstrip():
            raise RefusedError("its arguments are laid out in a way of their own")
        if joint == " ":  # a line for each argument: one more line
            indent = line[: len(line) - len(line.lstrip())]
            yield document.insert(place.line, place.column, f"\n{indent}{keyword}={wanted.arguments['value']},")
            return
        yield document.insert(place.line, place.column, f"{joint}{keyword}={wanted.arguments['value']}")
        return
    yield document.insert(span.end_line, span.end_column - 1, f"{joint}{keyword}={wanted.arguments['value']}")
