"""``parse-boolean``: have the text of an environment variable parsed where it is read, so that "false" is false.

Arguments: ``value``, the function that parses, as the file writes it, ``module``, what it has to be imported from,
``name``, what it is called in the file ``home`` that defines it; without ``home`` there is none yet, and it is written
into this file. The place is that of the read. A name that holds the text may be used in tests, and in nothing that
wants a text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from mldebt.bindings import binds, line_behind_imports, reached
from mldebt.edits import Document, RefusedError
from mldebt.model import Edit, Span
from mldebt.recipes import Wanted
from mldebt.statements import parsed, span_of

_FUNCTION = '''\
def {name}(text: str) -> bool:
    """What the text of a variable says: "true", "yes", "on" and "1" are true, whatever their case."""
    return text.strip().lower() in {{"1", "on", "true", "yes"}}
'''
_APART = 2  # blank lines between functions
_OF_A_NAME = frozenset({"name", "key", "var", "variable", "env", "option", "section"})


def realise(wanted: Wanted) -> Iterator[Edit]:
    document, span, parser = wanted.document, wanted.finding.place.span, wanted.arguments["value"]
    tree = parsed(document)
    read, around = _read(document, tree, span)
    _refuse_texts(tree, read, around)
    if "home" not in wanted.arguments:
        if binds(tree, parser, span):
            raise RefusedError(f"`{parser}` is another thing in {document.path}")
        yield _defined(document, line_behind_imports(document, tree, span), _FUNCTION.format(name=parser))
    else:
        _refuse_other_parsers(parsed(wanted.open(wanted.arguments["home"])), wanted.arguments["name"])
        yield from reached(document, tree, parser, wanted.arguments.get("module", ""), span)
    outer = around[0] if around and _is_bool(around[0]) else None
    yield from _wrapped(document, read, outer, parser)


def _defined(document: Document, line: int, function: str) -> Edit:
    """A function between two blank lines and two more."""
    follow = 0
    while follow < _APART and line + follow <= len(document.starts) and not document.line(line + follow).strip():
        follow += 1
    before = "" if line == 1 else "\n" * _APART
    return document.insert(line, 1, f"{before}{function}" + "\n" * (_APART - follow))


def _read(document: Document, tree: ast.Module, span: Span) -> tuple[ast.Call | ast.Subscript, list[ast.AST]]:
    """The read of the variable, and the nodes around it, the nearest first."""
    queue: list[tuple[ast.AST, list[ast.AST]]] = [(tree, [])]
    while queue:
        node, around = queue.pop()
        if isinstance(node, (ast.Call, ast.Subscript)) and span_of(document, node) == span:
            return node, around
        queue += [(each, [node, *around]) for each in ast.iter_child_nodes(node)]
    raise RefusedError("the variable is not read there any more")


def _is_bool(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "bool"


def _refuse_texts(tree: ast.Module, read: ast.expr, around: list[ast.AST]) -> None:
    """Raises ``RefusedError`` where the text may be wanted as a text."""
    statement = next((each for each in around if isinstance(each, ast.stmt)), tree)
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or statement.value is not read:
        return
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    names = {each.id for each in targets if isinstance(each, ast.Name)}
    if len(names) != len(targets):
        raise RefusedError("what holds the text is more than a name")
    tests = {id(each) for node in ast.walk(tree) for each in _tested(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in names and isinstance(node.ctx, ast.Load) and id(node) not in tests:
            raise RefusedError(f"`{node.id}` is used as a text, too")


def _tested(node: ast.AST) -> Iterator[ast.AST]:
    """The operands of which nothing but the truth is asked."""
    if isinstance(node, (ast.If, ast.While, ast.IfExp, ast.Assert)):
        yield from _operands(node.test)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield from _operands(node.operand)
    elif isinstance(node, ast.comprehension):
        for each in node.ifs:
            yield from _operands(each)


def _operands(test: ast.expr) -> Iterator[ast.expr]:
    if isinstance(test, ast.BoolOp):
        for each in test.values:
            yield from _operands(each)
    else:
        yield test


def _refuse_other_parsers(tree: ast.Module, name: str) -> None:
    """Raises ``RefusedError`` for a function of the name that asks for more than a text, or for a variable's name."""
    for each in tree.body:
        if isinstance(each, ast.FunctionDef) and each.name == name:
            args = each.args
            asked = [*args.posonlyargs, *args.args]
            required = asked[: len(asked) - len(args.defaults)]
            if len(required) == 1 and None not in args.kw_defaults and not _OF_A_NAME & set(required[0].arg.split("_")):
                return
    raise RefusedError(f"`{name}` does not parse one text")


def _wrapped(document: Document, read: ast.Call | ast.Subscript, outer: ast.AST | None, parser: str) -> Iterator[Edit]:
    """The read within the parser, with a text for its default; ``bool()`` around it gives way."""
    if isinstance(read, ast.Call):
        yield from _texted(document, read)
    whole = span_of(document, read)
    if isinstance(outer, ast.Call):
        yield document.edit(span_of(document, outer.func), parser)
        return
    yield document.insert(whole.line, whole.column, f"{parser}(")
    yield document.insert(whole.end_line, whole.end_column, ")")


def _texted(document: Document, read: ast.Call) -> Iterator[Edit]:
    """The default as a text, "false" where there is none."""
    given = [*read.args[1:2], *(each.value for each in read.keywords if each.arg == "default")]
    if not given:
        end = span_of(document, read)
        yield document.insert(end.end_line, end.end_column - 1, ', "false"')
        return
    default = given[0]
    if not isinstance(default, ast.Constant) or not isinstance(default.value, (str, bool, int, type(None))):
        raise RefusedError("its default is no text that is known")
    if not isinstance(default.value, str):
        yield document.edit(span_of(document, default), f'"{str(bool(default.value)).lower()}"')
