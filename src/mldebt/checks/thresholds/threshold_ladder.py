"""THR006: a chain of comparisons cuts one score into bands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import libcst as cst

from mldebt.engine import At, Hit, Rule, on, spelled
from mldebt.model import Confidence, Outcome, Severity
from mldebt.syntax.names import argument, last_name
from mldebt.traits.display import is_display_chain
from mldebt.traits.ladders import chain_tests, early_leaves, nested_tests, only_if, read_bins, read_ladder
from mldebt.traits.scores import Score, sure

_SIGNIFICANCE = "p_value"
_BINS = {"cut": 1, "digitize": 1, "bucketize": 1, "searchsorted": -1}  # the position of the bounds


class ThresholdLadder(Rule):
    @on(cst.If)
    def chain(self, node: cst.If, at: At) -> Iterator[Hit]:
        if _continues(node, at.parents):
            return
        if node.orelse is not None:
            yield from self._ladder(chain_tests(node), node, at)
            return
        around = at.parent()
        if isinstance(around, (cst.IndentedBlock, cst.Module)):
            run = early_leaves(node, around.body)
            yield from self._ladder([test for each in run for test in chain_tests(each)], node, at)

    @on(cst.IfExp)
    def conditional(self, node: cst.IfExp, at: At) -> Iterator[Hit]:
        parent = at.parent()
        if type(node.orelse) is not cst.IfExp or (type(parent) is cst.IfExp and parent.orelse is node):
            return
        yield from self._ladder(chain_tests(node), node, at)

    @on(cst.Match)
    def match(self, node: cst.Match, at: At) -> Iterator[Hit]:
        guards = [case.guard for case in node.cases if case.guard is not None]
        yield from self._ladder(guards, node, at)

    @on(cst.Call, called={"select", *_BINS})
    def bins(self, node: cst.Call, at: At) -> Iterator[Hit]:
        last = node.func.attr.value if type(node.func) is cst.Attribute else ""
        if last == "select" and len(node.args) >= 2 and type(node.args[0].value) is cst.List:
            yield from self._ladder((each.value for each in node.args[0].value.elements), node, at)
            return
        position = _BINS.get(last)
        scored = argument(node, 0, "x") if position is not None else None
        bounds = argument(node, position, "bins") if position is not None else None
        if scored is None or bounds is None:
            return
        found = read_bins(at.scores, scored, bounds)
        if found is not None and len(found[1]) + 1 >= self.options["min-steps"]:
            values = [spelled(each) for each in found[1]]
            yield self._hit(node, scored, found[0], values, (), at)

    @on(cst.Call, called={"where", "otherwise"})
    def chosen(self, node: cst.Call, at: At) -> Iterator[Hit]:
        """``np.where(p > 0.9, "a", np.where(p > 0.6, "b", ...))``, ``pl.when(...).then(...).when(...)``."""
        around = at.parent(2) if type(at.parent()) is cst.Arg else None
        if type(around) is cst.Call and last_name(around.func) == last_name(node.func):
            return  # the outermost speaks for all
        yield from self._ladder(nested_tests(node), node, at)

    def _ladder(self, tests: Iterable[cst.CSTNode], node: cst.CSTNode, at: At) -> Iterator[Hit]:
        tests = list(tests)
        if len(tests) < 2:
            return
        ladder = read_ladder(at.scores, tests)
        if ladder is None or len(ladder.values) < self.options["min-steps"]:
            return
        first, looks = ladder.cuts[0], _looks(node, at)
        if looks and first.score.concept == _SIGNIFICANCE:
            return  # the stars that everybody gives
        values = list(dict.fromkeys(spelled(cut.literal) for cut in ladder.cuts))
        matched = type(node) is cst.Match  # then the line of the match stands for the ladder, and all are rungs
        later = [cut for cut in ladder.cuts if matched or cut.node is not first.node]
        related = [(cut.node, f"band at {spelled(cut.literal)}") for cut in later]
        place = node.subject if type(node) is cst.Match else first.node
        yield self._hit(place, first.scored, first.score, values, related, at, looks)

    def _hit(
        self, node: cst.CSTNode, scored: cst.BaseExpression, score: Score, values: Sequence[str],
        related: Sequence[tuple[cst.CSTNode, str]], at: At, display: bool = False,
    ) -> Hit:  # fmt: skip
        high, medium, low = sure(score, at.path)
        severity = Severity.NOTE if display else score.severity
        return Hit(
            node,
            {"score": scored, "values": ", ".join(values)},
            outcomes=(
                Outcome(high, Confidence.HIGH, severity),
                Outcome(medium, Confidence.MEDIUM, severity),
                Outcome(low, Confidence.LOW, severity),
            ),
            concept=f"threshold:{score.concept}",
            value=", ".join(values),
            related=tuple(related),
            flow=score.evidence.path if score.flows else (),
        )


def _continues(node: cst.If, parents: Sequence[cst.CSTNode]) -> bool:
    """Is this ``if`` a later step of a chain: an ``elif``, or all there is in an ``else``?"""
    parent = parents[-1] if parents else None
    if type(parent) is cst.If:
        return parent.orelse is node
    around = parents[-2] if len(parents) > 1 else None
    return type(around) is cst.Else and isinstance(parent, cst.BaseSuite) and only_if(parent) is node


def _looks(node: cst.CSTNode, at: At) -> bool:
    return isinstance(node, (cst.If, cst.IfExp)) and is_display_chain(node, at.vocabulary)
