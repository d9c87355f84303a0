"""setup.py, by its syntax tree: what ``setup(...)`` is given as literals, and the requirements files that
its arguments are read from. Nothing is run."""

from __future__ import annotations

import ast
import posixpath
from collections import defaultdict
from collections.abc import Iterator

from msgspec import Struct
from packaging.requirements import InvalidRequirement

from mldebt.facts import Fact
from mldebt.facts.pins import Manifest, Pin
from mldebt.model import Notice, Place, Span
from mldebt.sources.manifests import requirements
from mldebt.sources.manifests.contents import ManifestFacts, displayed, resolve, split_lines

DIALECT = "setup.py"

LONGEST = 500_000
MOST_NODES = 20_000
"""Nodes that are looked at for one argument."""

_GROUPS = {"install_requires": "", "tests_require": "test", "setup_requires": "build-system", "requires": ""}


def read(path: str, text: str) -> ManifestFacts:
    """Says nothing when there is no call of ``setup``, or when the file is no Python of today."""
    if len(text) > LONGEST or "setup" not in text:
        return ManifestFacts()
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ManifestFacts()
    call = next(
        (node for node in ast.walk(tree) if isinstance(node, ast.Call) and _last_name(node.func) == "setup"), None
    )
    return _Setup(path, split_lines(text), _Module(tree)).read(call) if call is not None else ManifestFacts()


class _Module:
    """What the names of a module are bound to, wherever that happens."""

    def __init__(self, tree: ast.Module) -> None:
        self._bound: dict[str, list[ast.AST]] = defaultdict(list)
        for node in ast.walk(tree):
            for target, value in _bindings(node):
                for part in ast.walk(target):
                    if isinstance(part, ast.Name):
                        self._bound[part.id].append(value)

    def value(self, node: ast.expr | None) -> ast.expr | None:
        """The expression itself, or what the name that it is, is bound to when that is one thing."""
        for _ in range(5):
            if not isinstance(node, ast.Name):
                break
            bound = self._bound.get(node.id, [])
            if len(bound) != 1 or not isinstance(bound[0], ast.expr):
                break
            node = bound[0]
        return node

    def strings(self, node: ast.AST) -> Iterator[str]:
        """Every string that the expression can be made of, through names and functions."""
        queue, seen, left = [node], {""}, MOST_NODES
        while queue:
            for part in ast.walk(queue.pop()):
                left -= 1
                if left < 0:
                    return
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value
                name = part.id if isinstance(part, ast.Name) else ""
                if name not in seen:
                    seen.add(name)
                    queue.extend(self._bound.get(name, ()))


def _bindings(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield target, node.value
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign)) and node.value is not None:
        yield node.target, node.value
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield node.optional_vars, node.context_expr
    elif isinstance(node, ast.For):
        yield node.target, node.iter
    elif isinstance(node, ast.FunctionDef):
        yield ast.Name(node.name), node
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("append", "extend"):
        for argument in node.args:
            yield node.func.value, argument


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


