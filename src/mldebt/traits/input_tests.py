"""Does a test look at the input, not at the answer, the settings or the shape of things?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from mldebt.syntax.names import dotted, last_name, string
from mldebt.traits.evaluate import Evaluator
from mldebt.traits.values import BY_FLOW, Trait, Value
from mldebt.vocabulary import Vocabulary, tokenise

_MATCHING = frozenset({"startswith", "endswith", "match", "search", "fullmatch", "isin", "contains"})
_LACKING = frozenset({"empty", "missing", "null", "none", "error", "errors", "failed", "invalid", "valid"})
_TIMES = frozenset({"ds", "date", "datetime", "timestamp", "month", "weekday", "hour"})
_TECHNICAL = (
    Trait.SCORE, Trait.PREDICTION, Trait.COUNT, Trait.RANDOM, Trait.FLAG, Trait.VARIABLE, Trait.ENVIRONMENT,
    Trait.EXTERNAL, Trait.SETTINGS, Trait.MODEL,
)  # fmt: skip


def tests_input(evaluator: Evaluator, vocabulary: Vocabulary, test: cst.BaseExpression) -> bool:
    """Does ``test`` compare a field of the input with something that is written in the code? Tests for
    nothing at all (``not x``, ``x is None``, ``len(x) == 0``) are abstaining, not deciding."""
    return any(_asks_input(evaluator, vocabulary, part) for part in _parts(test))


def _asks_input(evaluator: Evaluator, vocabulary: Vocabulary, part: cst.BaseExpression) -> bool:
    if type(part) is cst.Call:
        if _is_lookup(part):
            return _is_mark(evaluator, vocabulary, part)
        if type(part.func) is not cst.Attribute or part.func.attr.value not in _MATCHING or not part.args:
            return False
        subject = part.func.value
        if part.func.attr.value in {"match", "search", "fullmatch"} and len(part.args) > 1:
            subject = part.args[1].value
        return _is_field(evaluator, vocabulary, subject)
    if isinstance(part, (cst.Subscript, cst.Attribute)):
        return _is_mark(evaluator, vocabulary, part)
    if type(part) is not cst.Comparison:
        return False
    target = part.comparisons[0]
    if isinstance(target.operator, (cst.Is, cst.IsNot)):
        return False
    sides = (part.left, target.comparator)
    if isinstance(target.operator, (cst.In, cst.NotIn)) and _is_text(evaluator, part.left):
        return _is_field(evaluator, vocabulary, target.comparator)  # "@corp" in row["sender"]
    return any(
        _is_field(evaluator, vocabulary, field) and _is_written(evaluator, other)
        for field, other in (sides, sides[::-1])
    )


def _is_lookup(call: cst.Call) -> bool:
    """``row.get("trusted")``, whether or not it says ``False`` for a row that does not know."""
    if type(call.func) is not cst.Attribute or call.func.attr.value != "get" or not 0 < len(call.args) <= 2:
        return False
    return len(call.args) == 1 or dotted(call.args[1].value) == "False"


def _is_mark(evaluator: Evaluator, vocabulary: Vocabulary, part: cst.Subscript | cst.Attribute | cst.Call) -> bool:
    """A boolean of the input: ``row["trusted"]``, ``row.get("trusted")``, ``user.is_new``. What says that something
    is missing is none."""
    name = string(part.args[0].value) or "" if type(part) is cst.Call else last_name(part)
    tokens = tokenise(name)
    if not tokens or _LACKING & set(tokens) or _is_configuration(vocabulary, part):
        return False
    if type(part) is cst.Attribute and tokens[0] not in {"is", "has"}:
        return False
    return _is_field(evaluator, vocabulary, part)


def _is_configuration(vocabulary: Vocabulary, part: cst.Subscript | cst.Attribute | cst.Call) -> bool:
    """``config["smooth"]``: a switch of the caller, by what holds it."""
    owner = part.func if isinstance(part, cst.Call) else part  # of a lookup its method
    tokens = tokenise(last_name(owner.value)) if isinstance(owner, (cst.Attribute, cst.Subscript)) else ()
    return bool(tokens) and tokens[-1] in vocabulary.words("config-suffixes")


def _is_written(evaluator: Evaluator, node: cst.BaseExpression) -> bool:
    """A literal other than nothing, a collection of such, or a constant or member by its name."""
    value = evaluator.value(node)
    if value.literal is not None:
        return value.constant not in ("", None)
    if isinstance(node, (cst.Tuple, cst.List, cst.Set)):
        return any(_is_written(evaluator, each.value) for each in node.elements)
    return dotted(node).rpartition(".")[2].isupper()


def _is_text(evaluator: Evaluator, node: cst.BaseExpression) -> bool:
    constant = evaluator.value(node).constant
    return isinstance(constant, str) and bool(constant)


def _is_field(evaluator: Evaluator, vocabulary: Vocabulary, node: cst.BaseExpression) -> bool:
    """A part of something that was given: ``row["country"]``, ``bug.creator``, ``x.get("plan")``, ``country``."""
    while type(node) is cst.Call and type(node.func) is cst.Attribute:
        if node.func.attr.value == "get":
            return bool(node.args) and _is_text(evaluator, node.args[0].value) and _is_given(evaluator, node.func.value)
        node = node.func.value  # row["name"].lower()
    value = evaluator.value(node)
    if _is_technical(value):
        return False
    name = ""
    if type(node) is cst.Subscript:
        index = node.slice[0].slice
        key = evaluator.value(index.value).constant if len(node.slice) == 1 and type(index) is cst.Index else None
        if not isinstance(key, str):
            return False
        name, node = key, node.value
    elif type(node) is cst.Attribute:
        name, node = node.attr.value, node.value
    elif type(node) is cst.Name:
        name = node.value
        if value.parameter < 0 and not _is_loose(value):
            return False
    return _is_told(vocabulary, tokenise(name)) and _is_given(evaluator, node)


def _is_told(vocabulary: Vocabulary, tokens: Sequence[str]) -> bool:
    """No technical word; the ``type`` of a ``customer_type`` is none."""
    stop = vocabulary.words("domain-stop-words")
    if not tokens or "_".join(tokens) in stop:
        return False
    return tokens[-1] not in stop or len(vocabulary.found("domain-words", tokens)) > 0


def _is_given(evaluator: Evaluator, node: cst.BaseExpression) -> bool:
    """Not the object's own state, and nothing imported. The time that a forecast is for was given to it."""
    root = node
    while isinstance(root, (cst.Attribute, cst.Subscript, cst.Call)):
        if type(root) is cst.Subscript and last_name(root) in _TIMES:
            return True
        root = root.func if isinstance(root, cst.Call) else root.value
    if type(root) is not cst.Name or root.value in {"self", "cls"}:
        return False
    value = evaluator.value(root)
    if _is_technical(value):
        return False
    return value.klass is None and value.function is None and value.instance is None


def _is_technical(value: Value) -> bool:
    """Is it known to be something else than data? A name alone makes no count: an age is a field."""
    for trait in _TECHNICAL:
        evidence = value.traits.get(trait)
        if evidence is not None and (trait is not Trait.COUNT or evidence.weight >= BY_FLOW):
            return True
    return False


def _is_loose(value: Value) -> bool:
    """Bound to something of which nothing is known: an element of the input, or what a call gave."""
    return value.literal is None and not value.traits and (not value.reference or "()" in value.reference)


def _parts(test: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    stack = [test]
    while stack:
        node = stack.pop()
        if type(node) is cst.BooleanOperation:
            stack.extend((node.right, node.left))
        elif type(node) is cst.UnaryOperation:
            if not isinstance(node.expression, (cst.Subscript, cst.Attribute)):  # ``not row["image"]``: it lacks one
                stack.append(node.expression)
        elif type(node) is cst.Call and dotted(node.func) in {"any", "all", "bool"} and node.args:
            inner = node.args[0].value
            stack.append(inner.elt if isinstance(inner, (cst.GeneratorExp, cst.ListComp)) else inner)
        else:
            yield node
