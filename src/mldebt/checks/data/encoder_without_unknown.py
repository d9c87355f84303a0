"""DAT010: an encoder knows the categories of its training data, and no others."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.syntax.children import descendants
from mldebt.syntax.names import dotted, keyword, last_name, string

_AT_ONCE = frozenset({"fit_transform", "categories_", "get_feature_names_out", "get_feature_names"})
# Encoder -> the library that it is of, and the argument that says what becomes of unknown categories.
_ENCODERS = {
    "OneHotEncoder": ("sklearn", "handle_unknown"),
    "OrdinalEncoder": ("sklearn", "handle_unknown"),
    "StringIndexer": ("pyspark", "handleInvalid"),
}


class EncoderWithoutUnknown(Rule):
    @on(cst.Call, called=frozenset(_ENCODERS))
    def call(self, node: cst.Call, at: At) -> Iterator[Hit]:
        library, argument = _ENCODERS.get(last_name(node.func), ("", ""))
        if not library or at.reference(node.func).partition(".")[0] != library:
            return
        if any(each.star for each in node.args):
            return
        if isinstance(parent := at.parent(), cst.Attribute) and parent.attr.value == "setHandleInvalid":
            return
        given = keyword(node, argument)
        if (given is None or string(given.value) == "error") and not _is_done_at_once(node, at):
            yield Hit(node, {"encoder": node.func}, outcomes=(Outcome(confidence=Confidence.MEDIUM),))


def _is_done_at_once(node: cst.Call, at: At) -> bool:
    """Is the encoder fitted and asked in one call, and never used again: ``OneHotEncoder().fit_transform(rows)``?"""
    parent = at.parent()
    if type(parent) is cst.Attribute:
        return parent.attr.value == "fit_transform"
    body = at.function.node.body if at.function is not None else at.interpreter.module_node
    if type(parent) is not cst.Assign or len(parent.targets) != 1 or body is None:
        return False
    name = parent.targets[0].target
    if type(name) is not cst.Name:
        return False
    uses = [each for each in descendants(body) if type(each) is cst.Name and each.value == name.value]
    at_once = [
        each
        for each in descendants(body)
        if type(each) is cst.Attribute and each.attr.value in _AT_ONCE and dotted(each.value) == name.value
    ]
    fitted = any(each.attr.value == "fit_transform" for each in at_once)
    return fitted and len(uses) == len(at_once) + 1  # and where it is made