class _Setup(Struct, frozen=True):
    path: str
    lines: list[str]
    module: _Module

    def read(self, call: ast.Call) -> ManifestFacts:
        given = dict(self._arguments(call))
        pins: list[Pin] = []
        files: list[str] = []
        notices: list[Notice] = []
        for name, group in _GROUPS.items():
            if name in given:
                self._requirements(given[name], group, pins, files, notices)
        extras = self.module.value(given.get("extras_require"))
        for key, value in zip(extras.keys, extras.values, strict=True) if isinstance(extras, ast.Dict) else ():
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                self._requirements(value, key.value.partition(":")[0], pins, files, notices)
        facts: tuple[Fact, ...] = (self._manifest(call, given, files), *pins)
        return ManifestFacts(facts, tuple(notices))

    def _arguments(self, call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
        """Keyword arguments, also those of a dict that is spread into the call."""
        for keyword in call.keywords:
            if keyword.arg is not None:
                yield keyword.arg, keyword.value
                continue
            spread = self.module.value(keyword.value)
            if isinstance(spread, ast.Dict):
                for key, value in zip(spread.keys, spread.values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(key.value, str):
                        yield key.value, value
            elif isinstance(spread, ast.Call) and _last_name(spread.func) == "dict":
                yield from ((one.arg, one.value) for one in spread.keywords if one.arg is not None)

    def _requirements(
        self, node: ast.expr, group: str, pins: list[Pin], files: list[str], notices: list[Notice]
    ) -> None:
        literals, rest = self._literals(node)
        for literal in literals:
            for text in literal.value.split("\n") if isinstance(literal.value, str) else ():
                if text.strip() and not text.lstrip().startswith("#"):
                    self._pin(literal, text.strip(), group, pins, notices)
        base = posixpath.dirname(self.path)
        for part in rest:
            for text in self.module.strings(part):
                if len(text) < 200 and requirements.PATTERN.search(text) and resolve(base, text) not in files:
                    files.append(resolve(base, text))

    def _literals(self, node: ast.expr) -> tuple[list[ast.Constant], list[ast.expr]]:
        """The literal strings of a list (also joined of several, and through names), and what else it is made of."""
        literals: list[ast.Constant] = []
        rest: list[ast.expr] = []
        queue: list[ast.expr] = [node]
        for _ in range(MOST_NODES):
            if not queue:
                break
            one = self.module.value(queue.pop(0))
            if isinstance(one, ast.Constant):
                literals.append(one)
            elif isinstance(one, (ast.List, ast.Tuple, ast.Set)):
                queue[:0] = one.elts
            elif isinstance(one, ast.BinOp) and isinstance(one.op, ast.Add):
                queue[:0] = [one.left, one.right]
            elif isinstance(one, ast.Starred):
                queue.insert(0, one.value)
            elif one is not None:
                rest.append(one)
        return literals, rest

    def _pin(self, node: ast.Constant, text: str, group: str, pins: list[Pin], notices: list[Notice]) -> None:
        here = self._place(node)
        source = displayed(self.lines[here.span.line - 1]) if here.span.line <= len(self.lines) else ""
        dialect = "build-system" if group == "build-system" else DIALECT
        try:
            pins.append(requirements.parse(text, Pin("", "", text, here, source, dialect, group)))
        except (InvalidRequirement, ValueError, RecursionError):
            message = f"not a requirement: {text[:80]}"
            notices.append(Notice("malformed-requirement", message, self.path, here.span.line, here.span.column))

    def _manifest(self, call: ast.Call, given: dict[str, ast.expr], files: list[str]) -> Manifest:
        def text(name: str) -> str:
            value = self.module.value(given.get(name))
            return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""

        classifiers = given.get("classifiers")
        said = list(self.module.strings(classifiers)) if classifiers is not None else []
        entries = given.get("entry_points")
        here = self._place(call)
        return Manifest(
            DIALECT,
            is_lock=False,
            builds=True,
            dynamic_from=tuple(files),
            scripts="scripts" in given
            or (entries is not None and any("_scripts" in one for one in self.module.strings(entries))),
            classifiers=bool(said) and not any(one.startswith("Private ::") for one in said),
            packages="packages" in given or "py_modules" in given,
            requires_python=text("python_requires") or ("?" if "python_requires" in given else ""),
            name=text("name"),
            place=Place(
                self.path, Span(here.span.line, here.span.column, here.span.line, here.span.column + len("setup("))
            ),
            source_line=displayed(self.lines[here.span.line - 1].strip()),
        )

    def _place(self, node: ast.expr) -> Place:
        """Where an expression stands; ast counts bytes."""

        def column(line: int, offset: int) -> int:
            return len(self.lines[line - 1].encode()[:offset].decode("utf-8", "replace")) + 1

        end_line, end_offset = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset + 1
        if max(node.lineno, end_line) > len(self.lines):  # form feeds and the like end no line here
            return Place(self.path, Span(1, 1, 1, 1))
        return Place(
            self.path, Span(node.lineno, column(node.lineno, node.col_offset), end_line, column(end_line, end_offset))
        )
