"""DAT010: an encoder knows the categories of its training data, and no others."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.syntax.names import keyword, last_name, string

_ENCODERS = frozenset({"OneHotEncoder", "OrdinalEncoder"})


class EncoderWithoutUnknown(Rule):
    @on(cst.Call, called=_ENCODERS)
    def call(self, node: cst.Call, at: At) -> Iterator[Hit]:
        if last_name(node.func) not in _ENCODERS or at.reference(node.func).partition(".")[0] != "sklearn":
            return
        if any(each.star for each in node.args):
            return
        given = keyword(node, "handle_unknown")
        if given is None or string(given.value) == "error":
            yield Hit(node, {"encoder": node.func}, outcomes=(Outcome(confidence=Confidence.MEDIUM),))
