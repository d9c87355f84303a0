"""Records the literal hyper-parameters of the code, for the inventory and for rules that compare them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import libcst as cst

from mldebt.engine import At, Collector, Seen, Where, on, spelled
from mldebt.facts import Fact
from mldebt.facts.configs import Knob
from mldebt.syntax.asked import binds_number, gives_number
from mldebt.syntax.names import last_name, number
from mldebt.traits.hyperparameters import constant_named, is_learner


class Knobs(Collector):
    @on(cst.Call, like=gives_number)
    def call(self, node: cst.Call, at: At) -> Iterator[Seen]:
        inputs = at.vocabulary.words("input-parameters")
        known = at.vocabulary.words("hyper-parameters") | inputs
        given = [each for each in node.args if each.keyword is not None and each.keyword.value in known]
        if not given or not any(number(each.value) is not None for each in given):
            return
        reference = at.reference(node.func)
        if not is_learner(node, reference, at.vocabulary) or last_name(node.func) == "generate":
            return  # how much a model writes is no shape of its input
        for each in given:
            if each.keyword is not None and number(each.value) is not None:
                # What cuts inputs has its own name in every file: its class tells that it is one thing.
                owner = reference.split(".")[1] if each.keyword.value in inputs and "." in reference else ""
                yield Seen(each, _maker(each.keyword.value, owner or last_name(node.func), spelled(each.value)))

    @on(cst.Assign, like=binds_number)
    def constant(self, node: cst.Assign, at: At) -> Iterator[Seen]:
        if at.function is not None or at.klass is not None or len(node.targets) != 1:
            return
        target = node.targets[0].target
        if number(node.value) is None or type(target) is not cst.Name:
            return
        if constant_named(target.value, at.vocabulary):
            yield Seen(node, _maker(target.value, "", spelled(node.value)))


def _maker(name: str, owner: str, value: str) -> Callable[[Where], Fact]:
    def make(where: Where) -> Fact:
        return Knob(name, owner, value, where.place, where.symbol, where.snippet, where.source_line)

    return make
