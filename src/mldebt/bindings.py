"""What a Python file calls by a name, as fixes see it: names and imports that die with code, or that it needs."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from mldebt.edits import Document, RefusedError
from mldebt.model import Edit, Span
from mldebt.statements import TROUBLE, span_of, whole_lines, with_surroundings, without

# --- imports that die with it ----------------------------------------------------------------------

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def dying_imports(document: Document, tree: ast.Module, edits: Sequence[Edit], dead: str = "") -> Iterator[Edit]:
    """Imports of the module that nothing uses any more once the edits are made, and those of the name ``dead``,
    which is not there any more: where one cannot be taken out, that is refused."""
    after = document.rewritten(edits)
    dying = _unused(after) - _unused(document.text)
    for statement in tree.body:
        if not isinstance(statement, (ast.Import, ast.ImportFrom)):
            continue
        must = isinstance(statement, ast.ImportFrom) and any(each.name == dead for each in statement.names)
        kept = [each for each in statement.names if each.name != dead and _told(statement, each) not in dying]
        try:
            for edit in _taken_out(document, statement, kept):
                if not any(_share_lines(edit, other) for other in edits):
                    yield edit
        except RefusedError:
            if must:
                raise


def _share_lines(one: Edit, other: Edit) -> bool:
    return one.span.line <= _last_line(other.span) and other.span.line <= _last_line(one.span)


def _last_line(span: Span) -> int:
    """What ends at the beginning of a line touches the one before."""
    return span.end_line - 1 if span.end_column == 1 and span.end_line > span.line else span.end_line


def _taken_out(document: Document, statement: ast.Import | ast.ImportFrom, kept: Sequence[ast.alias]) -> Iterator[Edit]:
    """The statement with these of its names, laid out as it is."""
    if len(kept) == len(statement.names):
        return
    if not kept:
        yield without(document, whole_lines(document, statement), False)
        return
    last: ast.alias | None = None  # of those that stay
    gone = False
    for each in statement.names:
        if each not in kept:
            gone = True
            continue
        if gone:
            # Up to the next that stays: with the commas between.
            first = statement.names[statement.names.index(last) + 1] if last is not None else statement.names[0]
            yield _deleted(document, span_of(document, first), span_of(document, each), behind=False)
        last, gone = each, False
    if gone and last is not None:
        yield _deleted(document, span_of(document, last), span_of(document, statement.names[-1]), behind=True)


def _deleted(document: Document, first: Span, last: Span, *, behind: bool) -> Edit:
    """From the beginning of ``first`` to that of ``last``, or ``behind`` both."""
    if behind:
        span = Span(first.end_line, first.end_column, last.end_line, last.end_column)
    else:
        span = Span(first.line, first.column, last.line, last.column)
    if "#" in document.written(span):
        raise RefusedError("a comment stands among the names of an import")
    return document.edit(span, "")


def dying_names(document: Document, tree: ast.Module, edits: Sequence[Edit]) -> Iterator[Edit]:
    """Private functions, classes and constants of the module that something used before the edits and nothing
    uses afterwards."""
    edits = list(edits)
    while True:
        try:
            left = _loaded(document.rewritten(edits))
        except TROUBLE:
            raise RefusedError("what is left cannot be parsed") from None
        used = _loaded(document.text)
        found = [
            edit
            for statement in tree.body
            for name in _private(statement)
            if name in used and name not in left
            for edit in [without(document, with_surroundings(document, statement), False)]
            if not any(_share_lines(edit, other) for other in edits)
        ]
        if not found:
            return
        yield from found
        edits += found


def _private(statement: ast.stmt) -> Iterator[str]:
    name = ""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        name = statement.name
    elif (
        isinstance(statement, ast.Assign) and len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name)
    ):
        name = statement.targets[0].id
    if name.startswith("_") and not name.startswith("__"):
        yield name


def _loaded(text: str) -> frozenset[str]:
    """The names that a text mentions other than where it binds them; a function that calls itself does not count."""
    found: set[str] = set()
    for statement in ast.parse(text).body:
        own = {*_private(statement)}
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                found.update({node.id} - own)
            elif isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return frozenset(found)


def _unused(text: str) -> frozenset[str]:
    """The names that imports bind and nothing uses, as pyflakes sees it."""
    from pyflakes.checker import Checker
    from pyflakes.messages import UnusedImport

    try:
        found = Checker(ast.parse(text)).messages
    except TROUBLE:
        return frozenset()
    return frozenset(str(each.message_args[0]) for each in found if isinstance(each, UnusedImport))


def _told(statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    """An imported name as pyflakes tells of it."""
    name = alias.name
    if isinstance(statement, ast.ImportFrom):
        module = "." * statement.level + (statement.module or "")
        name = f"{module}{name}" if module.endswith(".") else f"{module}.{name}"
    return f"{name} as {alias.asname}" if alias.asname and alias.asname != alias.name else name


# --- names that are used anew ----------------------------------------------------------------------


def reached(document: Document, tree: ast.Module, expression: str, module: str, at: Span) -> Iterator[Edit]:
    """What has to be added so that ``expression`` (a dotted name or a literal) means at ``at`` what it means at
    the top of the module: its import from ``module``, unless that is "". Raises ``RefusedError`` where another
    thing has its name, or where it is not there yet."""
    name = expression.partition(".")[0].partition("(")[0]
    if not name.isidentifier():
        return
    bound = list(_binding(tree, name, at))
    if module:
        if bound:
            raise RefusedError(f"`{name}` is another thing in {document.path}")
        yield _import(document, tree, module, name, at)
        return
    around = _function_at(tree, at)
    if around is not None and bound == [arg for arg in _parameters(around) if arg.arg == name]:
        return
    if len(bound) != 1 or bound[0] not in {each for one in tree.body for each in (one, *_targets(one))}:
        raise RefusedError(f"`{name}` is not bound once, at the top of {document.path}")
    if around is None and bound[0].lineno >= at.line:
        raise RefusedError(f"`{name}` is not there yet")


def _import(document: Document, tree: ast.Module, module: str, name: str, at: Span) -> Edit:
    """With what is imported from there already, else behind the last import at the top, before which it is used
    nowhere, or behind what begins a module."""
    imports = [each for each in tree.body if isinstance(each, (ast.Import, ast.ImportFrom))]
    for each in imports:
        if isinstance(each, ast.ImportFrom) and _module(each) == module:
            last = span_of(document, each.names[-1])
            if each.names[-1].name != "*" and last.end_line < at.line:
                return document.insert(last.end_line, last.end_column, f", {name}")
    line = _among(document, imports, module)
    if line is not None and line <= at.line:
        return document.insert(line, 1, f"from {module} import {name}\n")
    gap = "" if imports or not any(map(_is_text, tree.body[:1])) else "\n"
    return document.insert(line_behind_imports(document, tree, at), 1, f"{gap}from {module} import {name}\n")


def _among(document: Document, imports: Sequence[ast.Import | ast.ImportFrom], module: str) -> int | None:
    """The line where an import stands in order among those of the same package."""
    root = module.partition(".")[0]
    family = [each for each in imports if isinstance(each, ast.ImportFrom) and _module(each).partition(".")[0] == root]
    before = [each for each in family if _module(each) < module]
    if before:
        return whole_lines(document, before[-1])[1] + 1
    return whole_lines(document, family[0])[0] if family else None


def _module(statement: ast.ImportFrom) -> str:
    return "." * statement.level + (statement.module or "")


def line_behind_imports(document: Document, tree: ast.Module, at: Span) -> int:
    """The line where something new can be put: behind the imports at the top, else behind what a module begins with.
    Raises ``RefusedError`` when that is not before ``at``."""
    imports: list[ast.stmt] = [each for each in tree.body if isinstance(each, (ast.Import, ast.ImportFrom))]
    behind = imports[-1:] or [each for each in tree.body[:1] if _is_text(each)]
    line = whole_lines(document, behind[0])[1] if behind else _heading(document)
    if line >= at.line:
        raise RefusedError("it stands before the imports")
    return line + 1


def binds(tree: ast.Module, name: str, at: Span) -> bool:
    """Does anything bind ``name`` for a place?"""
    return any(True for _ in _binding(tree, name, at))


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _heading(document: Document) -> int:
    """The last of the comment lines that a file begins with."""
    line = 0
    while document.line(line + 1).startswith("#"):
        line += 1
    return line


def _function_at(tree: ast.Module, at: Span) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The innermost function whose body holds a place."""
    functions = (each for each in ast.walk(tree) if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef)))
    around = [each for each in functions if each.body[0].lineno <= at.line <= (each.end_lineno or each.lineno)]
    return around[-1] if around else None  # they come from the outside in


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    args = function.args
    return [*args.posonlyargs, *args.args, *args.kwonlyargs]


