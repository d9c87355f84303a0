"""Arithmetic that bends a value: with what, whether it is kept, and what it looks like around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst
from msgspec import Struct

from mldebt.syntax.children import children
from mldebt.syntax.likeness import shape
from mldebt.syntax.names import dotted, last_name, number, string
from mldebt.traits.evaluate import Evaluator
from mldebt.vocabulary import Vocabulary, tokenise

MONEY = float("inf")  # stands for a business quantity among the factors

_NARROW, _WIDE = 0.5, 2  # factors beyond these make no bound of an interval, they convert
_SCALING = frozenset({cst.Multiply, cst.Divide, cst.MultiplyAssign, cst.DivideAssign})
_ADDING = frozenset({cst.Add, cst.Subtract, cst.AddAssign, cst.SubtractAssign})
_PASSING = frozenset(
    {"int", "float", "round", "min", "max", "abs", "ceil", "floor", "clip", "minimum", "maximum", "str", "Decimal"}
)
_COLLECTING = frozenset({"append", "extend", "add", "put", "insert"})
_EXPRESSIONS = (
    cst.BinaryOperation,
    cst.UnaryOperation,
    cst.Element,
    cst.Tuple,
    cst.List,
    cst.ListComp,
    cst.GeneratorExp,
    cst.FormattedString,
    cst.FormattedStringExpression,
)
_KEEPING = (cst.Assign, cst.AnnAssign, cst.AugAssign, cst.Return, cst.DictElement, cst.Yield)


class Bent(Struct, frozen=True):
    """``answer`` is bent by ``factor``: a number, or ``MONEY``. ``scales``: by a product or quotient."""

    answer: cst.BaseExpression
    factor: float
    scales: bool


def bent(
    operator: cst.CSTNode, left: cst.BaseExpression, right: cst.BaseExpression, evaluator: Evaluator
) -> Bent | None:
    """The side that a number or a sum of money bends; ``None`` when neither side is one, or both are."""
    vocabulary = evaluator.names.vocabulary
    scales = type(operator) in _SCALING
    if not scales and type(operator) not in _ADDING:
        return None
    for answer, other in ((left, right), (right, left)):
        factor = folded(other)
        if factor is None and scales:
            factor = _named(other, evaluator)
        if factor is None and _is_money_factor(other, vocabulary) and not is_money(answer, vocabulary):
            factor = MONEY
        if factor is not None and folded(answer) is None:
            if answer is right and isinstance(operator, (cst.Divide, cst.Subtract)):
                return None  # a complement or a reciprocal
            return Bent(answer, factor, scales)
    return None


def folded(node: cst.CSTNode) -> float | None:
    """The number that literals come to: ``1.1``, ``(1 - 0.1)``, ``1 + 0.05``."""
    value = number(node)
    if value is not None:
        return value
    if type(node) is cst.BinaryOperation and isinstance(node.operator, (cst.Add, cst.Subtract)):
        left, right = number(node.left), number(node.right)
        if left is not None and right is not None:
            return left + right if type(node.operator) is cst.Add else left - right
    return None


def _named(node: cst.CSTNode, evaluator: Evaluator) -> float | None:
    """The literal that a name for a correction stands for: ``UPLIFT``, ``SAFETY_FACTOR``."""
    words = evaluator.names.vocabulary.words("correction-words")
    if type(node) is not cst.Name or words.isdisjoint(tokenise(node.value)):
        return None
    value = evaluator.value(node)
    factor = value.constant if value.literal is not None else None
    return factor if isinstance(factor, float) and _NARROW <= factor <= _WIDE else None


def _is_money_factor(node: cst.CSTNode, vocabulary: Vocabulary) -> bool:
    """A sum of money, or ``1 + tax_rate``."""
    if type(node) is cst.BinaryOperation and isinstance(node.operator, (cst.Add, cst.Subtract)):
        return number(node.left) == 1 and is_money(node.right, vocabulary)
    return is_money(node, vocabulary)


def is_money(node: cst.CSTNode, vocabulary: Vocabulary) -> bool:
    """Is ``node`` called a price, a fee, a tax, a discount?"""
    if type(node) is cst.Subscript:
        index = node.slice[0].slice if len(node.slice) == 1 else None
        name = string(index.value) if type(index) is cst.Index else None
    elif isinstance(node, (cst.Name, cst.Attribute)):
        name = dotted(node).rpartition(".")[2]
    else:
        return False
    tokens = tokenise(name or "")
    return bool(vocabulary.found("money-words", tokens)) and not vocabulary.found("money-stop-words", tokens)


def is_computing(symbol: str, vocabulary: Vocabulary) -> bool:
    """Is ``symbol`` a layer, a loss, a metric, or code that scales numbers for a living? The loss of a
    business, in money, is none of these."""
    tokens = tokenise(symbol.rpartition(".")[2])
    return bool(set(tokens) & vocabulary.words("computing-words")) and not vocabulary.found("money-words", tokens)


def is_kept(parents: Sequence[cst.CSTNode]) -> bool:
    """Is what stands below ``parents`` stored, returned or handed on, and not only compared, indexed with or shown?"""
    for parent in reversed(parents):
        if isinstance(parent, _KEEPING):
            return True
        if type(parent) is cst.Call:
            name = dotted(parent.func).rpartition(".")[2]
            if name in _COLLECTING:
                return True
            if name not in _PASSING:
                return name[:1].isupper()  # the object that is built keeps it
        elif not isinstance(parent, (*_EXPRESSIONS, cst.Arg, cst.IfExp, cst.NamedExpr)):
            return False
    return False


def is_distance(parents: Sequence[cst.CSTNode]) -> bool:
    """``abs(p - 0.5)``: how far away it is."""
    call = parents[-2] if len(parents) > 1 and type(parents[-1]) is cst.Arg else None
    return type(call) is cst.Call and last_name(call.func) in {"abs", "fabs", "absolute"}


def is_centred(node: cst.BinaryOperation, parents: Sequence[cst.CSTNode]) -> bool:
    """``(p - 0.5) * 2``: the same probability on a scale from -1 to 1."""
    around = parents[-1] if parents else None
    if type(node.operator) is not cst.Subtract or number(node.right) != 0.5 or type(around) is not cst.BinaryOperation:
        return False
    return type(around.operator) is cst.Multiply and 2 in (number(around.left), number(around.right))


def is_blended(node: cst.BinaryOperation, parents: Sequence[cst.CSTNode]) -> bool:
    """Is this one term of a weighted sum? A blend of several scores is a model of its own."""
    for parent in reversed(parents):
        if type(parent) is not cst.BinaryOperation:
            return False
        if isinstance(parent.operator, (cst.Add, cst.Subtract)):
            other = parent.right if parent.left is node else parent.left
            return folded(other) is None
        node = parent
    return False


def is_interval(node: cst.BinaryOperation, parents: Sequence[cst.CSTNode]) -> bool:
    """Is there another bound around the same value: ``p * 0.9`` and ``p * 1.1``?"""
    return any(other is not node for other in _bounds(node, parents))


def is_second_bound(node: cst.BinaryOperation, parents: Sequence[cst.CSTNode]) -> bool:
    """Is ``node`` a bound of an interval whose first bound stands before it?"""
    first = next(_bounds(node, parents), node)
    return first is not node


def _bounds(node: cst.BinaryOperation, parents: Sequence[cst.CSTNode]) -> Iterator[cst.BinaryOperation]:
    """The operations nearby that put a value on both sides of what ``node`` bends, with ``node``, in order."""
    side = _side(node)
    if side == 0:
        return
    found = []
    for each in _operations(_near(node, parents)):
        if each is node or (_side(each) == -side and shape(each.left) == shape(node.left)):
            found.append(each)
    if len(found) > 1:
        yield from found


def _side(node: cst.BinaryOperation) -> int:
    """-1 for an operation with a literal that lowers, 1 for one that raises, 0 for any other."""
    factor = folded(node.right)
    if factor is None or factor <= 0:
        return 0
    if type(node.operator) is cst.Multiply:
        return (factor > 1) - (factor < 1) if _NARROW <= factor <= _WIDE else 0
    return 1 if type(node.operator) is cst.Add else -1 if type(node.operator) is cst.Subtract else 0


def _near(node: cst.CSTNode, parents: Sequence[cst.CSTNode]) -> list[cst.CSTNode]:
    """The statement of ``node`` with the ones right before and after it."""
    inner = node
    for parent in reversed(parents):
        if isinstance(parent, (cst.IndentedBlock, cst.Module)):
            body = list(parent.body)
            position = next((index for index, each in enumerate(body) if each is inner), 0)
            return list(body[max(0, position - 1) : position + 2])
        inner = parent
    return [inner]


def _operations(nodes: list[cst.CSTNode]) -> Iterator[cst.BinaryOperation]:
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        if type(node) is cst.BinaryOperation:
            yield node
        if type(node) is not cst.IndentedBlock:
            stack.extend(reversed(list(children(node))))
