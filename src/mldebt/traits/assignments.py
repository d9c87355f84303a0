"""Statements that bind names or give values away: assignments, imports, declarations, returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import libcst as cst

from mldebt.syntax.imports import bindings
from mldebt.syntax.names import target_names
from mldebt.traits.definitions import annotated
from mldebt.traits.evaluate import KEPT_IN_CONTAINERS
from mldebt.traits.scopes import Scope
from mldebt.traits.values import UNKNOWN, Trait, Value, join, join_traits, only
from mldebt.traits.walker import Walker


def _assign(walker: Walker, node: cst.Assign) -> None:
    walker.parents.append(node)
    walker.expression(node.value)
    for target in node.targets:
        if type(target.target) is not cst.Name:
            walker.expression(target.target)
    value = walker.evaluator.value(node.value)
    for target in node.targets:
        walker.bind_target(target.target, value)
    walker.parents.pop()


def _annotated(walker: Walker, node: cst.AnnAssign) -> None:
    walker.parents.append(node)
    walker.expression(node.value)
    value = walker.evaluator.value(node.value) if node.value is not None else UNKNOWN
    if value.literal is not None and walker.scope.kind == "class":
        # A field: its default may be replaced by whoever makes the object.
        value = Value(reference=annotated(walker, node.annotation))
    elif node.value is None:
        value = Value(reference=annotated(walker, node.annotation))
    walker.bind_target(node.target, value)
    walker.parents.pop()


_SCALING = frozenset({cst.DivideAssign, cst.MultiplyAssign})


def _augmented(walker: Walker, node: cst.AugAssign) -> None:
    walker.parents.append(node)
    walker.expression(node.value)
    value = walker.evaluator.value(node.value)
    before = walker.evaluator.value(node.target)
    traits = join_traits(before.traits, value.traits)
    if type(node.operator) in _SCALING:  # what is left is a share: score /= total
        traits = {trait: evidence for trait, evidence in traits.items() if trait is not Trait.COUNT}
    after = Value(traits=traits, columns=before.columns)
    walker.bind_target(node.target, after)
    walker.parents.pop()


def _expr(walker: Walker, node: cst.Expr) -> None:
    walker.parents.append(node)
    walker.expression(node.value)
    walker.parents.pop()
    call = node.value
    if type(call) is not cst.Call or type(call.func) is not cst.Attribute or len(call.args) != 1:
        return
    if call.func.attr.value in {"append", "add"} and type(call.func.value) is cst.Name:
        _append(walker, call.func.value, walker.evaluator.value(call.args[0].value))


def _append(walker: Walker, owner: cst.Name, added: Value) -> None:
    """A list or set that is filled one by one: what is added is what going through it gives."""
    known = walker.evaluator.value(owner)
    if known.instance is not None or not (added.traits or added.elements or added.columns):
        return
    item = added if known.item is None else join(known.item, added)
    traits = join_traits(known.traits, only(added.traits, *KEPT_IN_CONTAINERS))
    walker.bind(owner.value, Value(known.reference, traits, columns=known.columns, item=item))


def _import(walker: Walker, node: cst.Import | cst.ImportFrom) -> None:
    for name, reference in bindings(node):
        if walker.scope is walker.module_scope:
            walker.imports[name] = reference
            walker.imported += 1
        walker.bind(name, Value(reference, walker.origins.attribute(reference, node)))


def _return(walker: Walker, node: cst.Return) -> None:
    walker.parents.append(node)
    walker.expression(node.value)
    if node.value is not None:
        walker.returned.append(walker.evaluator.value(node.value))
    walker.parents.pop()


def _declare(walker: Walker, node: cst.Global | cst.Nonlocal) -> None:
    for item in node.names:
        name = item.name.value
        target: Scope | None = walker.module_scope
        if type(node) is cst.Nonlocal:
            target = walker.scope.parent
            while target is not None and name not in target.bindings:
                target = target.parent
        if target is not None and target is not walker.scope:
            walker.scope.elsewhere[name] = target


def _delete(walker: Walker, node: cst.Del) -> None:
    walker.parents.append(node)
    walker.expression(node.target)
    for name in target_names(node.target):
        walker.bind(name, UNKNOWN)
    walker.parents.pop()


STATEMENTS: Mapping[type[cst.CSTNode], Callable[..., None]] = {
    cst.Assign: _assign,
    cst.AnnAssign: _annotated,
    cst.AugAssign: _augmented,
    cst.Expr: _expr,
    cst.Import: _import,
    cst.ImportFrom: _import,
    cst.Return: _return,
    cst.Del: _delete,
    cst.Global: _declare,
    cst.Nonlocal: _declare,
}
