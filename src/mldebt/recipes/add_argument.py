"""``add-argument``: give a call an argument by keyword, behind those that it has, or in the stead of one that says
nothing (``random_state=None``).

Arguments: ``keyword`` and ``value``, as they are written, and ``module``, what the value has to be imported from.
The place is that of the call, from its first character to its closing parenthesis.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from mldebt.bindings import reached
from mldebt.edits import Document, RefusedError
from mldebt.model import Edit, Span
from mldebt.recipes import Wanted
from mldebt.statements import parsed, span_of


def realise(wanted: Wanted) -> Iterator[Edit]:
    document, span = wanted.document, wanted.finding.place.span
    keyword, value = wanted.arguments["keyword"], wanted.arguments["value"]
    if document.is_notebook:
        if value.isidentifier():
            raise RefusedError("names of a notebook depend on the order of its cells")
        yield _added(document, span, f"{keyword}={value}")
        return
    tree = parsed(document)
    yield from reached(document, tree, value, wanted.arguments.get("module", ""), span)
    given = _given(document, tree, span, keyword)
    if given is None:
        yield _added(document, span, f"{keyword}={value}")
    else:
        yield document.edit(span_of(document, given), value)


def _given(document: Document, tree: ast.Module, span: Span, keyword: str) -> ast.expr | None:
    """What the call gives by that keyword now."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and span_of(document, node) == span:
            return next((each.value for each in node.keywords if each.arg == keyword), None)
    raise RefusedError("there is no call any more")


def _added(document: Document, span: Span, argument: str) -> Edit:
    """In a notebook, a call that stands on one line."""
    written = document.written(span)
    if not written.endswith(")") or "(" not in written:
        raise RefusedError("there is no call any more")
    before = written[:-1].rstrip()
    if "#" in before.rpartition("\n")[2]:
        raise RefusedError("a comment stands behind its last argument")
    joint = "" if before.endswith("(") else " " if before.endswith(",") else ", "
    if before == written[:-1]:
        return document.insert(span.end_line, span.end_column - 1, f"{joint}{argument}")
    # The parenthesis stands on a line of its own, or apart.
    at = document.offset(span.end_line, span.end_column) - (len(written) - len(before))
    place = document.span(at, at)
    line = document.line(place.line)
    if joint != " ":
        return document.insert(place.line, place.column, f"{joint}{argument}")
    if line.rstrip() != line[: place.column - 1].rstrip():
        raise RefusedError("its arguments are laid out in a way of their own")
    indent = line[: len(line) - len(line.lstrip())]
    return document.insert(place.line, place.column, f"\n{indent}{argument},")  # a line for each argument
