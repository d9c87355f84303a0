"""Chains of branches that cut one score into bands, whatever statement or call they are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import libcst as cst
from msgspec import Struct

from mldebt.syntax.likeness import shape
from mldebt.syntax.names import last_name, number
from mldebt.traits.scores import Cut, Score, ScoreReader, is_ordinary

MAX_RUNGS = 200  # tests of one chain that are looked at
MAX_STATEMENTS = 2000  # of a body in which neighbours are looked for

_LEAVES = (cst.Return, cst.Raise, cst.Continue, cst.Break)


class Ladder(Struct, frozen=True):
    """``cuts`` of one score, in the order they are tried."""

    cuts: tuple[Cut, ...]

    @property
    def values(self) -> tuple[int | float, ...]:
        """The distinct numbers, in order."""
        return tuple(dict.fromkeys(cut.value for cut in self.cuts))


def read_ladder(reader: ScoreReader, tests: Iterable[cst.CSTNode]) -> Ladder | None:
    """The ladder that ``tests`` make: the cuts of the score that most of them are about."""
    groups: dict[tuple[object, ...], list[Cut]] = {}
    for test in tests:
        for comparison in _comparisons(test):
            for cut in reader.cuts(comparison):
                groups.setdefault(shape(cut.scored), []).append(cut)
    if not groups:
        return None
    longest = max(groups.values(), key=len)
    return Ladder(tuple(longest))


def read_bins(
    reader: ScoreReader, scored: cst.BaseExpression, given: cst.BaseExpression
) -> tuple[Score, tuple[cst.BaseExpression, ...]] | None:
    """The score that is put into literal bins, and the bounds between them."""
    if not isinstance(given, (cst.List, cst.Tuple)):
        return None
    kept = [each.value for each in given.elements if _bounds(number(each.value))]
    if not kept:
        return None
    score = reader.score(scored, number(kept[0]) or 0)
    return None if score is None else (score, tuple(kept))


def _bounds(value: int | float | None) -> bool:
    return value is not None and value != 100 and not is_ordinary(value, frozenset())


def _comparisons(test: cst.CSTNode) -> Iterator[cst.Comparison]:
    """The comparisons that a test is made of, through ``and``, ``or``, ``not``, ``&`` and ``|``."""
    stack = [test]
    for _ in range(MAX_RUNGS):
        if not stack:
            return
        node = stack.pop()
        if type(node) is cst.Comparison:
            yield node
        elif isinstance(node, (cst.BooleanOperation, cst.BinaryOperation)):
            stack += [node.right, node.left]
        elif type(node) is cst.UnaryOperation:
            stack.append(node.expression)


def chain_tests(node: cst.If | cst.IfExp) -> list[cst.CSTNode]:
    """The tests of an ``if`` with its ``elif``, or of a conditional with those in its else part."""
    tests: list[cst.CSTNode] = []
    current: cst.CSTNode | None = node
    while isinstance(current, (cst.If, cst.IfExp)) and len(tests) < MAX_RUNGS:
        tests.append(current.test)
        current = current.orelse
        if type(current) is cst.Else:
            current = only_if(current.body)
    return tests


def nested_tests(node: cst.Call) -> list[cst.CSTNode]:
    """The tests of calls that choose by one and else by the next: of ``where`` in ``where``, and of the ``when``s
    that an ``otherwise`` ends. In the order they are tried."""
    tests: list[cst.CSTNode] = []
    current: cst.CSTNode = node
    if last_name(node.func) == "where":
        while type(current) is cst.Call and last_name(current.func) == "where" and len(current.args) == 3:
            tests.append(current.args[0].value)
            inner = [each.value for each in current.args[1:] if type(each.value) is cst.Call]
            current = inner[-1] if inner and len(tests) < MAX_RUNGS else cst.Pass()
        return tests
    while type(current) is cst.Call and len(tests) < MAX_RUNGS:
        if last_name(current.func) == "when" and current.args:
            tests.append(current.args[0].value)
        current = current.func.value if type(current.func) is cst.Attribute else current.func
    return tests[::-1]


def only_if(suite: cst.BaseSuite) -> cst.If | None:
    """The ``if`` that is all there is in ``suite``."""
    if len(suite.body) == 1 and type(suite.body[0]) is cst.If:
        return suite.body[0]
    return None


def early_leaves(node: cst.If, body: Sequence[cst.CSTNode]) -> list[cst.If]:
    """The run of neighbouring ``if`` statements in ``body`` that ``node`` begins, each of which leaves at its
    end: as good as ``elif``. Empty when ``node`` is a later one of such a run, or stands alone."""
    if len(body) > MAX_STATEMENTS or not _leaves(node):
        return []
    at = next((index for index, each in enumerate(body) if each is node), -1)
    before = body[at - 1] if at > 0 else None
    if at < 0 or (type(before) is cst.If and before.orelse is None and _leaves(before)):
        return []
    run: list[cst.If] = []
    for statement in body[at : at + MAX_RUNGS]:
        if type(statement) is not cst.If:
            break
        run.append(statement)
        if statement.orelse is not None or not _leaves(statement):
            break
    return run if len(run) > 1 else []


def _leaves(node: cst.If) -> bool:
    """Does the body end by leaving the function or the loop?"""
    last = node.body.body[-1] if node.body.body else None
    if type(last) is cst.SimpleStatementLine:
        last = last.body[-1]
    return isinstance(last, _LEAVES)
