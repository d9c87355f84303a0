"""The cheap tier: imports, classes and marks of purpose of one Python file, from ``ast``.

Runs for every file, also for those that are not parsed by libcst. Looks at statements only,
except inside methods, where calls assigned to ``self`` tell what a class is built around.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

from msgspec.structs import replace

from mldebt.facts import Fact
from mldebt.facts.modules import ClassFact, Import, ModuleFact

_BODILESS = frozenset(
    {ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Delete, ast.Raise, ast.Assert, ast.Global,
     ast.Nonlocal, ast.Pass, ast.Break, ast.Continue}
)  # fmt: skip
_MARKS = {
    "fits": (
        (".fit", ".partial_fit", ".backward", ".train"),
        re.compile(r"\.(?:fit|fit_transform|partial_fit|backward|train_on_batch|training_step|train_step)\s*\("),
    ),
    "trains": (("def train", "def fit"), re.compile(r"\bdef (?:train|training_step|fit|train_\w+)\s*\(")),
    "predicts": (
        (".predict", ".decision_function", ".transform", ".infer", ".generate", ".encode"),
        re.compile(r"\.(?:predict\w*|decision_function|transform|infer\w*|generate|encode)\s*\("),
    ),
    "models": (
        (".predict", ".decision_function"),
        re.compile(r"\.(?:predict|predict_proba|predict_log_proba|decision_function)\s*\("),
    ),
    "main": (("__name__",), re.compile(r"^if\s+__name__\s*==", re.MULTILINE)),
    "tests": (("def test_",), re.compile(r"^[ \t]*(?:async[ \t]+)?def test_", re.MULTILINE)),
}
"""Patterns, and texts of which each needs one: most files have none, and that is seen sooner."""


def index(text: str, origin: str = "own") -> tuple[Fact, ...] | None:
    """The module and class facts of ``text``, or ``None`` when this interpreter's ``ast`` refuses it."""
    tree = tree_of(text)
    return None if tree is None else facts_of(tree, text, origin)


def tree_of(text: str) -> ast.Module | None:
    """``text`` as ``ast`` reads it, ``None`` when this interpreter refuses it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a SyntaxWarning of the scanned code is not ours to print
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def facts_of(tree: ast.Module, text: str, origin: str = "own") -> tuple[Fact, ...]:
    """The module and class facts of ``tree``, which was read from ``text``."""
    reader = _Reader()
    reader.block(tree.body, "")
    module = ModuleFact(
        imports=tuple(Import(name, target) for name, target in reader.imports.items()),
        stars=tuple(reader.stars),
        marks=tuple(
            name
            for name, (needed, pattern) in _MARKS.items()
            if any(each in text for each in needed) and pattern.search(text)
        ),
        decorators=tuple(dict.fromkeys(reader.decorators)),
        constants=tuple(name for node in tree.body for name in _assigned(node)),
        definitions=tuple(
            node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        ),
        origin=origin,
        last_star=reader.last_star,
    )
    return (module, *reader.classes())


def _assigned(node: ast.stmt) -> Iterator[str]:
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign):
        targets = [node.target]
    for target in targets:
        if isinstance(target, ast.Name):
            yield target.id


class _Reader:
    """Walks statements; ``prefix`` is the qualified name of the enclosing class or function."""

    def __init__(self) -> None:
        self.imports: dict[str, str] = {}
        self.stars: list[str] = []
        self.last_star = 0
        self.decorators: list[str] = []
        self.defined: list[tuple[ClassFact, list[ast.FunctionDef | ast.AsyncFunctionDef]]] = []
        self.own: set[str] = set()

    def block(self, body: list[ast.stmt], prefix: str) -> None:
        stack: list[tuple[ast.stmt, str]] = [(node, prefix) for node in reversed(body)]
        while stack:
            node, prefix = stack.pop()
            if type(node) in _BODILESS:
                continue
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                self._bind(node)
            elif isinstance(node, ast.ClassDef):
                self._define(node, prefix)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                self.own.add(prefix + node.name)
                self.decorators.extend(filter(None, (self.reference(each) for each in node.decorator_list)))
                prefix = f"{prefix}{node.name}."
            stack += [(child, prefix) for child in reversed(_statements(node))]

    def _bind(self, node: ast.Import | ast.ImportFrom) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                self.imports[name] = alias.name if alias.asname else name
                if not alias.asname and "." in alias.name:
                    self.imports.setdefault(alias.name, alias.name)
            return
        base = "." * node.level + (node.module or "")
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(base)
                self.last_star = max(self.last_star, node.lineno)
            else:
                joint = "" if base.endswith(".") else "."
                self.imports[alias.asname or alias.name] = f"{base}{joint}{alias.name}"

    def _define(self, node: ast.ClassDef, prefix: str) -> None:
        methods = [child for child in node.body if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef))]
        fact = ClassFact(
            name=prefix + node.name,
            bases=tuple(filter(None, (self.reference(base) for base in node.bases))),
            methods=tuple(each.name for each in methods),
            builds=(),
            decorators=tuple(filter(None, (self.reference(each) for each in node.decorator_list))),
            line=node.lineno,
        )
        self.defined.append((fact, methods))

    def classes(self) -> Iterator[ClassFact]:
        """The classes, once all is read: what a method builds is often imported in that method."""
        for fact, methods in self.defined:
            builds = dict.fromkeys(reference for method in methods for reference in self._built(method))
            yield replace(fact, builds=tuple(builds))

    def _built(self, method: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
        stack: list[ast.stmt] = list(method.body)
        while stack:
            node = stack.pop()
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Call):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(isinstance(t, ast.Attribute) and _is_self(t.value) for t in targets):
                    reference = self.reference(node.value.func)
                    if reference:
                        yield reference
            stack.extend(_statements(node))

    def reference(self, node: ast.expr) -> str:
        """The reference that ``node`` makes (see ``terms.Carries``), "" when it is none."""
        parts: list[str] = []
        while isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)):
            if isinstance(node, ast.Attribute):
                parts.append(node.attr)
                node = node.value
            else:  # a decorator factory, or Generic[T]
                node = node.func if isinstance(node, ast.Call) else node.value
        if not isinstance(node, ast.Name):
            return ""
        root = self.imports.get(node.id)
        parts.append(root if root is not None else f"@.{node.id}")
        return ".".join(reversed(parts))


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


_BLOCKS: dict[type[ast.AST], list[str]] = {
    kind: [name for name in ("body", "orelse", "finalbody", "handlers", "cases") if name in kind._fields]
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, (ast.stmt, ast.ExceptHandler, ast.match_case))
}


def _statements(node: ast.AST) -> list[ast.stmt]:
    """The statements directly in ``node``: of all its branches, handlers and cases."""
    found: list[ast.stmt] = []
    for name in _BLOCKS.get(type(node), ()):
        for each in getattr(node, name, None) or ():
            if isinstance(each, ast.stmt):
                found.append(each)
            else:  # a handler or a case
                found += each.body
    return found
