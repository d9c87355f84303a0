"""CFG004: a function of a model takes so many parameters that they are a configuration without a name."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.syntax.names import dotted
from mldebt.terms import IsMachineLearning

_COMMANDS = frozenset(  # what makes a function one that is started, whose inputs have to be listed
    {"command", "option", "argument", "get", "post", "put", "callback", "overload", "step", "task", "tool", "component",
     "container_component", "create_component_from_func", "func_to_container_op", "pipeline", "flow", "job", "dag",
     "op", "asset"}
)  # fmt: skip
_ESTIMATORS = frozenset(
    {"BaseEstimator", "ClassifierMixin", "RegressorMixin", "TransformerMixin", "ClusterMixin", "OutlierMixin",
     "SelectorMixin", "PretrainedConfig", "PreTrainedConfig"}
)  # fmt: skip


class TooManyParameters(Rule):
    @on(cst.FunctionDef)
    def function(self, node: cst.FunctionDef, at: At) -> Iterator[Hit]:
        params = node.params
        named = [*params.posonly_params, *params.params, *params.kwonly_params]
        count = len(named) - (1 if named and named[0].name.value in {"self", "cls"} else 0)
        if count < self.options["min-parameters"] or _is_command(node):
            return
        if node.name.value == "__init__" and (_lists_itself(at) or all(each.default is not None for each in named[1:])):
            return
        yield Hit(
            node,
            {"function": node.name.value, "number": str(count)},
            outcomes=(Outcome(IsMachineLearning(at.path), Confidence.MEDIUM),),
        )


def _lists_itself(at: At) -> bool:
    """Is the class an estimator, whose parameters scikit-learn reads from the signature of its constructor?"""
    klass = at.klass
    bases = klass.bases if klass is not None else ()
    return any(each.rpartition(".")[2] in _ESTIMATORS for each in bases)


def _is_command(node: cst.FunctionDef) -> bool:
    """Are the parameters those of a command line or a request, which have to be many?"""
    for each in node.decorators:
        called = each.decorator.func if isinstance(each.decorator, cst.Call) else each.decorator
        if dotted(called).rpartition(".")[2] in _COMMANDS:
            return True
    return False
