"""A question that a feature flag answers: a provider's call, a setting, a variable, a key of a table of flags."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst
from msgspec import Struct

from mldebt.syntax.names import dotted, string
from mldebt.terms import TRUE, Carries, Term
from mldebt.traits.values import BY_FLOW, Evidence, Trait, Value, given_to
from mldebt.vocabulary import tokenise

if TYPE_CHECKING:
    from mldebt.engine import At

MAX_ARGUMENTS = 8  # of a call that are kept

_EQUAL = frozenset({cst.Equal, cst.NotEqual, cst.Is, cst.IsNot, cst.In, cst.NotIn})
_NAMED = frozenset({cst.Name, cst.Attribute, cst.Subscript, cst.Call, cst.Await})


class FlagRead(Struct, frozen=True):
    """What an expression says of a flag; the fields are those of ``facts.sites.FlagSite``."""

    key: str
    kind: str
    reference: str = ""
    arguments: tuple[str, ...] = ()
    when: Term = TRUE

    @property
    def is_sure(self) -> bool:
        """Is it a flag of the application, not an option of some object called config?"""
        return self.kind != "option"


def asked_flag(at: At, question: cst.BaseExpression) -> tuple[cst.BaseExpression, FlagRead] | None:
    """The flag that a part of a test asks about, with the expression that reads it."""
    return at.shared("flag", question, lambda: _asked_flag(at, question))


def _asked_flag(at: At, question: cst.BaseExpression) -> tuple[cst.BaseExpression, FlagRead] | None:
    for operand in _operands(question, at):
        found = read_flag(at, operand)
        if found is not None:
            return operand, found
    if type(question) is cst.Comparison:  # text that is a flag because it is compared with "true"
        evidence = at.value(question).traits.get(Trait.FLAG)
        if evidence is not None and not is_open(evidence):
            return question, known_flag(at, evidence, question)
    return None


def read_flag(at: At, node: cst.BaseExpression) -> FlagRead | None:
    """The flag that ``node`` is the value of, ``None`` when nothing says that it is one."""
    value = at.value(node)
    evidence = value.traits.get(Trait.FLAG)
    if evidence is not None and evidence.weight >= BY_FLOW:
        return None if is_open(evidence) else known_flag(at, evidence, node)
    key = _table_key(at, node)
    if key:
        return FlagRead(key, "settings")
    name = _last_name(node)
    named = bool(name) and at.names.is_flag(name)
    if named and isinstance(value.constant, bool) and name.isupper():
        return FlagRead(name, "name")
    read = value.traits.get(Trait.VARIABLE)
    if named and read is not None and read.parameter < 0:
        return FlagRead(name, "environment")
    if named and name.isupper() and Trait.EXTERNAL in value.traits:
        return FlagRead(name, "settings")
    if Trait.SWITCH in value.traits or at.names.is_switch(name):
        return None
    return flag_elsewhere(at, value, name if named and name.isupper() else "")


def flag_elsewhere(at: At, value: Value, name: str = "") -> FlagRead | None:
    """A thing that another file defines: that file says whether it is a flag. A ``name`` in capitals
    with the stem of one is, whatever it says."""
    if not at.origins.may_be_own(value.reference):
        return None
    when = TRUE if name else Carries(at.path, value.reference, Trait.FLAG.value)
    return FlagRead(name, "name", value.reference, given_to(value), when)


def known_flag(at: At, evidence: Evidence, node: cst.BaseExpression) -> FlagRead:
    """The flag that ``evidence`` of ``node`` speaks of."""
    reference = at.reference(node) if evidence.kind == "settings" else ""
    arguments: tuple[str, ...] = ()
    if not evidence.detail and evidence.path and type(evidence.path[0].node) is cst.Call:
        call = evidence.path[0].node
        arguments = given_to(Value(given=tuple(at.value(each.value) for each in call.args[:MAX_ARGUMENTS])))
    return FlagRead(evidence.detail, evidence.kind, reference, arguments, evidence.when)


def is_open(evidence: Evidence) -> bool:
    """Is the key an argument of the function that this stands in? Then its callers evaluate the flag."""
    return evidence.parameter >= 0


def _operands(question: cst.BaseExpression, at: At) -> Iterator[cst.BaseExpression]:
    """What a part of a test asks about: itself, or the side that is compared with a literal."""
    if type(question) in _NAMED:
        yield question
    elif type(question) is cst.Comparison and len(question.comparisons) == 1:
        target = question.comparisons[0]
        if type(target.operator) in _EQUAL:
            for one, other in ((question.left, target.comparator), (target.comparator, question.left)):
                if type(one) in _NAMED and _is_literal(at.value(other)):
                    yield one


def _is_literal(value: Value) -> bool:
    return value.literal is not None or bool(value.elements)


def _table_key(at: At, node: cst.BaseExpression) -> str:
    """The literal key under which ``node`` looks into a table of flags, "" when it is no such look."""
    if type(node) is cst.Subscript:
        table, index = node.value, node.slice[0].slice
        key = at.text(index.value) if type(index) is cst.Index and len(node.slice) == 1 else None
    elif type(node) is cst.Call and type(node.func) is cst.Attribute and node.args:
        if node.func.attr.value != "get":
            return ""
        table, key = node.func.value, at.text(node.args[0].value)
    else:
        return ""
    return key if key is not None and _is_table(at, table) else ""


def _is_table(at: At, node: cst.BaseExpression) -> bool:
    """Does the name say that it holds flags? ``features`` alone says so of a setting only: elsewhere
    it holds the features of machine learning."""
    joined = "_".join(tokenise(_last_name(node)))
    if joined in at.vocabulary.words("flag-tables"):
        return True
    if joined not in at.vocabulary.words("flag-tables-in-settings"):
        return False
    value = at.value(node)
    if Trait.SETTINGS in value.traits or Trait.EXTERNAL in value.traits:
        return True
    columns = value.columns
    return bool(columns) and all(isinstance(each.constant, bool) for each in (columns or {}).values())


def _last_name(node: cst.BaseExpression) -> str:
    while type(node) is cst.Call or type(node) is cst.Await:
        node = node.func if isinstance(node, cst.Call) else node.expression
    if type(node) is cst.Attribute:
        return node.attr.value
    if type(node) is cst.Subscript:
        index = node.slice[0].slice
        return (string(index.value) or "") if type(index) is cst.Index else ""
    return node.value if type(node) is cst.Name else ""


def is_wrapper_name(at: At, node: cst.Call) -> bool:
    """Does the name of what is called, or of what it is called on, say that it answers for a flag?"""
    reference = at.reference(node)
    if not at.origins.may_be_own(reference):
        return False
    words = at.vocabulary.words("flag-wrapper-words")
    return not (words.isdisjoint(tokenise(reference)) and words.isdisjoint(tokenise(dotted(node.func))))
