"""THR003: a threshold is a constant or a local variable in the code, or the default of a parameter."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on, spelled
from mldebt.syntax.asked import binds_number, defaults_to_number
from mldebt.syntax.names import number
from mldebt.traits.thresholds import Knob, assigned, is_parameter, is_setting, read_threshold, settled


class ThresholdConstant(Rule):
    @on(cst.Assign, cst.AnnAssign, like=binds_number)
    def assign(self, node: cst.Assign | cst.AnnAssign, at: At) -> Iterator[Hit]:
        for given in assigned(node):
            knob = read_threshold(at.vocabulary, given.name, given.value)
            if knob is None or (at.function is None and is_setting(at.vocabulary, at.parents, at.klass)):
                continue
            owner = given.target.rpartition(".")[0]
            if owner in {"self", "cls"} or (at.function is None and not owner):
                yield self._hit(node, given.target, given.literal, knob, at)
            elif not owner and is_parameter(at.function, given.name):
                yield self._hit(node, given.target, given.literal, knob, at, "parameter")
            else:
                yield self._hit(node, given.target, given.literal, knob, at, "local")

    @on(cst.Param, like=defaults_to_number)
    def default(self, node: cst.Param, at: At) -> Iterator[Hit]:
        value = number(node.default) if node.default is not None else None
        if value is None or node.default is None:
            return
        knob = read_threshold(at.vocabulary, node.name.value, value)
        if knob is not None and not is_setting(at.vocabulary, at.parents, at.klass):
            yield self._hit(node, node.name.value, node.default, knob, at, "parameter")

    def _hit(
        self, node: cst.CSTNode, name: str, literal: cst.BaseExpression, knob: Knob, at: At, variant: str = ""
    ) -> Hit:
        value = spelled(literal)
        return Hit(
            node,
            {"name": name, "value": value},
            variant=variant,
            outcomes=knob.outcomes(at.path),
            concept=f"threshold:{knob.concept}",
            value=value,
            recipes=() if variant == "parameter" else settled(value, name.rpartition(".")[2]),
        )
