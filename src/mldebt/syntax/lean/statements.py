"""Lean statements, one function a type of ``ast``."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import libcst as cst

from mldebt.syntax.complexity import MAX_ELIFS, ExcessError
from mldebt.syntax.lean.expressions import ASYNCHRONOUS, annotation, arguments, elements, parameters
from mldebt.syntax.lean.making import Node, dotted, maker
from mldebt.syntax.lean.making import name as _name

if TYPE_CHECKING:
    from mldebt.syntax.lean.builder import Builder

_EMPTY = cst.TrailingWhitespace()
_PLAIN: dict[str, Any] = {"leading_lines": ()}
_module = maker(cst.Module, "body", header=(), footer=())
_block = maker(cst.IndentedBlock, "body", header=_EMPTY, footer=())
_suite_line = maker(cst.SimpleStatementSuite, "body", trailing_whitespace=_EMPTY)
_line = maker(cst.SimpleStatementLine, "body", trailing_whitespace=_EMPTY, **_PLAIN)
_expr = maker(cst.Expr, "value")
_assign = maker(cst.Assign, "targets", "value")
_assign_target = maker(cst.AssignTarget, "target")
_augmented = maker(cst.AugAssign, "target", "operator", "value")
_annotated = maker(cst.AnnAssign, "target", "annotation", "value")
_return = maker(cst.Return, "value")
_del = maker(cst.Del, "target")
_tuple = maker(cst.Tuple, "elements")
_raise = maker(cst.Raise, "exc", "cause")
_from = maker(cst.From, "item")
_assert = maker(cst.Assert, "test", "msg")
_name_item = maker(cst.NameItem, "name")
_global = maker(cst.Global, "names")
_nonlocal = maker(cst.Nonlocal, "names")
_import = maker(cst.Import, "names")
_import_from = maker(cst.ImportFrom, "module", "names", "relative")
_alias = maker(cst.ImportAlias, "name", "asname")
_as_name = maker(cst.AsName, "name")
_DEFINED: dict[str, Any] = {**_PLAIN, "lines_after_decorators": ()}
_function = maker(
    cst.FunctionDef, "name", "params", "body", "decorators", "returns", "type_parameters", "asynchronous", **_DEFINED
)
_class = maker(cst.ClassDef, "name", "body", "bases", "keywords", "decorators", "type_parameters", **_DEFINED)
_decorator = maker(cst.Decorator, "decorator", **_PLAIN)
_if = maker(cst.If, "test", "body", "orelse", **_PLAIN)
_else = maker(cst.Else, "body", **_PLAIN)
_for = maker(cst.For, "target", "iter", "body", "orelse", "asynchronous", **_PLAIN)
_while = maker(cst.While, "test", "body", "orelse", **_PLAIN)
_try = maker(cst.Try, "body", "handlers", "orelse", "finalbody", **_PLAIN)
_try_star = maker(cst.TryStar, "body", "handlers", "orelse", "finalbody", **_PLAIN)
_handler = maker(cst.ExceptHandler, "body", "type", "name", **_PLAIN)
_star_handler = maker(cst.ExceptStarHandler, "body", "type", "name", **_PLAIN)
_finally = maker(cst.Finally, "body", **_PLAIN)
_with = maker(cst.With, "items", "body", "asynchronous", **_PLAIN)
_item = maker(cst.WithItem, "item", "asname")
_match = maker(cst.Match, "subject", "cases", **_PLAIN)
_case = maker(cst.MatchCase, "pattern", "body", "guard", **_PLAIN)
_type_alias = maker(cst.TypeAlias, "name", "value", "type_parameters")
_type_parameters = maker(cst.TypeParameters, "params")
_type_parameter = maker(cst.TypeParam, "param", "default", "star")
_type_variable = maker(cst.TypeVar, "name", "bound")
_type_tuple = maker(cst.TypeVarTuple, "name")
_param_spec = maker(cst.ParamSpec, "name")
_pass, _break, _continue = maker(cst.Pass), maker(cst.Break), maker(cst.Continue)

_DOT = cst.Dot()
_STAR = cst.ImportStar()
_AUGMENTED: Mapping[type[ast.AST], Node] = {
    ast.Add: cst.AddAssign(), ast.Sub: cst.SubtractAssign(), ast.Mult: cst.MultiplyAssign(),
    ast.MatMult: cst.MatrixMultiplyAssign(), ast.Div: cst.DivideAssign(), ast.Mod: cst.ModuloAssign(),
    ast.Pow: cst.PowerAssign(), ast.LShift: cst.LeftShiftAssign(), ast.RShift: cst.RightShiftAssign(),
    ast.BitOr: cst.BitOrAssign(), ast.BitXor: cst.BitXorAssign(), ast.BitAnd: cst.BitAndAssign(),
    ast.FloorDiv: cst.FloorDivideAssign(),
}  # fmt: skip


# bodies ----------------------------------------------------------------------------------------


def module(builder: Builder, node: ast.Module) -> Node:
    return _module(_body(builder, node.body))


def _body(builder: Builder, body: Sequence[ast.stmt]) -> list[Node]:
    """Statements, those that share a line as one."""
    made: list[Node] = []
    line = 0
    for node in body:
        statement = builder.statement(node)
        if type(node) in _COMPOUND:
            made.append(statement)
            line = 0
        elif node.lineno == line:
            made[-1].body.append(statement)
            line = node.end_lineno or 0
        else:
            made.append(_line([statement]))
            line = node.end_lineno or 0
    return made


def _suite(builder: Builder, body: Sequence[ast.stmt]) -> Node:
    """What stands behind a colon."""
    if type(body[0]) in _COMPOUND or builder.text.begins_line(body[0]):
        return _block(_body(builder, body))
    return _suite_line([builder.statement(each) for each in body])


def _orelse(builder: Builder, body: Sequence[ast.stmt]) -> Node:
    return _else(_suite(builder, body)) if body else None


# small statements ------------------------------------------------------------------------------


def _assign_of(builder: Builder, node: ast.Assign) -> Node:
    targets = [_assign_target(builder.expression(each)) for each in node.targets]
    return _assign(targets, builder.expression(node.value))


def _augmented_of(builder: Builder, node: ast.AugAssign) -> Node:
    return _augmented(builder.expression(node.target), _AUGMENTED[type(node.op)], builder.expression(node.value))


def _annotated_of(builder: Builder, node: ast.AnnAssign) -> Node:
    target = builder.expression(node.target)
    return _annotated(target, annotation(builder, node.annotation), builder.optional(node.value))


def _del_of(builder: Builder, node: ast.Delete) -> Node:
    if len(node.targets) == 1:
        return _del(builder.expression(node.targets[0]))
    return _del(_tuple(elements(builder, node.targets)))


def _raise_of(builder: Builder, node: ast.Raise) -> Node:
    return _raise(builder.optional(node.exc), None if node.cause is None else _from(builder.expression(node.cause)))


def _import_from_of(builder: Builder, node: ast.ImportFrom) -> Node:
    names = _STAR if node.names[0].name == "*" else _aliases(node.names)
    return _import_from(dotted(node.module) if node.module else None, names, [_DOT] * node.level)


def _aliases(names: Sequence[ast.alias]) -> list[Node]:
    return [_alias(dotted(each.name), None if each.asname is None else _as_name(_name(each.asname))) for each in names]


def _names(names: Sequence[str]) -> list[Node]:
    return [_name_item(_name(each)) for each in names]


# compound statements ---------------------------------------------------------------------------


def _function_of(builder: Builder, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Node:
    name = _name(node.name)
    builder.places[id(name)] = node
    outer, builder.called = builder.called, set()
    decorators = _decorators(builder, node.decorator_list)
    made = _function(
        name, parameters(builder, node.args), _suite(builder, node.body), decorators,
        annotation(builder, node.returns), _typed(builder, node),
        ASYNCHRONOUS if type(node) is ast.AsyncFunctionDef else None,
    )  # fmt: skip
    builder.called_in[id(made)] = builder.called
    outer |= builder.called
    builder.called = outer
    return made


def _class_of(builder: Builder, node: ast.ClassDef) -> Node:
    name = _name(node.name)
    builder.places[id(name)] = node
    given = arguments(builder, node.bases, node.keywords)
    bases = [each for each in given if each.keyword is None and each.star != "**"]
    keywords = [each for each in given if each.keyword is not None or each.star == "**"]
    decorators = _decorators(builder, node.decorator_list)
    return _class(name, _suite(builder, node.body), bases, keywords, decorators, _typed(builder, node))


def _decorators(builder: Builder, nodes: Sequence[ast.expr]) -> list[Node]:
    return [_decorator(builder.expression(each)) for each in nodes]


def _typed(builder: Builder, node: Any) -> Node:
    """Type parameters, which ``ast`` has from Python 3.12 on."""
    params = getattr(node, "type_params", None)
    return _type_parameters([_type_parameter_of(builder, each) for each in params]) if params else None


def _type_parameter_of(builder: Builder, node: Any) -> Node:
    kind = type(node).__name__
    name = _name(node.name)
    if kind == "TypeVar":
        param, star = _type_variable(name, builder.optional(node.bound)), ""
    else:
        param, star = (_type_tuple(name), "*") if kind == "TypeVarTuple" else (_param_spec(name), "**")
    return _type_parameter(param, builder.optional(getattr(node, "default_value", None)), star)


def _if_of(builder: Builder, node: ast.If) -> Node:
    """An ``if`` with its chain of ``elif``, without recursion."""
    chain = [node]
    while _is_elif(builder, chain[-1].orelse):
        chain.append(chain[-1].orelse[0])  # type: ignore[arg-type]  # it is an if
        if len(chain) > MAX_ELIFS:
            raise ExcessError(f"it has more than {MAX_ELIFS} elif branches")
    last = _orelse(builder, chain[-1].orelse)
    for each in reversed(chain):
        last = _if(builder.expression(each.test), _suite(builder, each.body), last)
        builder.places[id(last)] = each
    return last


def _is_elif(builder: Builder, orelse: Sequence[ast.stmt]) -> bool:
    return (
        len(orelse) == 1
        and type(orelse[0]) is ast.If
        and builder.text.text.startswith("elif", builder.text.begin(orelse[0]))
    )


def _for_of(builder: Builder, node: ast.For | ast.AsyncFor) -> Node:
    return _for(
        builder.expression(node.target), builder.expression(node.iter), _suite(builder, node.body),
        _orelse(builder, node.orelse), ASYNCHRONOUS if type(node) is ast.AsyncFor else None,
    )  # fmt: skip


def _while_of(builder: Builder, node: ast.While) -> Node:
    return _while(builder.expression(node.test), _suite(builder, node.body), _orelse(builder, node.orelse))


def _try_of(builder: Builder, node: Any) -> Node:
    starred = type(node) is not ast.Try
    make, make_handler = (_try_star, _star_handler) if starred else (_try, _handler)
    body = _suite(builder, node.body)
    handlers = [
        make_handler(
            _suite(builder, each.body), builder.optional(each.type),
            None if each.name is None else _as_name(_name(each.name)),
        )
        for each in node.handlers
    ]  # fmt: skip
    final = _finally(_suite(builder, node.finalbody)) if node.finalbody else None
    return make(body, handlers, _orelse(builder, node.orelse), final)


def _with_of(builder: Builder, node: ast.With | ast.AsyncWith) -> Node:
    items = [
        _item(
            builder.expression(each.context_expr),
            None if each.optional_vars is None else _as_name(builder.expression(each.optional_vars)),
        )
        for each in node.items
    ]
    return _with(items, _suite(builder, node.body), ASYNCHRONOUS if type(node) is ast.AsyncWith else None)


def _match_of(builder: Builder, node: ast.Match) -> Node:
    cases = [
        _case(builder.pattern(each.pattern), _suite(builder, each.body), builder.optional(each.guard))
        for each in node.cases
    ]
    return _match(builder.expression(node.subject), cases)


def _type_alias_of(builder: Builder, node: Any) -> Node:
    return _type_alias(builder.expression(node.name), builder.expression(node.value), _typed(builder, node))


_COMPOUNDS: Mapping[type[ast.AST], Callable[..., Node]] = {
    ast.FunctionDef: _function_of,
    ast.AsyncFunctionDef: _function_of,
    ast.ClassDef: _class_of,
    ast.If: _if_of,
    ast.For: _for_of,
    ast.AsyncFor: _for_of,
    ast.While: _while_of,
    ast.Try: _try_of,
    ast.With: _with_of,
    ast.AsyncWith: _with_of,
    ast.Match: _match_of,
    **({ast.TryStar: _try_of} if hasattr(ast, "TryStar") else {}),  # from Python 3.11 on
}
_COMPOUND = frozenset(_COMPOUNDS)

MAKERS: Mapping[type[ast.AST], Callable[..., Node]] = {
    **_COMPOUNDS,
    ast.Expr: lambda builder, node: _expr(builder.expression(node.value)),
    ast.Assign: _assign_of,
    ast.AugAssign: _augmented_of,
    ast.AnnAssign: _annotated_of,
    ast.Return: lambda builder, node: _return(builder.optional(node.value)),
    ast.Delete: _del_of,
    ast.Raise: _raise_of,
    ast.Assert: lambda builder, node: _assert(builder.expression(node.test), builder.optional(node.msg)),
    ast.Global: lambda builder, node: _global(_names(node.names)),
    ast.Nonlocal: lambda builder, node: _nonlocal(_names(node.names)),
    ast.Import: lambda builder, node: _import(_aliases(node.names)),
    ast.ImportFrom: _import_from_of,
    ast.Pass: lambda builder, node: _pass(),
    ast.Break: lambda builder, node: _break(),
    ast.Continue: lambda builder, node: _continue(),
    **({ast.TypeAlias: _type_alias_of} if hasattr(ast, "TypeAlias") else {}),  # from Python 3.12 on
}
