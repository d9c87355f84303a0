"""FLG008: code is switched off by a constant, stands after a return, or is commented out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome, Recipe
from mldebt.syntax.comments import comment_blocks, parked_lines
from mldebt.syntax.names import number, string

_ENDS = frozenset({cst.Return, cst.Raise, cst.Continue, cst.Break})
_DELETED = Recipe("delete-parked", "delete the code that never runs", "unsafe")
_HARMLESS = (cst.Return, cst.Raise, cst.Continue, cst.Break, cst.Pass, cst.Assert)


class ParkedCode(Rule):
    @on(cst.If, cst.While)
    def test(self, node: cst.If | cst.While, at: At) -> Iterator[Hit]:
        truth = _constant(node.test)
        if truth is False and _makes_generator(node.body):
            return
        if truth is False:
            yield Hit(node.test, {"condition": node.test}, recipes=(_DELETED,))
        elif truth is True and type(node) is cst.If and node.orelse is not None:
            yield Hit(node.test, {"condition": node.test}, variant="otherwise", recipes=(_DELETED,))

    @on(cst.IfExp)
    def choice(self, node: cst.IfExp, at: At) -> Iterator[Hit]:
        truth = _constant(node.test)
        if truth is not None:
            yield Hit(node.test, {"condition": node.test}, variant="otherwise" if truth else "", recipes=(_DELETED,))

    @on(cst.Module, cst.IndentedBlock)
    def block(self, node: cst.Module | cst.IndentedBlock, at: At) -> Iterator[Hit]:
        dead = _dead(node.body)
        if dead is not None:
            ending, first = dead
            yield Hit(first, {"statement": ending}, variant="after", recipes=(_DELETED,))
        if at.longest_comment < self.options["min-comment-lines"]:
            return
        for blocks in comment_blocks(node):
            parked = self._parked(blocks)
            if parked is not None:
                outcome = Outcome(at.machine_learning, Confidence.MEDIUM)
                yield Hit(parked, variant="comment", outcomes=(outcome,), recipes=(_DELETED,))

    def _parked(self, blocks: Sequence[Sequence[cst.Comment]]) -> cst.Comment | None:
        """Where code begins in the comments between two statements; blank lines do not end it."""
        for comments in blocks:
            found = parked_lines([comment.value for comment in comments], self.options["min-comment-lines"])
            if found is not None:
                return comments[found]
        return None


def _constant(test: cst.BaseExpression) -> bool | None:
    """The truth of a test that is a literal, or an ``and`` that begins with a false one."""
    if type(test) is cst.UnaryOperation and type(test.operator) is cst.Not:
        inner = _constant(test.expression)
        return None if inner is None else not inner
    if type(test) is cst.BooleanOperation and type(test.operator) is cst.And:
        return False if _constant(test.left) is False or _constant(test.right) is False else None
    if type(test) is cst.Name and test.value in {"True", "False", "None"}:
        return test.value == "True"
    value = number(test)
    if value is not None:
        return bool(value)
    text = string(test)
    return None if text is None else bool(text)


def _dead(body: Sequence[cst.BaseStatement | cst.BaseSmallStatement]) -> tuple[cst.CSTNode, cst.CSTNode] | None:
    """The statement that ends a block early and the first one after it that does something."""
    flat: list[cst.CSTNode] = []
    for line in body:
        flat.extend(line.body if type(line) is cst.SimpleStatementLine else [line])
    if _ENDS.isdisjoint(map(type, flat[:-1])):  # as in most blocks
        return None
    for index, statement in enumerate(flat[:-1]):
        if type(statement) in _ENDS:
            rest = flat[index + 1 :]
            if _is_yield(rest[0]):
                return None  # what makes an empty generator
            acting = next((each for each in rest if not _is_harmless(each) and not _is_generator_mark(each)), None)
            return None if acting is None else (statement, acting)
    return None


def _is_yield(statement: cst.CSTNode) -> bool:
    return type(statement) is cst.Expr and type(statement.value) is cst.Yield


def _makes_generator(body: cst.BaseSuite) -> bool:
    """Is a ``yield`` all there is? It makes an empty generator."""
    first = body.body[0] if len(body.body) == 1 else None
    small = first.body[0] if type(first) is cst.SimpleStatementLine else first
    return type(small) is cst.Expr and type(small.value) is cst.Yield


def _is_generator_mark(statement: cst.CSTNode) -> bool:
    return type(statement) is cst.If and _makes_generator(statement.body)


def _is_harmless(statement: cst.CSTNode) -> bool:
    """Another ending (for a type checker), a text or an ellipsis: nothing is parked in it."""
    if type(statement) is cst.Expr:
        return isinstance(statement.value, (cst.BaseString, cst.Ellipsis))
    return isinstance(statement, _HARMLESS)
