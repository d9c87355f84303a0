"""THR004: a number is passed as a threshold argument."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on, spelled
from mldebt.syntax.asked import gives_number
from mldebt.traits.thresholds import Argument, settled


class ThresholdArgument(Rule):
    @on(cst.Call, like=gives_number)
    def call(self, node: cst.Call, at: At) -> Iterator[Hit]:
        for argument in at.passed(node):
            yield self._hit(argument, at)

    def _hit(self, argument: Argument, at: At) -> Hit:
        value = spelled(argument.literal)
        return Hit(
            argument.node,
            {"argument": argument.name, "value": value},
            outcomes=argument.knob.outcomes(at.path),
            concept=f"threshold:{argument.knob.concept}",
            value=value,
            recipes=settled(value, argument.name),
        )
