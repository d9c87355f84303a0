"""CFG004: a function of a model takes so many parameters that they are a configuration without a name."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.syntax.names import dotted
from mldebt.terms import IsMachineLearning

_COMMANDS = frozenset(
    {"command", "option", "argument", "get", "post", "put", "callback", "overload", "step", "task", "tool"}
)


class TooManyParameters(Rule):
    @on(cst.FunctionDef)
    def function(self, node: cst.FunctionDef, at: At) -> Iterator[Hit]:
        params = node.params
        named = [*params.posonly_params, *params.params, *params.kwonly_params]
        count = len(named) - (1 if named and named[0].name.value in {"self", "cls"} else 0)
        if count < self.options["min-parameters"] or _is_command(node):
            return
        yield Hit(
            node,
            {"function": node.name.value, "number": str(count)},
            outcomes=(Outcome(IsMachineLearning(at.path), Confidence.MEDIUM),),
        )


def _is_command(node: cst.FunctionDef) -> bool:
    """Are the parameters those of a command line or a request, which have to be many?"""
    for each in node.decorators:
        called = each.decorator.func if isinstance(each.decorator, cst.Call) else each.decorator
        if dotted(called).rpartition(".")[2] in _COMMANDS:
            return True
    return False
