"""Which functions a Python file has and what each calls: the call graph's share of one file, from ``ast``.

Names are resolved as far as the file tells: imports, functions and classes of its own, local names and
attributes of ``self`` that are made by a call, annotated parameters. Nothing is followed into other
files; ``call_graph`` does that over the facts of all.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from msgspec import Struct, field

from mldebt.facts.functions import FunctionFact
from mldebt.facts.modules import ModuleFact

MAX_CALLS = 400  # references kept of one function; a table of a million calls is no function
MAX_SEGMENTS = 12  # of a reference

_LEAVES = frozenset(
    {str, int, float, complex, bytes, bool, type(None), type(...), ast.Name, ast.Constant, ast.Pass, ast.arguments}
    | {each for each in vars(ast).values() if isinstance(each, type) and not getattr(each, "_fields", True)}
    | {ast.Import, ast.ImportFrom, ast.alias, ast.Global, ast.Nonlocal, ast.Break, ast.Continue}
)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LOOKED_AT = frozenset(
    {*_FUNCTIONS, ast.ClassDef, ast.Call, ast.Assign, ast.AnnAssign, ast.With, ast.AsyncWith, ast.Raise, ast.Assert}
)
_NO_NODES = frozenset(
    {"ctx", "op", "ops", "id", "attr", "arg", "name", "asname", "module", "names", "level", "kind", "type_comment",
     "conversion", "simple", "rest", "kwd_attrs"}
)  # fmt: skip
_READERS: dict[type[ast.AST], Callable[[ast.AST], tuple[Any, ...]]] = {}
_Function: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef"


class _Body(Struct):
    """The statements of one function, or of the module. ``made`` is what its names were made by."""

    name: str
    line: int
    statements: list[ast.stmt]
    klass: str = ""  # the class whose method it is
    outer: _Body | None = None
    made: dict[str, str] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)  # functions and classes defined here: name -> qualified name
    locals: set[str] = field(default_factory=set)
    calls: dict[str, None] = field(default_factory=dict)
    handed: dict[str, None] = field(default_factory=dict)
    refuses: bool = False


def functions_of(tree: ast.Module, module: ModuleFact) -> Iterator[FunctionFact]:
    """The functions of ``tree`` in the order of their definition, the module's own statements first."""
    reader = _Reader({each.name: each.target for each in module.imports})
    for body in reader.read(tree):
        yield FunctionFact(body.name, body.line, tuple(body.calls), tuple(body.handed), body.refuses)


