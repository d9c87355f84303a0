"""BIZ005: a method that predicts or trains writes, sends or asks the application."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst
from msgspec import Struct

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.terms import FALSE, Term, all_of, any_of
from mldebt.traits.effects import Effect, Effects, answers, effects_of
from mldebt.vocabulary import tokenise

_TRAINING = frozenset({"fit", "train", "retrain", "training", "partial", "finetune"})
_MEASURING = frozenset({"evaluate", "evaluation", "eval", "validate", "test"})


class _Path(Struct, frozen=True):
    """The way of each prediction, or of a training run: the ``method`` that enters it, and when it is one."""

    method: cst.Name
    trains: bool
    hot: Term


class SideEffectInInference(Rule):
    @on(cst.Call)
    def call(self, node: cst.Call, at: At) -> Iterator[Hit]:
        function = at.function
        path = at.once((SideEffectInInference, id(function.node)), lambda: self._path(at)) if function else None
        if path is None:
            return
        effects = effects_of(at.vocabulary)
        effect = effects.read(node, at.reference)
        if effect is None:
            return
        name, trains, hot = path.method.value, path.trains, path.hot
        if self._belongs(node, effect, effects, name, trains, at):
            return
        if effect.kind == "orm" and _is_inner(node, at):
            return
        if effect.kind == "file" and (trains or not at.vocabulary.matches("hot-methods", name)):
            return  # what a script predicts has to go somewhere; training saves what it has learned
        yield Hit(
            node,
            {"api": node.func, "method": name},
            variant="training" if trains else "",
            outcomes=(
                Outcome(all_of(hot, at.machine_learning), Confidence.HIGH),
                Outcome(hot, Confidence.LOW),
            ),
            related=((path.method, f"inside {name}"),),
        )

    def _path(self, at: At) -> _Path | None:
        """The path that the enclosing function is on, ``None`` when it is on none."""
        function = at.function
        assert function is not None  # asked before
        method = function.node.name
        through = "" if at.vocabulary.matches("hot-methods", method.value) else at.hot_caller
        if through and function.klass is not None:
            method = function.klass.methods[through].node.name
        trains = bool(_TRAINING & set(tokenise(method.value)[:1])) or (
            method.value == "__call__" and function.klass is not None and "trainer" in tokenise(function.klass.name)
        )
        hot = self._hot(method.value, trains, at)
        return None if hot == FALSE or _is_edge(function.decorators, at) else _Path(method, trains, hot)

    def _hot(self, name: str, trains: bool, at: At) -> Term:
        """When the function is on the path of each prediction or training run."""
        by_class: Term = FALSE
        if trains or at.vocabulary.matches("hot-methods", name):
            by_class = at.in_model_class
        tokens = tokenise(name)
        verb = bool(tokens) and tokens[0] in at.vocabulary.words("inference-verbs")
        if verb and tokens[0] in _MEASURING and len(tokens) > 1:
            verb = tokens[-1] in at.vocabulary.words("model-names")  # evaluate_campaign() measures no model
        holding = (at.holding or at.hot_holding) if verb else None
        return any_of(by_class, FALSE if holding is None else holding.when)

    def _belongs(self, node: cst.Call, effect: Effect, effects: Effects, name: str, trains: bool, at: At) -> bool:
        """Is the call part of predicting: the model is remote, a cache saves work, data are fetched?"""
        function = at.function
        assert function is not None  # asked before
        if effect.kind == "cache":
            return not trains  # a cache in inference saves work; one that training fills is the application's
        if effect.kind != "http":
            return False
        if not effect.writes and (trains or set(tokenise(name)[:1]) & _MEASURING or effects.fetches_artefact(node)):
            return True
        klass = at.klass
        if effects.is_remote(name, klass.name if klass is not None else "", at.path.rpartition("/")[2]):
            return True
        return answers(node, function.node, at.parents)


def _is_inner(node: cst.Call, at: At) -> bool:
    """Is the call the receiver of another one? The last of a chain speaks for it."""
    above, further = at.parent(), at.parent(2)
    return type(above) is cst.Attribute and above.value is node and type(further) is cst.Call and further.func is above


def _is_edge(decorators: tuple[str, ...], at: At) -> bool:
    """Is this a request handler or a task? The edge is where the application acts."""
    words = at.vocabulary.words("serve-decorators")
    return any("." in each and each.rpartition(".")[2] in words for each in decorators)
