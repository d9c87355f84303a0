"""TST006: a test that is marked as nothing else opens a connection of its own."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.syntax.children import descendants
from mldebt.syntax.names import argument, last_name, string
from mldebt.terms import HasRole, IsMachineLearning, all_of, any_of
from mldebt.traits.scopes import Function
from mldebt.traits.trials import is_trial, marks_of
from mldebt.vocabulary import tokenise

_LOCAL = ("testserver", "mock://", "example.", "test.", "memory", "sqlite")
_ELSEWHERE = frozenset(
    {"integration", "integrations", "e2e", "system", "functional", "acceptance", "smoke", "live", "load", "network",
     "performance", "slow", "external", "end", "gpu", "manual", "benchmark", "benchmarks", "contract", "regression",
     "staging"}
)  # fmt: skip


_ADDRESSED = frozenset({"get", "post", "put", "delete", "request", "urlopen", "create_engine", "from_url"})
_SETTING_UP = frozenset({"setUp", "setUpClass", "setup_method", "setup_class"})
# What a test module may start a service of its own by.
_STARTING = frozenset(
    {"subprocess", "threading", "multiprocessing", "uvicorn", "socketserver", "http", "wsgiref", "testing"}
)
_OF_PYTEST = frozenset({"self", "cls", "tmp_path", "tmp_path_factory", "request", "scope"})


class UnitTestNeedsNetwork(Rule):
    @on(cst.Call, called_in=("connecting-names",))
    def call(self, node: cst.Call, at: At) -> Iterator[Hit]:
        function = at.function
        if at.reference(node.func) not in at.vocabulary.words("connections"):
            return
        klass = function.klass.name if function is not None and function.klass is not None else ""
        is_test = function is not None and is_trial(function.simple_name, klass)
        if not is_test and not (_prepares(function) if function is not None else at.once("tests", lambda: _tests(at))):
            return
        if _is_elsewhere(function, at) or _is_replaced(function, at) or _is_local(node, at):
            return
        in_test = HasRole(at.path, ("test",))
        of_models = any_of(at.machine_learning, IsMachineLearning(at.path, anywhere=True))
        yield Hit(
            node,
            {"call": node.func, "test": function.simple_name if function is not None else "the module"},
            outcomes=(
                Outcome(all_of(at.machine_learning, in_test), Confidence.HIGH if is_test else Confidence.MEDIUM),
                Outcome(all_of(of_models, in_test), Confidence.MEDIUM),
                Outcome(in_test, Confidence.LOW),
            ),
        )


def _tests(at: At) -> bool:
    """Has the module tests that a runner finds? A script that is called test is run by hand."""
    module = at.interpreter.module_node
    defined = (each for each in descendants(module) if type(each) is cst.FunctionDef) if module is not None else ()
    return any(is_trial(each.name.value, "") for each in defined)


def _prepares(function: Function) -> bool:
    """Does it make ready what tests use: a fixture, or the set-up of a class of tests?"""
    if function.klass is not None and function.simple_name in _SETTING_UP:
        return True
    return any(each.rpartition(".")[2] == "fixture" for each in function.decorators)


def _is_elsewhere(function: Function | None, at: At) -> bool:
    """Do folder, file, function or marks say that the test is one of the whole, or may be left out?"""
    if _ELSEWHERE & {*tokenise(at.path), *tokenise(function.name if function is not None else "")}:
        return True
    if function is None:
        return False
    klass = function.klass.node if function.klass is not None else None
    marks = marks_of(function.node, klass, at.interpreter.module_node)
    return any(last_name(each) not in {"fixture", "parametrize", "classmethod"} for each in marks)


def _is_replaced(function: Function | None, at: At) -> bool:
    """Is anything in the module, or handed to the test, there to stand in for the other end?"""
    words = at.vocabulary.words("stand-ins")
    named = (*at.imports, *at.imports.values())
    if any(set(tokenise(each)) & words or each.partition(".")[0] in _STARTING for each in named):
        return True
    params = function.node.params.params if function is not None else ()
    return any(each.name.value not in _OF_PYTEST for each in params)


def _is_local(node: cst.Call, at: At) -> bool:
    """Is it answered without another program, or is it a client that has a key of nobody?"""
    texts = [string(each) or at.text(each) or "" for given in node.args for each in descendants(given.value)]
    if any(each.star for each in node.args):
        return True  # whatever somebody hands over
    if last_name(node.func) in _ADDRESSED and not any("://" in text for text in texts):
        return True  # whatever the name stands for: a server of the test run, as a rule
    key = argument(node, -1, "api_key")
    return any(mark in text for text in texts for mark in _LOCAL) or (key is not None and at.text(key) is not None)
