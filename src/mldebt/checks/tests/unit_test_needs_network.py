"""TST006: a test that is marked as nothing else opens a connection of its own."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.syntax.children import descendants
from mldebt.syntax.names import argument, last_name, string
from mldebt.terms import HasRole, all_of
from mldebt.traits.trials import is_trial
from mldebt.vocabulary import tokenise

_LOCAL = ("localhost", "127.0.0.1", "0.0.0.0", "testserver", "mock://", "example.", "test.", "memory", "sqlite")
_ELSEWHERE = frozenset(
    {"integration", "integrations", "e2e", "system", "functional", "acceptance", "smoke", "live", "load", "network",
     "performance", "slow", "external", "end", "gpu", "manual", "benchmark", "benchmarks", "contract", "regression",
     "staging"}
)  # fmt: skip


class UnitTestNeedsNetwork(Rule):
    @on(cst.Call, called_in=("connecting-names",))
    def call(self, node: cst.Call, at: At) -> Iterator[Hit]:
        function = at.function
        if function is None:
            return
        klass = function.klass.name if function.klass is not None else ""
        if not is_trial(function.simple_name, klass) or at.reference(node.func) not in at.vocabulary.words(
            "connections"
        ):
            return
        if self._is_elsewhere(at) or _is_replaced(at) or _is_local(node, at):
            return
        yield Hit(
            node,
            {"call": node.func, "test": function.simple_name},
            outcomes=(
                Outcome(all_of(at.machine_learning, HasRole(at.path, ("test",))), Confidence.HIGH),
                Outcome(HasRole(at.path, ("test",)), Confidence.LOW),
            ),
        )

    @staticmethod
    def _is_elsewhere(at: At) -> bool:
        """Do folder, file, function or marks say that the test is one of the whole, or may be left out?"""
        function = at.function
        assert function is not None  # asked before
        if _ELSEWHERE & {*tokenise(at.path), *tokenise(function.name)}:
            return True
        nodes = [each.decorator for each in function.node.decorators]
        if function.klass is not None:
            nodes += [each.decorator for each in function.klass.node.decorators]
        return bool(nodes)


def _is_replaced(at: At) -> bool:
    """Is anything in the module, or handed to the test, there to stand in for the other end?"""
    words = at.vocabulary.words("stand-ins")
    if any(set(tokenise(each)) & words for each in (*at.imports, *at.imports.values())):
        return True
    function = at.function
    assert function is not None  # asked before
    parameters = (each.name.value for each in function.node.params.params)
    return any(each not in {"self", "cls", "tmp_path"} for each in parameters)


def _is_local(node: cst.Call, at: At) -> bool:
    texts = [string(each) or at.text(each) or "" for argument_ in node.args for each in descendants(argument_.value)]
    first = argument(node, 0)
    if last_name(node.func) in {"get", "post", "put", "delete", "request", "urlopen"} and not any(
        "://" in text for text in texts
    ):
        return True  # whatever the name stands for: a server of the test run, as a rule
    return any(mark in text for text in texts for mark in _LOCAL) or (first is None and not node.args)
