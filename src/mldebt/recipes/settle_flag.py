"""``settle-flag``: take a flag out that always has one value, in every file that names it: tests of it are decided,
the branch that runs is kept, its definition goes, and so do the imports and private names that only the other
branch used.

Arguments: ``flag``, ``value`` ("True" or "False"), and ``in``, the paths of all files that name it, one a line. The
place is that of the definition. What does more with the flag than test it is refused, in all files at once.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from mldebt.bindings import dying_imports, dying_names
from mldebt.edits import Document, RefusedError
from mldebt.model import Edit
from mldebt.recipes import Wanted
from mldebt.statements import blocks, branch_taken, is_elif, parsed, span_of, with_surroundings, without

_ACTS = (ast.Call, ast.Await, ast.NamedExpr)


def realise(wanted: Wanted) -> Iterator[Edit]:
    name, value = wanted.arguments["flag"], wanted.arguments["value"] == "True"
    for path in wanted.arguments["in"].split("\n"):
        document = wanted.open(path)
        tree = parsed(document)
        flag = _Flag(document, name, value)
        edits = list(flag.decided(tree))
        if path == wanted.finding.place.path:
            definition = flag.definition(tree)
            edits.append(without(document, with_surroundings(document, definition), False))
            flag.settled.update(id(each) for each in ast.walk(definition))
        flag.refuse_others(tree)
        yield from edits
        yield from dying_imports(document, tree, edits, name)
        yield from dying_names(document, tree, edits)


class _Flag:
    """The flag in one file. ``settled`` are the nodes that need no further look."""

    def __init__(self, document: Document, name: str, value: bool) -> None:
        self.document, self.name, self.value = document, name, value
        self.settled: set[int] = set()

    def definition(self, tree: ast.Module) -> ast.stmt:
        for statement in tree.body:
            targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
            if len(targets) == 1 and isinstance(targets[0], ast.Name) and targets[0].id == self.name:
                return statement
        raise RefusedError("its definition has changed")

    def decided(self, tree: ast.Module) -> Iterator[Edit]:
        """The edits that decide every test of the flag, the outer ones first."""
        for node in ast.walk(tree):
            for block in blocks(node):
                for statement in block:
                    if isinstance(statement, (ast.If, ast.While)) and self._asks(statement):
                        yield from self._tested(statement, block)
            if isinstance(node, ast.IfExp) and self._asks(node):
                yield from self._chosen(node)

    def refuse_others(self, tree: ast.Module) -> None:
        """Raises ``RefusedError`` for what is neither a test nor an import that can be taken out."""
        for node in ast.walk(tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                for alias in node.names:
                    if alias.name.rpartition(".")[2] == self.name and (alias.asname or node not in tree.body):
                        raise RefusedError(f"{self.name} is imported in a way of its own")
            elif not isinstance(node, ast.alias) and id(node) not in self.settled and self._is_named(node):
                raise RefusedError(f"more is done with {self.name} than to test it")

    def _asks(self, node: ast.If | ast.While | ast.IfExp) -> bool:
        return id(node) not in self.settled and self._is_in(node.test)

    def _is_in(self, node: ast.AST) -> bool:
        return any(self._is_read(each) for each in ast.walk(node))

    def _is_read(self, node: ast.AST) -> bool:
        """Is the node the flag, by its name or as an attribute of its module?"""
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        return name == self.name and isinstance(getattr(node, "ctx", None), ast.Load)

    def _is_named(self, node: ast.AST) -> bool:
        names = [getattr(node, key, "") for key in ("id", "attr", "arg", "name")]
        return self.name in (*names, *(node.names if isinstance(node, (ast.Global, ast.Nonlocal)) else ()))

    def _tested(self, statement: ast.If | ast.While, block: Sequence[ast.stmt]) -> Iterator[Edit]:
        outcome = self._outcome(statement.test)
        if isinstance(outcome, str):
            yield self._shortened(statement.test, outcome)
            return
        kept, dropped = (statement.body, statement.orelse) if outcome else (statement.orelse, statement.body)
        if not any(is_elif(self.document, each) for each in (statement, *kept[:1])):
            self._refuse_nested(kept)  # the branch is written anew
        self.settled.update(id(each) for one in (statement.test, *dropped) for each in (statement, *ast.walk(one)))
        yield from branch_taken(self.document, statement, block, outcome)

    def _chosen(self, node: ast.IfExp) -> Iterator[Edit]:
        outcome = self._outcome(node.test)
        if isinstance(outcome, str):
            yield self._shortened(node.test, outcome)
            return
        kept = node.body if outcome else node.orelse
        self._refuse_nested([kept])
        self.settled.update(id(each) for each in ast.walk(node))
        written = self._written(kept, (ast.NamedExpr, ast.Yield, ast.YieldFrom))
        yield self.document.edit(span_of(self.document, node), written)

    def _shortened(self, test: ast.expr, left: str) -> Edit:
        self.settled.update(id(each) for each in ast.walk(test))
        if left.startswith("(") and "\n" not in left and _is_same(left, left[1:-1]):
            left = left[1:-1]  # nothing stands beside it any more
        return self.document.edit(span_of(self.document, test), left)

    def _refuse_nested(self, kept: Sequence[ast.AST]) -> None:
        if any(self._is_in(each) for each in kept):
            raise RefusedError(f"a test of {self.name} stands within another")

    # tests ---------------------------------------------------------------------------------------

    def _outcome(self, test: ast.expr) -> bool | str:
        """What a test comes to: its truth, or how the rest of it is written."""
        if self._is_read(test):
            return self.value
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            inner = self._outcome(test.operand)
            return not inner if isinstance(inner, bool) else f"not {inner}"
        if isinstance(test, ast.Compare) and self._is_read(test.left):
            return self._compared(test)
        if isinstance(test, ast.BoolOp) and self._is_in(test):
            return self._joined(test)
        if self._is_in(test):
            raise RefusedError(f"more is done with {self.name} than to test it")
        return self._written(test, (ast.BoolOp, ast.IfExp, ast.NamedExpr, ast.Lambda))

    def _compared(self, test: ast.Compare) -> bool:
        other, operator = test.comparators[0], test.ops[0]
        if len(test.ops) == 1 and isinstance(other, ast.Constant) and isinstance(other.value, bool):
            if isinstance(operator, (ast.Is, ast.Eq)):
                return self.value is other.value
            if isinstance(operator, (ast.IsNot, ast.NotEq)):
                return self.value is not other.value
        raise RefusedError(f"{self.name} is compared with something")

    def _joined(self, test: ast.BoolOp) -> bool | str:
        """Raises ``RefusedError`` where a call that is made before the flag is asked would no longer be made."""
        decisive = isinstance(test.op, ast.Or)  # what decides the whole, whatever else there is
        left: list[str] = []
        for number, each in enumerate(test.values):
            outcome = self._outcome(each)
            if isinstance(outcome, str):
                left.append(outcome)
            elif outcome is decisive:
                if any(isinstance(inner, _ACTS) for one in test.values[:number] for inner in ast.walk(one)):
                    raise RefusedError("what is called before the flag is asked would not be called")
                return decisive
        if not left:
            return not decisive
        return (" or " if decisive else " and ").join(left)

    def _written(self, node: ast.expr, loose: tuple[type[ast.expr], ...]) -> str:
        """How an expression is written, in parentheses where it would fall apart without those it stood in."""
        text = self.document.written(span_of(self.document, node))
        return f"({text})" if isinstance(node, loose) or "\n" in text else text


def _is_same(one: str, other: str) -> bool:
    try:
        return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))
    except SyntaxError:
        return False
