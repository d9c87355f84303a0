"""Does a test let something through or stop it: a quality gate?

The branch may stand elsewhere than the test: under a name that the test was given, in the body of a pipeline's
condition (``with dsl.If(...)``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import libcst as cst

from mldebt.syntax.children import descendants
from mldebt.syntax.names import argument, dotted, last_name, string
from mldebt.vocabulary import Vocabulary, tokenise

MAX_NODES = 400  # of the branches that are looked at

_CONDITIONS = frozenset({"If", "Elif", "Condition"})  # of Kubeflow pipelines
_STOPPING = frozenset({"exit", "fail", "abort", "_exit"})


def is_gate(parents: Sequence[cst.CSTNode], vocabulary: Vocabulary) -> bool:
    """Is the test around the current node a gate: an assertion, a branch that raises or exits or that
    promotes, registers or deploys, or the answer of a function that is named so?"""
    words = vocabulary.words("gate-words")
    for index in range(len(parents) - 1, -1, -1):
        node = parents[index]
        if type(node) is cst.Assert:
            return True
        if isinstance(node, (cst.If, cst.IfExp)):
            return _decides(node, vocabulary)
        if type(node) is cst.With:
            asks = not any(isinstance(each, cst.BaseSuite) for each in parents[index:])
            return asks and any(True for _ in asked_by(node)) and _acts(node.body, vocabulary)
        if type(node) is cst.Assign:
            names = {last_name(each.target) for each in node.targets}
            named = any(set(tokenise(each)) & words for each in names)
            return named or any(_decides(each, vocabulary) for each in _asking(names, parents[:index]))
        if type(node) is cst.FunctionDef:
            answers = any(type(each) is cst.Return for each in parents[index:])
            return answers and bool(set(tokenise(node.name.value)) & words)
        if type(node) is cst.IndentedBlock and not any(type(each) is cst.Return for each in parents[index:]):
            return False
    return False


def gated(call: cst.Call, vocabulary: Vocabulary) -> tuple[cst.BaseExpression, cst.BaseExpression] | None:
    """The metric and the limit that a pipeline is told to compare (``ConditionLessThan(left=..., right=6.0)``),
    ``None`` for any other call."""
    if last_name(call.func) not in vocabulary.words("gate-conditions"):
        return None
    metric, limit = argument(call, 0, "left"), argument(call, 1, "right")
    if metric is None or limit is None:
        return None
    written = (each.value for each in descendants(metric) if isinstance(each, (cst.Name, cst.SimpleString)))
    said = {token for each in written for token in tokenise(each)}
    return None if said.isdisjoint(vocabulary.words("metric-words")) else (metric, limit)


def _decides(node: cst.If | cst.IfExp, vocabulary: Vocabulary) -> bool:
    if type(node) is cst.IfExp:
        words = vocabulary.words("gate-words")
        return any(set(tokenise(string(each) or "")) & words for each in (node.body, node.orelse))
    return _acts(node.body, vocabulary) or (node.orelse is not None and _acts(node.orelse, vocabulary))


def _acts(branch: cst.CSTNode, vocabulary: Vocabulary) -> bool:
    """Is a model let through, saved or stopped in ``branch``?"""
    words, savers = vocabulary.words("gate-words"), vocabulary.words("savers")
    for each in islice(descendants(branch), MAX_NODES):
        if type(each) is cst.Raise:
            return True
        if type(each) is cst.Call:
            name = dotted(each.func)
            last = last_name(each.func)
            if last in _STOPPING or name in savers or last in savers or set(tokenise(last)) & words:
                return True
        if type(each) is cst.Assign and any(set(tokenise(last_name(t.target))) & words for t in each.targets):
            return True
    return False


def asked_by(node: cst.With) -> Iterator[cst.BaseExpression]:
    """What a pipeline's conditions that ``node`` enters are asked: ``with dsl.If(auc.output >= 0.83):``."""
    for each in node.items:
        if type(each.item) is cst.Call and last_name(each.item.func) in _CONDITIONS:
            yield from (given.value for given in each.item.args[:1])


def _asking(names: set[str], parents: Sequence[cst.CSTNode]) -> Iterator[cst.If]:
    """The branches of the same block that ask for one of ``names``."""
    block = next((each for each in reversed(parents) if isinstance(each, (cst.IndentedBlock, cst.Module))), None)
    for statement in block.body if block is not None else ():
        if type(statement) is cst.If:
            asked = (each.value for each in descendants(statement.test) if type(each) is cst.Name)
            if not names.isdisjoint(asked):
                yield statement
