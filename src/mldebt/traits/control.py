"""Control flow: branches are joined, loops are gone through once more."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import libcst as cst

from mldebt.syntax.children import descendants
from mldebt.syntax.names import target_names
from mldebt.traits.values import UNKNOWN, Value
from mldebt.traits.walker import Walker


def _if(walker: Walker, node: cst.If) -> None:
    """An ``if`` with its ``elif`` and ``else``, without recursion over the chain."""
    ends = []
    current: cst.If | cst.Else | None = node
    depth = 0
    while type(current) is cst.If:
        if current is not node:
            walker.tell(current)
        walker.parents.append(current)
        depth += 1
        walker.expression(current.test)
        body = current.body
        ends.append(walker.branch(lambda body=body: walker.suite(body)))  # type: ignore[misc]  # bound now
        current = current.orelse
    if current is not None:
        walker.parents.append(current)
        last = current
        ends.append(walker.branch(lambda: walker.suite(last.body)))
        walker.parents.pop()
    del walker.parents[len(walker.parents) - depth :]
    walker.merge(ends, exhaustive=current is not None)


def _looped(walker: Walker, bind: Callable[[], None], body: cst.BaseSuite, orelse: cst.Else | None) -> None:
    def once() -> None:
        bind()
        walker.suite(body)

    if not walker.loops:
        # What the body binds reaches its top: once quietly, then for those who listen.
        walker.quiet += 1
        walker.loops += 1
        end = walker.branch(once)
        walker.loops -= 1
        walker.quiet -= 1
        walker.merge([end], exhaustive=False)
    else:
        _forget_literals(walker, body)
    walker.loops += 1
    end = walker.branch(once)
    walker.loops -= 1
    walker.merge([end], exhaustive=False)
    if orelse is not None:
        walker.parents.append(orelse)
        walker.suite(orelse.body)
        walker.parents.pop()


def _forget_literals(walker: Walker, body: cst.BaseSuite) -> None:
    """What an inner loop binds is no longer the literal it was before the loop, at its top as well."""
    for name in _bound(body):
        value = walker.scope.find(name)
        if value is not None and value.literal is not None:
            walker.bind(name, Value(value.reference, value.traits, text=value.text))


_TARGETED = frozenset({cst.AugAssign, cst.AnnAssign, cst.NamedExpr})


def _bound(body: cst.BaseSuite) -> set[str]:
    names: set[str] = set()
    for node in descendants(body):
        if type(node) is cst.Assign:
            names.update(name for target in node.targets for name in target_names(target.target))
        elif type(node) in _TARGETED:
            names.update(target_names(node.target))  # type: ignore[attr-defined]  # all of them have one
    return names


def _for(walker: Walker, node: cst.For) -> None:
    walker.parents.append(node)
    walker.expression(node.iter)
    evaluator = walker.evaluator
    _looped(walker, lambda: walker.bind_target(node.target, evaluator.iterated(node.iter)), node.body, node.orelse)
    walker.parents.pop()


def _while(walker: Walker, node: cst.While) -> None:
    walker.parents.append(node)
    walker.expression(node.test)
    _looped(walker, lambda: None, node.body, node.orelse)
    walker.parents.pop()


def _try(walker: Walker, node: cst.Try | cst.TryStar) -> None:
    walker.parents.append(node)
    ends = [walker.branch(lambda: _tried(walker, node))]
    for handler in node.handlers:
        walker.parents.append(handler)
        walker.tell(handler)
        walker.expression(handler.type)
        ends.append(walker.branch(lambda handler=handler: _handler(walker, handler)))  # type: ignore[misc]  # bound now
        walker.parents.pop()
    walker.merge(ends, exhaustive=True)
    if node.finalbody is not None:
        walker.parents.append(node.finalbody)
        walker.suite(node.finalbody.body)
        walker.parents.pop()
    walker.parents.pop()


def _tried(walker: Walker, node: cst.Try | cst.TryStar) -> None:
    """The body, and what runs after it when nothing was raised."""
    walker.suite(node.body)
    if node.orelse is not None:
        walker.parents.append(node.orelse)
        walker.suite(node.orelse.body)
        walker.parents.pop()


def _handler(walker: Walker, handler: cst.ExceptHandler | cst.ExceptStarHandler) -> None:
    if handler.name is not None and type(handler.name.name) is cst.Name:
        walker.bind(handler.name.name.value, UNKNOWN)
    walker.suite(handler.body)


def _with(walker: Walker, node: cst.With) -> None:
    walker.parents.append(node)
    for item in node.items:
        walker.expression(item.item)
        if item.asname is not None:
            walker.bind_target(item.asname.name, walker.evaluator.value(item.item))
    walker.suite(node.body)
    walker.parents.pop()


def _match(walker: Walker, node: cst.Match) -> None:
    subject = walker.evaluator.value(node.subject)
    for case in node.cases:  # case s if s > 0.9: what the whole pattern captures is the subject, now and later
        if type(case.pattern) is cst.MatchAs and case.pattern.name is not None:
            walker.bind(case.pattern.name.value, subject)
    walker.tell(node)
    walker.parents.append(node)
    walker.expression(node.subject)
    ends = []
    for case in node.cases:
        walker.parents.append(case)
        walker.tell(case)
        ends.append(walker.branch(lambda case=case: _case(walker, case)))  # type: ignore[misc]  # bound now
        walker.parents.pop()
    walker.merge(ends, exhaustive=False)
    walker.parents.pop()


def _case(walker: Walker, case: cst.MatchCase) -> None:
    for node in descendants(case.pattern):
        captured: cst.Name | None = None
        if isinstance(node, (cst.MatchAs, cst.MatchStar)):
            captured = None if node is case.pattern else node.name
        elif type(node) is cst.MatchMapping:
            captured = node.rest
        if captured is not None:
            walker.bind(captured.value, UNKNOWN)
    walker.expression(case.guard)
    walker.suite(case.body)


STATEMENTS: Mapping[type[cst.CSTNode], Callable[..., None]] = {
    cst.If: _if,
    cst.For: _for,
    cst.While: _while,
    cst.Try: _try,
    cst.TryStar: _try,
    cst.With: _with,
    cst.Match: _match,
}
