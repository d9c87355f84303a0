"""BIZ002: a score is turned into a business decision inside model or serving code."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.gate import Gate
from mldebt.model import Confidence, Outcome, Severity
from mldebt.syntax.asked import holds_test, names_test
from mldebt.syntax.children import descendants
from mldebt.syntax.names import dotted, last_name, string
from mldebt.terms import FALSE, TRUE, IsMachineLearning, all_of, any_of
from mldebt.traits.scored_tests import Decided, ScoredTests, comparands, may_decide
from mldebt.traits.scores import HIGH, MEDIUM
from mldebt.traits.verdicts import Verdict, Verdicts
from mldebt.vocabulary import tokenise

Rung = tuple[cst.CSTNode, Decided, Verdict]

_CHOOSING = frozenset({"where", "when", "select"})


class VerdictFromScore(Rule):
    @on(cst.If)
    def branch(self, node: cst.If, at: At) -> Iterator[Hit]:
        above = at.parent()
        if type(above) is cst.If and above.orelse is node:
            return  # the first test of the chain speaks for all
        if self._continues(node, at):
            return
        verdicts = Verdicts(at.vocabulary)
        rungs = list(self._rungs(node, verdicts, at))
        if rungs:
            for later in _followers(node, at):
                rungs.extend(self._rungs(later, verdicts, at))
            yield from self._hit(rungs, at)

    @on(cst.IfExp)
    def ternary(self, node: cst.IfExp, at: At) -> Iterator[Hit]:
        above = at.parent()
        if type(above) is cst.IfExp and node is not above.test:
            return
        verdicts = Verdicts(at.vocabulary)
        rungs: list[Rung] = []
        current: cst.BaseExpression = node
        target = _bound_to(above)
        while type(current) is cst.IfExp:
            verdict = verdicts.given(current.body, target=target) or verdicts.given(current.orelse, target=target)
            decided = _decided(at, current.test) if verdict is not None else None
            if decided is not None and verdict is not None:
                rungs.append((current.test, decided, verdict))
            current = current.orelse
        yield from self._hit(rungs, at)

    @on(cst.Call, called=_CHOOSING)
    def where(self, node: cst.Call, at: At) -> Iterator[Hit]:
        """``np.where(score > limit, "reject", "approve")``."""
        name = node.func.attr.value if type(node.func) is cst.Attribute else dotted(node.func)
        if name not in _CHOOSING or (name != "when" and type(node.func) is cst.Name) or len(node.args) < 2:
            return
        rung = _choice(node, at)
        around = at.parent(2) if type(at.parent()) is cst.Arg else None
        outer = type(around) is cst.Call and last_name(around.func) in _CHOOSING and len(around.args) > 1
        if rung is not None and not (outer and type(around) is cst.Call and _choice(around, at) is not None):
            yield from self._hit([rung], at)  # the outermost speaks for all

    @on(cst.Assign, like=holds_test)
    def named(self, node: cst.Assign, at: At) -> Iterator[Hit]:
        """``approved = score > limit``."""
        verdict = Verdicts(at.vocabulary).of_target(node.targets[0].target)
        decided = _decided(at, node.value) if verdict is not None else None
        if verdict is not None and decided is not None and not _picks_rows(node, at):
            yield from self._hit([(node.value, decided, verdict)], at)

    @on(cst.Return, like=holds_test)
    def answered(self, node: cst.Return, at: At) -> Iterator[Hit]:
        """``def should_approve(row): return score(row) > 0.7``. With a limit that has a name, a function that
        only answers for a policy is where a policy belongs."""
        if at.function is None or node.value is None:
            return
        verdict = Verdicts(at.vocabulary).of_function(at.function.node.name)
        decided = _decided(at, node.value) if verdict is not None and _has_number(node.value) else None
        if verdict is not None and decided is not None:
            yield from self._hit([(node.value, decided, verdict)], at)

    @on(cst.Match)
    def match(self, node: cst.Match, at: At) -> Iterator[Hit]:
        verdicts = Verdicts(at.vocabulary)
        rungs: list[Rung] = []
        for case in node.cases:
            verdict = verdicts.of_suite(case.body) if case.guard is not None else None
            decided = _decided(at, case.guard) if verdict is not None and case.guard is not None else None
            if decided is not None and verdict is not None and case.guard is not None:
                rungs.append((case.guard, decided, verdict))
        yield from self._hit(rungs, at)

    @on(cst.DictElement, like=holds_test)
    def keyed(self, node: cst.DictElement, at: At) -> Iterator[Hit]:
        """``{"approved": score > limit}``."""
        verdict = Verdicts(at.vocabulary).of_key(node.key)
        decided = _decided(at, node.value) if verdict is not None else None
        if verdict is not None and decided is not None:
            yield from self._hit([(node.value, decided, verdict)], at)

    @on(cst.Arg, like=names_test, opened_by=Gate(tokens=("verdict-names",)))
    def handed(self, node: cst.Arg, at: At) -> Iterator[Hit]:
        """``Reply(approved=score > limit)``."""
        verdict = Verdicts(at.vocabulary).of_target(node.keyword) if node.keyword is not None else None
        decided = _decided(at, node.value) if verdict is not None else None
        if verdict is not None and decided is not None:
            yield from self._hit([(node.value, decided, verdict)], at)

    def _rungs(self, node: cst.If, verdicts: Verdicts, at: At) -> Iterator[Rung]:
        """The tests of an ``if`` with its ``elif``s that decide by a score, each with its verdict."""
        current: cst.If | cst.Else | None = node
        while type(current) is cst.If:
            may = may_decide(current.test)
            verdict = verdicts.of_suite(current.body) if may else None
            if may and verdict is None and type(current.orelse) is cst.Else:
                verdict = verdicts.of_suite(current.orelse.body)
            decided = _decided(at, current.test) if verdict is not None else None
            if decided is not None and verdict is not None:
                yield current.test, decided, verdict
            current = current.orelse

    def _continues(self, node: cst.If, at: At) -> bool:
        """Does ``node`` go on a ladder that the ``if`` right before it began?"""
        before = _neighbour(node, at, -1)
        if before is None:
            return False
        return any(True for _ in self._rungs(before, Verdicts(at.vocabulary), at))

    def _hit(self, rungs: list[Rung], at: At) -> Iterator[Hit]:
        if not rungs or (at.holding is None and (_is_policy(at) or _is_handed_all(rungs, at))):
            return
        node, decided, verdict = rungs[0]
        severity = None if any(each.literal for _, each, _ in rungs) else Severity.WARNING
        yield Hit(
            node,
            {"score": decided.score, "verdict": verdict.name or verdict.node},
            outcomes=_outcomes(decided, severity, at),
            related=tuple((each, "decides here too") for each, _, _ in rungs[1:]),
            flow=decided.evidence.path if decided.flows else (),
        )


def _bound_to(above: cst.CSTNode | None) -> str:
    """By which name the value below goes on: of a variable, a keyword, a key."""
    if type(above) is cst.Assign:
        return last_name(above.targets[0].target)
    if type(above) is cst.Arg:
        return above.keyword.value if above.keyword is not None else ""
    return (string(above.key) or "") if type(above) is cst.DictElement else ""


def _choice(node: cst.Call, at: At) -> Rung | None:
    """What ``where`` decides by its first argument."""
    verdicts = Verdicts(at.vocabulary)
    given = (verdicts.given(each.value) for each in node.args[1:])
    verdict = next(filter(None, given), None)
    decided = _decided(at, node.args[0].value) if verdict is not None else None
    return (node, decided, verdict) if verdict is not None and decided is not None else None


def _is_handed_all(rungs: list[Rung], at: At) -> bool:
    """Is a function given both the score and the limits, to answer with the band? That is where a policy belongs."""
    function = at.function.node if at.function is not None else None
    tests = [test for test, _, _ in rungs if isinstance(test, cst.Comparison)]
    if function is None or len(tests) < len(rungs):
        return False
    given = {each.name.value for each in (*function.params.params, *function.params.kwonly_params)} - {"self"}
    return all(_root(side) in given for test in tests for side in comparands(test))


def _root(node: cst.CSTNode) -> str:
    return dotted(node).partition(".")[0]


def _picks_rows(node: cst.Assign, at: At) -> bool:
    """``eligible = gap > margin; rows[eligible]``: is the answer a mask, by which rows are picked?"""
    name = dotted(node.targets[0].target)
    body = at.function.node.body if at.function is not None else at.parents[0]
    return any(
        type(each) is cst.SubscriptElement and type(each.slice) is cst.Index and dotted(each.slice.value) == name
        for each in descendants(body)
    )


def _has_number(test: cst.BaseExpression) -> bool:
    """Is a number written in the test?"""
    return any(isinstance(each, (cst.Integer, cst.Float)) for each in comparands(test))


def _decided(at: At, test: cst.BaseExpression) -> Decided | None:
    return ScoredTests(at.interpreter.evaluator, at.vocabulary, at.path).decided(test, at.symbol)


def _outcomes(decided: Decided, severity: Severity | None, at: At) -> tuple[Outcome, ...]:
    named = TRUE if decided.weight >= MEDIUM else FALSE
    if decided.flows:
        sure = Outcome(decided.evidence.when, Confidence.HIGH, severity)
    else:
        sure = Outcome(
            any_of(decided.asked, all_of(named, at.model_code, at.machine_learning)), Confidence.HIGH, severity
        )
    learning = IsMachineLearning(at.path)
    if decided.weight >= HIGH:
        return (
            sure,
            Outcome(any_of(learning, at.model_code), Confidence.MEDIUM, severity),
            Outcome(TRUE, Confidence.LOW, severity),
        )
    if decided.weight >= MEDIUM:
        return sure, Outcome(learning, Confidence.MEDIUM, severity), Outcome(at.model_code, Confidence.LOW, severity)
    return (sure,)


def _is_policy(at: At) -> bool:
    words = at.vocabulary.words("policy-modules")
    parts = at.path.removesuffix(".py").split("/")
    return any("_".join(tokenise(part)) in words or (tokenise(part) or ("",))[-1] in words for part in parts)


def _followers(node: cst.If, at: At) -> Iterator[cst.If]:
    """The ``if``s that stand right after ``node``, each leaving the function when it holds."""
    block = at.parent()
    body = block.body if type(block) is cst.IndentedBlock else ()
    position = next((index for index, each in enumerate(body) if each is node), len(body))
    current: cst.CSTNode = node
    for following in body[position + 1 :]:
        if not (type(following) is cst.If and type(current) is cst.If and _leaves(current)):
            return
        yield following
        current = following


def _neighbour(node: cst.If, at: At, step: int) -> cst.If | None:
    block = at.parent()
    body = block.body if type(block) is cst.IndentedBlock else ()
    position = next((index for index, each in enumerate(body) if each is node), 0)
    other = body[position + step] if 0 <= position + step < len(body) else None
    return other if type(other) is cst.If and _leaves(other) else None


def _leaves(node: cst.If) -> bool:
    last = node.body.body[-1] if node.body.body else None
    return type(last) is cst.SimpleStatementLine and isinstance(last.body[-1], (cst.Return, cst.Raise, cst.Continue))
