"""One pass over a file in the order it runs: bindings change, and who listens is told of each node.

The interpreter walks statements, keeps the bindings, and calls the listeners of a node's type while
the bindings are those in force there. Bodies of functions come after the module's own statements,
as they do when the program runs; what a call returns is found by running the body quietly before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar

import libcst as cst
from msgspec import Struct

from mldebt.syntax.children import statements
from mldebt.syntax.names import dotted
from mldebt.traits import assignments, control, definitions
from mldebt.traits.names import Names
from mldebt.traits.origins import Origins
from mldebt.traits.scopes import Branches, ClassBody, Function
from mldebt.traits.values import UNKNOWN, Value, join
from mldebt.traits.walker import Listener, Walker

MAX_SUMMARY_DEPTH = 12  # functions that call functions, followed for what they return
MAX_SUMMARIES = 4  # times a function is run for that; one defined inside another is made anew with every run of it
MAX_BASES = 32  # classes that are asked for an attribute


class Interpreter(Walker):
    """Runs one module. ``listeners`` maps node types to what is called for each such node."""

    statements: ClassVar[Mapping[type[cst.CSTNode], Callable[..., None]]] = {
        **assignments.STATEMENTS,
        **control.STATEMENTS,
        **definitions.STATEMENTS,
    }

    def __init__(self, names: Names, origins: Origins, listeners: Mapping[type[cst.CSTNode], Listener]) -> None:
        super().__init__(names, origins, listeners)
        self.module_node: cst.Module | None = None
        self._depth = 0
        self._summaries: dict[int, _Summary] = {}

    def run(self, module: cst.Module) -> None:
        """Walk the whole module, then the bodies of its functions, in the order of their definition."""
        self.module_node = module
        self.parents.append(module)
        self.tell(module)
        self.block(module.body)
        while self.pending:
            function, parents = self.pending.popleft()
            outer = self.parents
            self.parents = list(parents)
            self._run_body(function)
            self.parents = outer
        self.parents.pop()

    def forget(self) -> None:
        """Let go of what was found out. Scopes, functions and classes hold each other in circles: untied they
        go at once, with the tree, and no collector has to go through it."""
        self.module_scope.bindings.clear()
        for scope in self.inner_scopes:
            scope.bindings.clear()
            if scope.kind == "class" and scope.klass is not None:
                scope.klass.forget()
            scope.function = scope.klass = None
        self.inner_scopes.clear()
        self.functions.clear()
        self.classes.clear()
        self.classes_called.clear()
        self.evaluator.forget()
        self._summaries.clear()
        self._listeners = {}
        self.module_node = None

    def _run_body(self, function: Function) -> None:
        before, returned = self.scope, self.returned
        branches, self.branches = self.branches, Branches()
        self.returned = []
        running, function.running = function.running, True
        loops, self.loops = self.loops, 0
        self.enter(definitions.scope_of(self, function))
        self.parents.append(function.node)
        if not self.quiet:
            self.parameters(function.node.params)
        self.suite(function.node.body)
        self.parents.pop()
        self.enter(before)
        function.running = running
        result: Value | None = None
        for value in self.returned:
            result = value if result is None else join(result, value)
        function.returned = result if result is not None else UNKNOWN
        function.summarised = True
        self.returned, self.branches, self.loops = returned, branches, loops

    def summarise(self, function: Function) -> Value:
        """What calling ``function`` returns, found by running its body quietly once."""
        if not function.summarised and not function.running and self._depth < MAX_SUMMARY_DEPTH:
            known = self._summaries.get(id(function.node), _NO_SUMMARY)
            if known.runs < MAX_SUMMARIES:
                self._depth += 1
                self.quiet += 1
                parents, self.parents = self.parents, []
                try:
                    self.evaluator.afresh(lambda: self._run_body(function))
                finally:
                    self.quiet -= 1
                    self._depth -= 1
                    self.parents = parents
                self._summaries[id(function.node)] = _Summary(known.runs + 1, function.returned)
            else:
                function.returned, function.summarised = known.returned, True
        return function.returned

    def attribute_of(self, klass: ClassBody, name: str) -> Value | None:
        """What ``name`` is on an instance of ``klass``: assigned on self anywhere in it, or in its body,
        or in a base class of this file. ``None`` when nothing says."""
        value = self._own_attribute(klass, name)
        if value is not None or not klass.bases:
            return value
        seen = {id(klass)}
        queue = deque(self._bases(klass))
        while queue and len(seen) < MAX_BASES:
            current = queue.popleft()
            if id(current) in seen:
                continue
            seen.add(id(current))
            value = self._own_attribute(current, name)
            if value is not None:
                return value
            queue.extend(self._bases(current))
        return None

    def _bases(self, klass: ClassBody) -> list[ClassBody]:
        return [each for base in klass.bases for each in self.classes_called.get(base, {}).values()]

    def _own_attribute(self, klass: ClassBody, name: str) -> Value | None:
        """What ``klass`` itself makes of ``name``. The methods that assign it run for that, each once, whoever asks."""
        if klass.writers is None:
            klass.writers = _writers(klass)
        left = klass.writers.get(name)
        while left and self._depth < MAX_SUMMARY_DEPTH:
            self.summarise(left.popleft())
        value = klass.attributes.get(name)
        return klass.scope.bindings.get(name) if value is None else value


class _Summary(Struct, frozen=True):
    """What a function was found to return, and how often it was run for that."""

    runs: int
    returned: Value


_NO_SUMMARY = _Summary(0, UNKNOWN)


def _writers(klass: ClassBody) -> dict[str, deque[Function]]:
    """Which methods of ``klass`` assign which attributes of self."""
    writers: dict[str, deque[Function]] = {}
    for method in klass.methods.values():
        for node in statements(method.node.body):
            for target in _targets(node):
                if type(target) is cst.Attribute and dotted(target.value) in {"self", "cls"}:
                    found = writers.setdefault(target.attr.value, deque())
                    if not found or found[-1] is not method:
                        found.append(method)
    return writers


def _targets(node: cst.CSTNode) -> Iterable[cst.BaseExpression]:
    if type(node) is cst.Assign:
        return [each.target for each in node.targets]
    if type(node) is cst.AnnAssign or type(node) is cst.AugAssign:
        return [node.target]
    return ()
