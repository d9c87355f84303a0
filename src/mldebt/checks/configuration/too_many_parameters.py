"""CFG004: a function of a model takes so many parameters that they are a configuration without a name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.syntax.names import dotted, last_name
from mldebt.terms import IsMachineLearning
from mldebt.vocabulary import tokenise

_COMMANDS = frozenset(  # what makes a function one that is started, whose inputs have to be listed
    {"command", "option", "argument", "get", "post", "put", "callback", "overload", "step", "task", "tool", "pipeline",
     "flow", "dag", "cell"}
)  # fmt: skip
_DRAWS = frozenset({"plot", "draw", "visualize", "visualise", "visualization", "show", "figure"})
_FILLED = frozenset({"Option", "Argument", "Query", "Body", "Form", "Depends", "Header", "Path", "File"})
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
        if count < self.options["min-parameters"] or _is_command(node) or _are_options(named):
            return
        if _DRAWS & set(tokenise(node.name.value)):
            return
        if (node.name.value == "__init__" and _lists_itself(at)) or _is_configuration(at):
            return
        yield Hit(
            node,
            {"function": node.name.value, "number": str(count)},
            outcomes=(Outcome(IsMachineLearning(at.path), Confidence.MEDIUM),),
        )


def _are_options(params: Sequence[cst.Param]) -> bool:
    """Are the parameters filled by a command line or a request: ``rate: float = typer.Option(None)``?"""
    return any(type(each.default) is cst.Call and last_name(each.default.func) in _FILLED for each in params)


def _lists_itself(at: At) -> bool:
    """Is the class an estimator, whose parameters scikit-learn reads from the signature of its constructor?"""
    klass = at.klass
    bases = klass.bases if klass is not None else ()
    return any(each.rpartition(".")[2] in _ESTIMATORS for each in bases)


def _is_configuration(at: At) -> bool:
    """Is the class around the configuration, and has a name?"""
    name = at.klass.name if at.klass is not None else ""
    return bool({"config", "configuration", "settings", "options", "arguments", "args", "params"} & set(tokenise(name)))


def _is_command(node: cst.FunctionDef) -> bool:
    """Are the parameters those of a command line or a request, which have to be many?"""
    for each in node.decorators:
        called = each.decorator.func if type(each.decorator) is cst.Call else each.decorator
        if dotted(called).rpartition(".")[2] in _COMMANDS:
            return True
    return False
