"""A libcst module as the ``ast`` that the index reads, for source that this interpreter's ``ast`` refuses.

libcst reads syntax that is newer than the Python it runs on. The skeleton holds what the index looks
at and nothing else: imports, definitions, assignments, the statements around them, and of
expressions those that refer to something. It cannot be compiled.
"""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Iterable

import libcst as cst

from mldebt.syntax.names import dotted
from mldebt.syntax.positions import locate

_CONSTANTS = frozenset({"None", "True", "False"})  # names to libcst

Placed = list[tuple[cst.CSTNode, ast.ClassDef | ast.ImportFrom]]


def skeleton(module: cst.Module, text: str) -> ast.Module:
    """The skeleton of ``module``, which was read from ``text``. Only classes and imports of
    ``*`` have a place: their line."""
    placed: Placed = []
    body = _statements(module.body, placed)
    located = locate(module, text, [node for node, _ in placed])
    for node, tree in placed:
        tree.lineno = located[node].span.line
    return ast.Module(body=body, type_ignores=[])


def _statements(statements: Iterable[cst.CSTNode], placed: Placed) -> list[ast.stmt]:
    body: list[ast.stmt] = []
    for statement in statements:
        if type(statement) is cst.SimpleStatementLine:
            body += [_small(each, placed) for each in statement.body]
        else:
            body.append(_compound(statement, placed))
    return body


def _suite(holder: cst.CSTNode | None, placed: Placed) -> list[ast.stmt]:
    """The statements in the body of ``holder``: an ``else``, a handler, a case, ..."""
    suite = getattr(holder, "body", None)
    if type(suite) is cst.IndentedBlock:
        return _statements(suite.body, placed)
    return [_small(each, placed) for each in suite.body] if type(suite) is cst.SimpleStatementSuite else []


def _compound(node: cst.CSTNode, placed: Placed) -> ast.stmt:
    body = _suite(node, placed)
    if type(node) is cst.FunctionDef:
        return ast.FunctionDef(
            name=_identifier(node.name.value), args=_no_parameters(), body=body, decorator_list=_decorators(node)
        )
    if type(node) is cst.ClassDef:
        bases = [_nothing() if each.star else _reference(each.value) for each in node.bases]
        tree = ast.ClassDef(
            name=_identifier(node.name.value), bases=bases, keywords=[], body=body, decorator_list=_decorators(node)
        )
        placed.append((node, tree))
        return tree
    if type(node) is cst.If:
        chained = type(node.orelse) is cst.If
        orelse = [_compound(node.orelse, placed)] if chained and node.orelse else _suite(node.orelse, placed)
        return ast.If(test=_nothing(), body=body, orelse=orelse)
    if isinstance(node, (cst.Try, cst.TryStar)):
        return ast.Try(
            body=body,
            handlers=[ast.ExceptHandler(type=None, name=None, body=_suite(each, placed)) for each in node.handlers],
            orelse=_suite(node.orelse, placed),
            finalbody=_suite(node.finalbody, placed),
        )
    if type(node) is cst.Match:
        cases = [ast.match_case(pattern=ast.MatchAs(), guard=None, body=_suite(each, placed)) for each in node.cases]
        return ast.Match(subject=_nothing(), cases=cases)
    # For the index a loop and a with are a body, and perhaps an else.
    return ast.While(test=_nothing(), body=body, orelse=_suite(getattr(node, "orelse", None), placed))


def _small(node: cst.CSTNode, placed: Placed) -> ast.stmt:
    if type(node) is cst.Assign:
        return ast.Assign(targets=[_reference(each.target) for each in node.targets], value=_reference(node.value))
    if type(node) is cst.AnnAssign:
        value = _reference(node.value) if node.value is not None else None
        return ast.AnnAssign(target=_target(node.target), annotation=_nothing(), value=value, simple=1)
    if type(node) is cst.Import:
        return ast.Import(names=_aliases(node.names))
    if type(node) is cst.ImportFrom:
        module = _identifier(dotted(node.module)) if node.module is not None else None
        names = [ast.alias(name="*")] if isinstance(node.names, cst.ImportStar) else _aliases(node.names)
        tree = ast.ImportFrom(module=module, names=names, level=len(node.relative))
        if type(node.names) is cst.ImportStar:
            placed.append((node, tree))
        return tree
    return ast.Pass()


def _aliases(names: Iterable[cst.ImportAlias]) -> list[ast.alias]:
    return [
        ast.alias(
            name=_identifier(dotted(each.name)),
            asname=_identifier(dotted(each.asname.name)) if each.asname is not None else None,
        )
        for each in names
    ]


def _decorators(node: cst.FunctionDef | cst.ClassDef) -> list[ast.expr]:
    return [_reference(each.decorator) for each in node.decorators]


def _reference(node: cst.CSTNode) -> ast.expr:
    """Names, attributes, and what is called or subscribed; of all else only that it is there."""
    if type(node) is cst.Name:
        return ast.Name(id=_identifier(node.value)) if node.value not in _CONSTANTS else _nothing()
    if type(node) is cst.Attribute:
        return ast.Attribute(value=_reference(node.value), attr=_identifier(node.attr.value))
    if type(node) is cst.Call:
        return ast.Call(func=_reference(node.func), args=[], keywords=[])
    if type(node) is cst.Subscript:
        return ast.Subscript(value=_reference(node.value), slice=_nothing())
    return _nothing()


def _target(node: cst.CSTNode) -> ast.Name | ast.Attribute | ast.Subscript:
    found = _reference(node)
    assert isinstance(found, (ast.Name, ast.Attribute, ast.Subscript))  # nothing else can be annotated
    return found


def _nothing() -> ast.expr:
    return ast.Constant(value=None)


def _no_parameters() -> ast.arguments:
    return ast.arguments(posonlyargs=[], args=[], vararg=None, kwonlyargs=[], kw_defaults=[], kwarg=None, defaults=[])


def _identifier(name: str) -> str:
    """As Python reads it: ``ﬁt`` is ``fit``."""
    return name if name.isascii() else unicodedata.normalize("NFKC", name)