def _binding(tree: ast.Module, name: str, at: Span) -> Iterator[ast.stmt | ast.expr | ast.arg]:
    """Everything that may bind ``name`` for a place: in the module, and in the functions that the place is in."""
    for node in _seen_from(tree, at):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [(each.asname or each.name).partition(".")[0] for each in node.names]
            yield from (node for each in names if each == name)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            if node.name == name:
                yield node
        elif isinstance(node, ast.Name):
            if node.id == name and not isinstance(node.ctx, ast.Load):
                yield node
        elif isinstance(node, ast.arg):
            if node.arg == name:
                yield node
        elif getattr(node, "name", None) == name and isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)):
            yield tree.body[0]  # wherever it is: it is not at the top
    if any(isinstance(node, ast.Global) and name in node.names for node in ast.walk(tree)):
        yield tree.body[0]


def _seen_from(tree: ast.Module, at: Span) -> Iterator[ast.AST]:
    """All nodes but those within functions that a place is not in."""
    queue: list[ast.AST] = [tree]
    while queue:
        node = queue.pop()
        yield node
        if not isinstance(node, _FUNCTIONS) or node.lineno <= at.line <= (node.end_lineno or node.lineno):
            queue.extend(ast.iter_child_nodes(node))


def _targets(statement: ast.stmt) -> Iterator[ast.expr]:
    if isinstance(statement, ast.Assign):
        yield from statement.targets
    elif isinstance(statement, ast.AnnAssign):
        yield statement.target
