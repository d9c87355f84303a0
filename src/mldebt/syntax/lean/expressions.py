"""Lean expressions, one function a type of ``ast``."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import libcst as cst

from mldebt.syntax.children import calls
from mldebt.syntax.lean.formatted import formatted, is_formatted
from mldebt.syntax.lean.making import Node, maker
from mldebt.syntax.lean.making import attribute as _attribute
from mldebt.syntax.lean.making import name as _name
from mldebt.syntax.lean.texts import is_one, joined_strings
from mldebt.syntax.names import called_name

if TYPE_CHECKING:
    from mldebt.syntax.lean.builder import Builder

NO_COMMA = cst.MaybeSentinel.DEFAULT
NO_SPACE = cst.SimpleWhitespace("")
ASYNCHRONOUS = cst.Asynchronous()

_simple = maker(cst.SimpleString, "value")
_joined = maker(cst.ConcatenatedString, "left", "right")
_number = {
    kind: maker(node, "value") for kind, node in ((int, cst.Integer), (float, cst.Float), (complex, cst.Imaginary))
}
_call = maker(cst.Call, "func", "args")
_argument = maker(cst.Arg, "value", "keyword", "star", comma=NO_COMMA, whitespace_after_arg=NO_SPACE)
_binary = maker(cst.BinaryOperation, "left", "operator", "right")
_boolean = maker(cst.BooleanOperation, "left", "operator", "right")
_unary = maker(cst.UnaryOperation, "operator", "expression")
_comparison = maker(cst.Comparison, "left", "comparisons")
_target = maker(cst.ComparisonTarget, "operator", "comparator")
_conditional = maker(cst.IfExp, "test", "body", "orelse")
_lambda = maker(cst.Lambda, "params", "body")
_dict = maker(cst.Dict, "elements")
_pair = maker(cst.DictElement, "key", "value", comma=NO_COMMA)
_merged = maker(cst.StarredDictElement, "value")
_element = maker(cst.Element, "value", comma=NO_COMMA)
_starred = maker(cst.StarredElement, "value")
_dict_comprehension = maker(cst.DictComp, "key", "value", "for_in")
_clause = maker(cst.CompFor, "target", "iter", "ifs", "inner_for_in", "asynchronous")
_condition = maker(cst.CompIf, "test")
_await = maker(cst.Await, "expression")
_yield = maker(cst.Yield, "value")
_from = maker(cst.From, "item")
_subscript = maker(cst.Subscript, "value", "slice")
_subscript_element = maker(cst.SubscriptElement, "slice")
_index = maker(cst.Index, "value", "star")
_slice = maker(cst.Slice, "lower", "upper", "step")
_named = maker(cst.NamedExpr, "target", "value")
_parameters = maker(cst.Parameters, "params", "star_arg", "kwonly_params", "star_kwarg", "posonly_params")
_parameter = maker(cst.Param, "name", "annotation", "default", "star", comma=NO_COMMA)
_annotation = maker(cst.Annotation, "annotation")

_ellipsis = maker(cst.Ellipsis)
_PARAMETER_STAR = cst.ParamStar()
_OPERATORS: Mapping[type[ast.AST], Node] = {
    getattr(ast, mine): kind()
    for mine, kind in {
        "Add": cst.Add, "Sub": cst.Subtract, "Mult": cst.Multiply, "MatMult": cst.MatrixMultiply, "Div": cst.Divide,
        "Mod": cst.Modulo, "Pow": cst.Power, "LShift": cst.LeftShift, "RShift": cst.RightShift, "BitOr": cst.BitOr,
        "BitXor": cst.BitXor, "BitAnd": cst.BitAnd, "FloorDiv": cst.FloorDivide, "And": cst.And, "Or": cst.Or,
        "Invert": cst.BitInvert, "Not": cst.Not, "UAdd": cst.Plus, "USub": cst.Minus, "Eq": cst.Equal,
        "NotEq": cst.NotEqual, "Lt": cst.LessThan, "LtE": cst.LessThanEqual, "Gt": cst.GreaterThan,
        "GtE": cst.GreaterThanEqual, "Is": cst.Is, "IsNot": cst.IsNot, "In": cst.In, "NotIn": cst.NotIn,
    }.items()
}  # fmt: skip


def _attribute_of(builder: Builder, node: ast.Attribute) -> Node:
    return _attribute(builder.expression(node.value), _name(node.attr))


def _constant(builder: Builder, node: ast.Constant) -> Node:
    value = node.value
    if isinstance(value, (str, bytes)):
        return _string(builder, node)
    if value is None or value is True or value is False:
        return _name(str(value))
    if value is ...:
        return _ellipsis()
    return _number[type(value)](builder.text.of(node))


def _string(builder: Builder, node: ast.Constant | ast.JoinedStr) -> Node:
    written = builder.text.of(node)
    if is_one(written):
        return _simple(written)
    strings = joined_strings(written)
    if strings is None:
        return _parsed(builder, written)
    made = _simple(strings.pop())
    while strings:
        made = _joined(_simple(strings.pop()), made)
    return made


def _parsed(builder: Builder, written: str) -> Node:
    """What only libcst knows how to take apart, as strings that are joined and formatted."""
    made = cst.parse_expression(f"({written})")
    builder.called.update(called_name(each.func) for each in calls(made))
    return made


def _formatted_string(builder: Builder, node: ast.JoinedStr) -> Node:
    written = builder.text.of(node)
    strings = [written] if is_one(written) else joined_strings(written)
    made: Node = None
    for each in reversed(strings or ()):
        try:
            one = formatted(each, builder.apart) if is_formatted(each) else _simple(each)
        except (SyntaxError, ValueError):
            one = None
        if one is None:
            return _parsed(builder, written)
        made = one if made is None else _joined(one, made)
    return _parsed(builder, written) if made is None else made


def _call_of(builder: Builder, node: ast.Call) -> Node:
    func = builder.expression(node.func)
    if type(func) is cst.Attribute:
        builder.called.add(func.attr.value)
    elif type(func) is cst.Name:  # ``None(a)``, too, which is no name to ``ast``
        builder.called.add(func.value)
    return _call(func, arguments(builder, node.args, node.keywords))


def arguments(builder: Builder, args: Sequence[ast.expr], keywords: Sequence[ast.keyword]) -> list[Node]:
    """The arguments of a call, or of the head of a class, as they are written."""
    made = []
    starred = False
    for each in args:
        if type(each) is ast.Starred:
            starred = True
            made.append(_argument(builder.expression(each.value), None, "*"))
        else:
            made.append(_argument(builder.expression(each), None, ""))
    for keyword in keywords:
        name = None if keyword.arg is None else _name(keyword.arg)
        argument = _argument(builder.expression(keyword.value), name, "" if name is not None else "**")
        builder.places[id(argument)] = keyword
        made.append(argument)
    if starred and keywords:  # f(a=1, *b)
        written: list[ast.expr | ast.keyword] = [*args, *keywords]
        places = [(each.lineno, each.col_offset) for each in written]
        made = [each for _, each in sorted(zip(places, made, strict=True), key=lambda pair: pair[0])]
    return made


def _binary_of(builder: Builder, node: ast.BinOp) -> Node:
    return _binary(builder.expression(node.left), _OPERATORS[type(node.op)], builder.expression(node.right))


def _boolean_of(builder: Builder, node: ast.BoolOp) -> Node:
    operator = _OPERATORS[type(node.op)]
    builder.deep.reached(len(node.values) - 1)
    made = builder.expression(node.values[0])
    for value in node.values[1:]:
        made = _boolean(made, operator, builder.expression(value))
    return made


def _unary_of(builder: Builder, node: ast.UnaryOp) -> Node:
    return _unary(_OPERATORS[type(node.op)], builder.expression(node.operand))


def _comparison_of(builder: Builder, node: ast.Compare) -> Node:
    left = builder.expression(node.left)
    targets = [
        _target(_OPERATORS[type(operator)], builder.expression(right))
        for operator, right in zip(node.ops, node.comparators, strict=True)
    ]
    return _comparison(left, targets)


def _conditional_of(builder: Builder, node: ast.IfExp) -> Node:
    body = builder.expression(node.body)
    return _conditional(builder.expression(node.test), body, builder.expression(node.orelse))


def _lambda_of(builder: Builder, node: ast.Lambda) -> Node:
    return _lambda(parameters(builder, node.args), builder.expression(node.body))


def parameters(builder: Builder, node: ast.arguments) -> Node:
    """The parameters of a function."""
    placed = [*node.posonlyargs, *node.args]
    defaults: list[ast.expr | None] = [*[None] * (len(placed) - len(node.defaults)), *node.defaults]
    made = [_parameter_of(builder, each, default) for each, default in zip(placed, defaults, strict=True)]
    star: Node = cst.MaybeSentinel.DEFAULT
    if node.vararg is not None:
        star = _parameter_of(builder, node.vararg, None, "*")
    elif node.kwonlyargs:
        star = _PARAMETER_STAR
    only = [
        _parameter_of(builder, each, default) for each, default in zip(node.kwonlyargs, node.kw_defaults, strict=True)
    ]
    rest = None if node.kwarg is None else _parameter_of(builder, node.kwarg, None, "**")
    count = len(node.posonlyargs)
    return _parameters(made[count:], star, only, rest, made[:count])


def _parameter_of(builder: Builder, node: ast.arg, default: ast.expr | None, star: str = "") -> Node:
    made = _parameter(_name(node.arg), annotation(builder, node.annotation), builder.optional(default), star)
    builder.places[id(made)] = node
    return made


def annotation(builder: Builder, node: ast.expr | None) -> Node:
    return None if node is None else _annotation(builder.expression(node))


def _dict_of(builder: Builder, node: ast.Dict) -> Node:
    return _dict(
        [
            _merged(builder.expression(value))
            if key is None
            else _pair(builder.expression(key), builder.expression(value))
            for key, value in zip(node.keys, node.values, strict=True)
        ]
    )


def elements(builder: Builder, nodes: Sequence[ast.expr]) -> list[Node]:
    """The elements of a display."""
    return [
        _starred(builder.expression(each.value)) if type(each) is ast.Starred else _element(builder.expression(each))
        for each in nodes
    ]


def _display(kind: type[cst.CSTNode]) -> Callable[[Builder, ast.List | ast.Tuple | ast.Set], Node]:
    make = maker(kind, "elements")
    return lambda builder, node: make(elements(builder, node.elts))


def _starred_of(builder: Builder, node: ast.Starred) -> Node:
    return _starred(builder.expression(node.value))


def _comprehension(
    kind: type[cst.CSTNode],
) -> Callable[[Builder, ast.ListComp | ast.SetComp | ast.GeneratorExp], Node]:
    make = maker(kind, "elt", "for_in")
    return lambda builder, node: make(builder.expression(node.elt), _clauses(builder, node.generators))


def _dict_comprehension_of(builder: Builder, node: ast.DictComp) -> Node:
    return _dict_comprehension(
        builder.expression(node.key), builder.expression(node.value), _clauses(builder, node.generators)
    )


def _clauses(builder: Builder, generators: Sequence[ast.comprehension]) -> Node:
    made = None
    builder.deep.reached(len(generators) - 1)
    for each in reversed(generators):
        conditions = [_condition(builder.expression(test)) for test in each.ifs]
        target, iterated = builder.expression(each.target), builder.expression(each.iter)
        made = _clause(target, iterated, conditions, made, ASYNCHRONOUS if each.is_async else None)
    return made


def _await_of(builder: Builder, node: ast.Await) -> Node:
    return _await(builder.expression(node.value))


def _yield_of(builder: Builder, node: ast.Yield) -> Node:
    return _yield(builder.optional(node.value))


def _yield_from(builder: Builder, node: ast.YieldFrom) -> Node:
    return _yield(_from(builder.expression(node.value)))


def _subscript_of(builder: Builder, node: ast.Subscript) -> Node:
    index = node.slice
    parts = index.elts if type(index) is ast.Tuple and not _is_parenthesised(builder, index) else [index]
    return _subscript(
        builder.expression(node.value), [_subscript_element(_subscripted(builder, each)) for each in parts]
    )


def _is_parenthesised(builder: Builder, node: ast.Tuple) -> bool:
    written = builder.text.of(node)
    if written[0] != "(":
        return False
    if written[-1] != ")" or not node.elts:
        return not node.elts
    first = node.elts[0]  # "(a), (b)" begins and ends with parentheses, too
    if (first.lineno, first.col_offset) == (node.lineno, node.col_offset):
        return False
    return bool(_parsed(builder, written).lpar[1:])


def _subscripted(builder: Builder, node: ast.expr) -> Node:
    if type(node) is ast.Slice:
        return _slice(builder.optional(node.lower), builder.optional(node.upper), builder.optional(node.step))
    if type(node) is ast.Starred:
        return _index(builder.expression(node.value), "*")
    return _index(builder.expression(node), None)


def _named_of(builder: Builder, node: ast.NamedExpr) -> Node:
    return _named(builder.expression(node.target), builder.expression(node.value))


MAKERS: Mapping[type[ast.AST], Callable[..., Node]] = {
    ast.Name: lambda builder, node: _name(node.id),
    ast.Attribute: _attribute_of,
    ast.Constant: _constant,
    ast.JoinedStr: _formatted_string,
    ast.Call: _call_of,
    ast.BinOp: _binary_of,
    ast.BoolOp: _boolean_of,
    ast.UnaryOp: _unary_of,
    ast.Compare: _comparison_of,
    ast.IfExp: _conditional_of,
    ast.Lambda: _lambda_of,
    ast.Dict: _dict_of,
    ast.List: _display(cst.List),
    ast.Tuple: _display(cst.Tuple),
    ast.Set: _display(cst.Set),
    ast.Starred: _starred_of,
    ast.ListComp: _comprehension(cst.ListComp),
    ast.SetComp: _comprehension(cst.SetComp),
    ast.GeneratorExp: _comprehension(cst.GeneratorExp),
    ast.DictComp: _dict_comprehension_of,
    ast.Await: _await_of,
    ast.Yield: _yield_of,
    ast.YieldFrom: _yield_from,
    ast.Subscript: _subscript_of,
    ast.NamedExpr: _named_of,
}
