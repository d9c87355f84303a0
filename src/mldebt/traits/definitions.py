"""Functions and classes: what their definitions bind, and the scopes that their bodies run in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import libcst as cst

from mldebt.syntax.names import dotted
from mldebt.traits.scopes import ClassBody, Function, Scope
from mldebt.traits.values import UNKNOWN, Value
from mldebt.traits.walker import Walker


def _function(walker: Walker, node: cst.FunctionDef) -> None:
    name = node.name.value
    klass = walker.scope.klass if walker.scope.kind == "class" else None
    walker.parents.append(node)
    for decorator in node.decorators:
        walker.expression(decorator)
    decorators = tuple(filter(None, (_decorated(walker, each.decorator) for each in node.decorators)))
    walker.parents.pop()
    function = Function(_prefix(walker) + name, node, walker.scope, klass, decorators=decorators)
    if klass is not None:
        klass.methods.setdefault(name, function)
    if not walker.quiet:
        walker.functions.append(function)
        walker.pending.append((function, tuple(walker.parents)))
    walker.bind(name, Value(f"@.{function.name}", function=function))


def _class(walker: Walker, node: cst.ClassDef) -> None:
    outer = walker.scope
    bases = []
    for base in node.bases:
        if base.keyword is None:
            found = walker.evaluator.value(_unsubscripted(base.value))
            bases.append(f"@.{found.klass.name}" if found.klass is not None else found.reference)
    name = _prefix(walker) + node.name.value
    walker.parents.append(node)
    for decorator in node.decorators:
        walker.expression(decorator)
    scope = Scope("class", name, outer)
    walker.inner_scopes.append(scope)
    klass = ClassBody(name, node, scope, tuple(filter(None, bases)))
    scope.klass = klass
    if not walker.quiet:
        walker.classes.append(klass)
    walker.classes_called.setdefault(f"@.{name}", {})[id(node)] = klass
    walker.enter(scope)
    walker.suite(node.body)
    walker.enter(outer)
    walker.parents.pop()
    walker.bind(node.name.value, Value(f"@.{name}", klass=klass))


def _prefix(walker: Walker) -> str:
    return f"{walker.scope.name}." if walker.scope.name else ""


def _decorated(walker: Walker, node: cst.BaseExpression) -> str:
    while type(node) is cst.Call:
        node = node.func
    return walker.evaluator.value(node).reference or dotted(node)


def _unsubscripted(node: cst.BaseExpression) -> cst.BaseExpression:
    return node.value if type(node) is cst.Subscript else node


def scope_of(walker: Walker, function: Function) -> Scope:
    """The scope that the body of ``function`` runs in, its parameters bound."""
    scope = Scope("function", function.name, function.scope, function=function, klass=function.klass)
    walker.inner_scopes.append(scope)
    params = function.node.params
    named = (*params.posonly_params, *params.params, *params.kwonly_params)
    for position, parameter in enumerate(named):
        scope.bindings[parameter.name.value] = _parameter(walker, parameter, position)
    for starred in (params.star_arg, params.star_kwarg):
        if type(starred) is cst.Param:
            scope.bindings[starred.name.value] = UNKNOWN
    first = params.posonly_params or params.params
    if function.klass is not None and first and not function.is_static:
        klass = function.klass
        if "classmethod" in function.decorators:
            scope.bindings[first[0].name.value] = Value(f"@.{klass.name}", klass=klass)
        else:
            scope.bindings[first[0].name.value] = Value(f"@.{klass.name}()", instance=klass)
    return scope


def _parameter(walker: Walker, parameter: cst.Param, position: int) -> Value:
    reference = annotated(walker, parameter.annotation) if parameter.annotation is not None else ""
    traits = walker.origins.attribute(reference, parameter.name) if reference else None
    if parameter.default is not None and type(parameter.default) is cst.Call:
        # FastAPI's Depends(get_settings): the parameter is what that call returns.
        callee = parameter.default
        if dotted(callee.func).rpartition(".")[2] in {"Depends", "Security"} and callee.args:
            given = walker.evaluator.value(callee.args[0].value)
            reference = f"{given.reference}()" if given.reference else reference
    value = Value(reference, parameter=position)
    return value.with_traits(traits) if traits else value


def annotated(walker: Walker, annotation: cst.Annotation | None) -> str:
    """``pkg.Class()`` for an annotation that names a class: an instance of it."""
    if annotation is None:
        return ""
    node = annotation.annotation
    if type(node) is cst.Subscript and dotted(node.value).rpartition(".")[2] in {"Annotated", "Optional"}:
        index = node.slice[0].slice
        node = index.value if type(index) is cst.Index else node
    if not isinstance(node, (cst.Name, cst.Attribute)):
        return ""
    found = walker.evaluator.value(node)
    reference = f"@.{found.klass.name}" if found.klass is not None else found.reference
    return f"{reference}()" if "." in reference else ""


STATEMENTS: Mapping[type[cst.CSTNode], Callable[..., None]] = {cst.FunctionDef: _function, cst.ClassDef: _class}
