"""CFG001: the call that builds or trains a model holds its hyper-parameters as literals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.syntax.children import calls
from mldebt.syntax.names import dotted, last_name, number, string
from mldebt.terms import IsMachineLearning
from mldebt.traits.hyperparameters import is_learner
from mldebt.traits.values import Value

_RECORDING = frozenset({"autolog", "log_params", "log_param", "log_hparams", "connect", "set_hyperparameters"})
_ASKING = "suggest"  # Optuna's trial.suggest_float: the function is a search
_MAX_NAMED = 4  # hyper-parameters that the message names


class HardCodedHyperparameters(Rule):
    @on(cst.Call)
    def call(self, node: cst.Call, at: At) -> Iterator[Hit]:
        names = self._literals(node, at)
        if len(names) < self.options["min-keys"]:
            return
        if not is_learner(node, at.reference(node.func), at.vocabulary) or _is_recorded(at):
            return
        shown = ", ".join(names[:_MAX_NAMED]) + (", ..." if len(names) > _MAX_NAMED else "")
        yield Hit(
            node,
            {"call": node.func, "names": shown},
            outcomes=(Outcome(IsMachineLearning(at.path), Confidence.MEDIUM),),
        )

    def _literals(self, node: cst.Call, at: At) -> list[str]:
        """The hyper-parameters that the call is given as literals, also through a dictionary."""
        known = at.vocabulary.words("hyper-parameters")
        found: dict[str, None] = {}
        for argument in node.args:
            if argument.keyword is not None and argument.keyword.value in known:
                if _is_literal(argument.value):
                    found.setdefault(argument.keyword.value)
            elif argument.star == "**" or (argument.keyword is None and not argument.star):
                given = argument.value
                columns = at.value(given).columns if type(given) is cst.Name or type(given) is cst.Dict else None
                if columns and not (type(given) is cst.Name and _is_overridden(given.value, at)):
                    found.update(dict.fromkeys(_written(columns, known)))
        return list(found)


def _is_overridden(name: str, at: At) -> bool:
    """Is the dictionary only what holds where nobody says otherwise: ``defaults.update(given)``?"""
    function = at.function
    if function is None:
        return False
    return name in at.once(("overridden", id(function.node)), lambda: _overridden(function.node))


def _overridden(function: cst.FunctionDef) -> frozenset[str]:
    """The names of what is updated in ``function`` with more than a literal dictionary."""
    return frozenset(
        dotted(each.func).removesuffix(".update")
        for each in calls(function.body)
        if type(each.func) is cst.Attribute
        and each.func.attr.value == "update"
        and each.args
        and type(each.args[0].value) is not cst.Dict
    )


def _written(columns: Mapping[str, Value], known: frozenset[str]) -> list[str]:
    return [
        name
        for name, value in columns.items()
        if name in known and value.literal is not None and _is_literal(value.literal) and not value.named
    ]


def _is_literal(node: cst.CSTNode) -> bool:
    if isinstance(node, (cst.Tuple, cst.List)):
        return bool(node.elements) and all(_is_literal(each.value) for each in node.elements)
    return number(node) is not None or string(node) is not None


def _is_recorded(at: At) -> bool:
    """Are the values searched, or written down with the run, in the function around?"""
    function = at.function
    body = function.node.body if function is not None else at.interpreter.module_node
    if body is None:
        return False
    for each in calls(body):
        last = last_name(each.func)
        if last in _RECORDING or last.startswith(_ASKING):
            return True
    return False
