"""``move-to-settings``: make a literal a field of the project's settings, with the literal as its default, and read
the field where it stood. In the text of a pandas query, bind it.

Arguments: ``literal``, as written; ``name`` of the field to be; ``value``, the object of settings as the file writes
it, and ``module``, what that has to be imported from; ``home`` and ``class``, the file and the name of the settings
class (``external``: only one that is read from outside). The literal must stand once at the place of the finding. A
field of the name that has the same default is used; where it has another, the new one is named after the function,
too.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from mldebt.bindings import reached
from mldebt.edits import Document, RefusedError
from mldebt.model import Edit, Span
from mldebt.recipes import Wanted
from mldebt.statements import parsed, span_of, whole_lines

_RESERVED = "model_"  # pydantic's own


def realise(wanted: Wanted) -> Iterator[Edit]:
    document, span, literal = wanted.document, wanted.finding.place.span, wanted.arguments["literal"]
    tree = parsed(document)
    place, bound = _literal(document, tree, span, literal)
    settings = wanted.arguments["value"]
    if bound and "(" in settings:
        raise RefusedError("a query cannot call what gives the settings")
    home = wanted.open(wanted.arguments["home"])
    name, fields = _field(home, wanted.arguments["class"], _names(wanted), literal)
    yield from fields
    yield from reached(document, tree, settings, wanted.arguments.get("module", ""), span)
    yield document.edit(place, f"{'@' if bound else ''}{settings}.{name}")


def _literal(document: Document, tree: ast.Module, span: Span, literal: str) -> tuple[Span, bool]:
    """Where the literal stands, and whether that is within a text."""
    inside = [each for each in ast.walk(tree) if isinstance(each, ast.expr) and _is_within(document, each, span)]
    places = [(found, False) for each in inside if document.written(found := span_of(document, each)) == literal]
    if not places:
        texts = [each for each in inside if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        places = [(found, True) for each in texts for found in _quoted(document, span_of(document, each), literal)]
    if len(places) != 1:
        raise RefusedError(f"{literal} stands there {len(places)} times, not once")
    return places[0]


def _is_within(document: Document, node: ast.expr, span: Span) -> bool:
    if not span.line <= node.lineno <= (node.end_lineno or 0) <= span.end_line:
        return False
    found = span_of(document, node)
    return (span.line, span.column) <= (found.line, found.column) and (found.end_line, found.end_column) <= (
        span.end_line,
        span.end_column,
    )


def _quoted(document: Document, span: Span, literal: str) -> Iterator[Span]:
    start = document.offset(span.line, span.column)
    for found in re.finditer(rf"(?<![\w.@]){re.escape(literal)}(?![\w.])", document.written(span)):
        yield document.span(start + found.start(), start + found.end())


def _names(wanted: Wanted) -> tuple[str, ...]:
    """What the field may be called, the best first: one word alone says too little among settings."""
    name = wanted.arguments["name"].lower().removeprefix(_RESERVED)
    symbol = wanted.finding.symbol.rpartition(".")[2].strip("_").lower()
    stem = wanted.finding.place.path.rpartition("/")[2].partition(".")[0].lower()
    longer = [f"{each}_{name}".removeprefix(_RESERVED) for each in (symbol, stem) if each]
    names = [name, *longer] if "_" in name else [*longer, name]
    return tuple(each for each in names if each.isidentifier())


def _field(home: Document, klass: str, names: tuple[str, ...], literal: str) -> tuple[str, list[Edit]]:
    """The name of the field, and the edit that adds it where it is not there."""
    tree = parsed(home)
    body = next((each.body for each in tree.body if isinstance(each, ast.ClassDef) and each.name == klass), None)
    if body is None:
        raise RefusedError(f"{home.path} has no class {klass} any more")
    taken = {name for statement in body for name in _defined(statement)}
    for name in names:
        default = _default(home, body, name)
        if default == literal:
            return name, []
        if name not in taken:
            return name, [_added(home, body, f"{name}: {_kind(literal)} = {literal}")]
    raise RefusedError(f"{klass} has other fields of that name")


def _kind(literal: str) -> str:
    if literal.endswith(("'", '"')):
        return "str"
    return "int" if literal.lstrip("-").isdigit() else "float"


def _defined(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield statement.name
    yield from (
        each.id for each in ast.walk(statement) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    )


def _default(home: Document, body: list[ast.stmt], name: str) -> str | None:
    for each in body:
        if (
            isinstance(each, ast.AnnAssign)
            and isinstance(each.target, ast.Name)
            and each.target.id == name
            and each.value
        ):
            return home.written(span_of(home, each.value))
    return None


def _added(home: Document, body: list[ast.stmt], field: str) -> Edit:
    """Behind the last field, and what is said of it."""
    fields = [number for number, each in enumerate(body) if _is_field(each)]
    if not fields:
        raise RefusedError(f"no field shows how those of {home.path} are written")
    last = fields[-1]
    statement = body[last]
    if last + 1 < len(body) and isinstance(text := body[last + 1], ast.Expr) and isinstance(text.value, ast.Constant):
        statement = text
    first, end = whole_lines(home, statement)
    line = home.line(first)
    indent = line[: len(line) - len(line.lstrip())]
    if end >= len(home.starts):
        return home.insert(end, len(home.line(end)) + 1, f"\n{indent}{field}")
    return home.insert(end + 1, 1, f"{indent}{field}\n")


def _is_field(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
        return False
    return not statement.target.id.startswith(("_", "model_config")) and "ClassVar" not in ast.dump(
        statement.annotation
    )