class _Reader:
    def __init__(self, imports: Mapping[str, str]) -> None:
        self._imports = imports
        self._attributes: dict[tuple[str, str], str] = {}  # (class, attribute of self) -> what made it

    def read(self, tree: ast.Module) -> list[_Body]:
        bodies = [_Body("", 1, tree.body)]
        expressions: list[list[ast.Call]] = []
        for body in bodies:  # grows while it is gone through
            expressions.append(self._split(body, bodies))
        for body, calls in zip(bodies, expressions, strict=True):
            for call in calls:
                self._call(body, call)
        return bodies

    def _split(self, body: _Body, bodies: list[_Body]) -> list[ast.Call]:
        """The calls in ``body`` without those of the functions in it, which become bodies of their own."""
        calls: list[ast.Call] = []
        self._part(body, body.statements, "", bodies, calls)
        return calls

    def _part(
        self, body: _Body, nodes: Sequence[ast.AST], klass: str, bodies: list[_Body], calls: list[ast.Call]
    ) -> None:
        """Adds what ``nodes``, statements of ``body`` or of the class ``klass`` in it, hold."""
        stack = list(nodes)
        stack.reverse()
        while stack:
            node = stack.pop()
            if type(node) not in _LOOKED_AT:
                stack += _children(node)
            elif isinstance(node, _FUNCTIONS):
                self._define(body, node, klass, bodies)
                stack += reversed(_outside(node))
            elif isinstance(node, ast.ClassDef):
                name = _joined(klass or body.name, node.name)
                if not klass:
                    body.own.setdefault(node.name, name)
                self._part(body, [*reversed(node.bases), *reversed(node.decorator_list)], klass, bodies, calls)
                self._part(body, node.body, name, bodies, calls)
            else:
                if isinstance(node, ast.Call):
                    calls.append(node)
                elif isinstance(node, (ast.Raise, ast.Assert)):
                    body.refuses = body.refuses or _is_own(node)
                else:
                    self._bind(body, node)  # type: ignore[arg-type]  # all others that are looked at
                stack += _children(node)

    def _define(self, body: _Body, node: _Function, klass: str, bodies: list[_Body]) -> None:
        name = _joined(klass or body.name, node.name)
        if not klass:
            body.own.setdefault(node.name, name)
        # In a method, ``self`` is of the class; in a function inside a method it still is.
        made = _Body(name, node.lineno, node.body, klass or body.klass, body)
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        for argument in arguments:
            made.locals.add(argument.arg)
            annotation = argument.annotation
            if isinstance(annotation, (ast.Name, ast.Attribute)):
                reference = self._reference(body, annotation)
                if reference:
                    made.made[argument.arg] = f"{reference}()"
        bodies.append(made)

    def _bind(self, body: _Body, node: ast.Assign | ast.AnnAssign | ast.With | ast.AsyncWith) -> None:
        if isinstance(node, (ast.With, ast.AsyncWith)):
            pairs = [(each.optional_vars, each.context_expr) for each in node.items]
        elif isinstance(node, ast.Assign):
            pairs = [(target, node.value) for target in node.targets]
        else:
            pairs = [(node.target, node.value)] if node.value is not None else []
        for target, value in pairs:
            if isinstance(target, ast.Name):
                body.locals.add(target.id)
                if isinstance(value, ast.Call):
                    made = self._reference(body, value.func)
                    if made:
                        body.made.setdefault(target.id, f"{made}()")
            elif isinstance(target, ast.Attribute) and _is_self(target.value) and isinstance(value, ast.Call):
                made = self._reference(body, value.func)
                if made and body.klass:
                    self._attributes.setdefault((body.klass, target.attr), f"{made}()")

    def _call(self, body: _Body, node: ast.Call) -> None:
        reference = self._reference(body, node.func)
        if reference and len(body.calls) < MAX_CALLS:
            body.calls.setdefault(reference)
        for argument in (*node.args, *(each.value for each in node.keywords)):
            if isinstance(argument, (ast.Name, ast.Attribute)) and len(body.handed) < MAX_CALLS:
                handed = self._handed(body, argument)
                if handed:
                    body.handed.setdefault(handed)

    def _handed(self, body: _Body, node: ast.Name | ast.Attribute) -> str:
        """The function that is passed, "" for what is surely something else."""
        if isinstance(node, ast.Name):
            known = self._own(body, node.id) or self._imports.get(node.id, "")
            return known if not self._is_local(body, node.id) else ""
        reference = self._reference(body, node)
        return reference if reference.startswith("@.") and _is_self(node.value) else ""

    def _reference(self, body: _Body, node: ast.expr) -> str:
        parts: list[str] = []
        while len(parts) < MAX_SEGMENTS:
            if isinstance(node, ast.Attribute):
                parts.append(f".{node.attr}")
                node = node.value
            elif isinstance(node, ast.Call):
                parts.append("()")
                node = node.func
            else:
                break
        if not isinstance(node, ast.Name):
            return ""
        rest = "".join(reversed(parts))
        if node.id in {"self", "cls"} and body.klass:
            first, dot, further = rest.removeprefix(".").partition(".")
            made = self._attributes.get((body.klass, first)) if dot else None
            return f"{made}.{further}" if made else f"@.{body.klass}{rest}"
        return self._root(body, node.id) + rest

    def _root(self, body: _Body, name: str) -> str:
        scope: _Body | None = body
        while scope is not None:
            if name in scope.made:
                return scope.made[name]
            if name in scope.own:
                return f"@.{scope.own[name]}"
            if name in scope.locals and scope.outer is not None:
                return f"@.{_joined(scope.name, name)}"
            scope = scope.outer
        return self._imports.get(name, f"@.{name}")

    def _own(self, body: _Body, name: str) -> str:
        scope: _Body | None = body
        while scope is not None:
            if name in scope.own:
                return f"@.{scope.own[name]}"
            scope = scope.outer
        return ""

    @staticmethod
    def _is_local(body: _Body, name: str) -> bool:
        return name in body.locals and name not in body.own


def _is_own(node: ast.Raise | ast.Assert) -> bool:
    """Is an error raised here, and not one that came from elsewhere handed on?"""
    return isinstance(node, ast.Assert) or (node.exc is not None and node.cause is None)


def _joined(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in {"self", "cls"}


def _outside(node: _Function) -> list[ast.AST]:
    """The parts of a definition that run where it stands: decorators and defaults."""
    defaults = [each for each in (*node.args.defaults, *node.args.kw_defaults) if each is not None]
    return [*node.decorator_list, *defaults]


def _children(node: ast.AST) -> list[ast.AST]:
    """The nodes below ``node`` that can hold a call, the last first."""
    found: list[ast.AST] = []
    kind = type(node)
    for value in (_READERS.get(kind) or _reader(kind))(node):
        held = type(value)
        if held is list:
            found += [each for each in value if type(each) not in _LEAVES]
        elif held not in _LEAVES:
            while type(value) is ast.Attribute:  # a.b.c holds what a does
                value = value.value
            if type(value) not in _LEAVES:
                found.append(value)
    found.reverse()
    return found


def _reader(kind: type[ast.AST]) -> Callable[[ast.AST], tuple[Any, ...]]:
    """What gives the values of the fields of a ``kind`` that can hold nodes, compiled for them."""
    read = "".join(f"node.{name}, " for name in kind._fields if name not in _NO_NODES)
    made: Callable[[ast.AST], tuple[Any, ...]] = eval(f"lambda node: ({read})")
    _READERS[kind] = made
    return made
