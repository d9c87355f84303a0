"""The machine that control flow and definitions run on: bindings, parents, and who is told of what.

``Walker`` knows expressions and plain statements. What compound statements do is in ``control`` and
``definitions``: functions of a walker and a node, in a table by node type, that ``flow`` puts together.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, TypeAlias

import libcst as cst

from mldebt.syntax.children import LEAVES, READERS, children, descendants
from mldebt.traits.evaluate import Evaluator, element_of
from mldebt.traits.names import Names
from mldebt.traits.origins import Origins
from mldebt.traits.scopes import Bound, Branches, ClassBody, Function, Scope
from mldebt.traits.values import UNKNOWN, Value

MAX_PARTS = 256  # columns of a frame or keys of a dict that are told apart

Listener = Callable[[cst.CSTNode], None]
Parents: TypeAlias = "tuple[cst.CSTNode, ...]"


class Walker:
    """Walks statements in the order they run, with the bindings in force.

    ``parents`` are the nodes around the current one. While ``quiet`` is not 0 nobody is told of
    anything: the walk is only there for what it binds. ``returned`` collects what the function that
    runs returns; ``pending`` are the functions whose bodies are still to be walked.
    """

    def __init__(self, names: Names, origins: Origins, listeners: Mapping[type[cst.CSTNode], Listener]) -> None:
        self.module_scope = Scope("module", "", None)
        self.scope = self.module_scope
        self.parents: list[cst.CSTNode] = []
        self.functions: list[Function] = []
        self.classes: list[ClassBody] = []
        self.inner_scopes: list[Scope] = []  # of all functions and classes that were run, quietly too
        self.classes_called: dict[str, dict[int, ClassBody]] = {}  # reference -> definition -> class
        self.imports: dict[str, str] = {}
        self.imported = 0  # names that import statements have bound so far
        self.origins = origins
        self.branches = Branches()
        self.pending: deque[tuple[Function, Parents]] = deque()
        self.quiet = 0
        self.loops = 0
        self.walruses = True  # the text may hold some
        self.returned: list[Value] = []
        self.evaluator = Evaluator(names, origins, self.scope, self.summarise, self.attribute_of, self.bind_walrus)
        self._listeners = listeners
        self._silent = LEAVES - listeners.keys()

    statements: ClassVar[Mapping[type[cst.CSTNode], Callable[..., None]]] = {}
    """What is done for each type of statement: a function of the walker and the node."""

    def summarise(self, function: Function) -> Value:
        """What calling ``function`` returns."""
        raise NotImplementedError

    def attribute_of(self, klass: ClassBody, name: str) -> Value | None:
        """What ``name`` is on an instance of ``klass``, ``None`` when nothing says."""
        raise NotImplementedError

    # bindings ----------------------------------------------------------------------------------

    def enter(self, scope: Scope) -> None:
        """Go on in ``scope``."""
        self.scope = scope
        self.evaluator.scope = scope
        self.evaluator.memo.clear()

    def bind(self, name: str, value: Value) -> None:
        """Bind ``name`` where an assignment here binds it."""
        self.bind_walrus(name, value)
        self.evaluator.memo.clear()

    def bind_walrus(self, name: str, value: Value) -> None:
        """Bind ``name`` in the middle of an expression: what the evaluator remembers it forgets itself."""
        scope = self.scope
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent  # a walrus binds outside the comprehension
        self.branches.bind(scope, name, value)

    def bind_target(self, target: cst.CSTNode, value: Value) -> None:
        """Bind what an assignment target names: names, parts of tuples, attributes, keys."""
        if type(target) is cst.Name:
            self.bind(target.value, value)
        elif isinstance(target, (cst.Tuple, cst.List)):
            for position, element in enumerate(target.elements):
                self.bind_target(element.value, element_of(value, position, len(target.elements)))
        elif type(target) is cst.Attribute:
            owner = self.evaluator.value(target.value)
            if owner.instance is not None:
                owner.instance.assign(target.attr.value, value)
            elif type(target.value) is cst.Name:
                self._bind_part(target.value, target.attr.value, value)
        elif type(target) is cst.Subscript and isinstance(target.value, (cst.Name, cst.Attribute)):
            index = target.slice[0].slice if len(target.slice) == 1 else None
            key = self.evaluator.value(index.value).constant if type(index) is cst.Index else None
            if isinstance(key, str):
                self._bind_part(target.value, key, value)

    def _bind_part(self, owner: cst.Name | cst.Attribute, key: str, value: Value) -> None:
        """A column or key of a container: the part carries the traits, never the container."""
        known = self.evaluator.value(owner)
        columns = known.columns or {}
        if key in columns or len(columns) < MAX_PARTS:
            columns = {**columns, key: value}
        changed = Value(known.reference, known.traits, columns=columns, instance=known.instance, named=known.named)
        if isinstance(owner, cst.Name):
            self.bind(owner.value, changed)
        else:
            holder = self.evaluator.value(owner.value)
            if holder.instance is not None:
                holder.instance.attributes[owner.attr.value] = changed
                self.evaluator.memo.clear()

    # branches ----------------------------------------------------------------------------------

    def branch(self, run: Callable[[], None]) -> Bound:
        """What ``run`` binds; afterwards all is bound as it was before."""
        self.branches.begin()
        run()
        self.evaluator.memo.clear()
        return self.branches.end()

    def merge(self, ends: list[Bound], exhaustive: bool) -> None:
        """Join what branches bound (see ``Branches.merge``)."""
        self.branches.merge(ends, exhaustive)
        self.evaluator.memo.clear()

    # statements --------------------------------------------------------------------------------

    def block(self, body: Iterable[cst.CSTNode]) -> None:
        """Walk statements one after the other."""
        for statement in body:
            if type(statement) is cst.SimpleStatementLine:
                self.parents.append(statement)
                for small in statement.body:
                    self.statement(small)
                self.parents.pop()
            else:
                self.statement(statement)

    def suite(self, suite: cst.BaseSuite) -> None:
        """Walk what stands behind a colon. A block is told of when it has run: its names are bound then."""
        self.parents.append(suite)
        if type(suite) is cst.IndentedBlock:
            self.block(suite.body)
            self.tell(suite)
        else:
            for small in suite.body:
                self.statement(small)
        self.parents.pop()

    def statement(self, node: cst.CSTNode) -> None:
        """Walk one statement; of those that the table does not know, the expressions."""
        method = self.statements.get(type(node))
        if type(node) is not cst.Match:  # that is told of once what its cases capture is bound
            self.tell(node)
        if method is not None:
            method(self, node)
            return
        self.parents.append(node)
        for child in children(node):
            self.expression(child)
        self.parents.pop()

    # expressions -------------------------------------------------------------------------------

    def tell(self, node: cst.CSTNode) -> None:
        """Tell who listens to the node's type."""
        if not self.quiet:
            listener = self._listeners.get(type(node))
            if listener is not None:
                listener(node)

    def expression(self, node: cst.CSTNode | None) -> None:
        """Tell who listens of every node of an expression. Quietly there is nobody to tell, and
        only what the expression binds counts."""
        if node is None:
            return
        if self.quiet:
            if self.walruses:
                self._bind_walruses(node)
            return
        kind = type(node)
        listener = self._listeners.get(kind)
        if listener is not None:
            listener(node)
        special = _SCOPED.get(kind)
        if special is not None:
            special(self, node)
            return
        self.parents.append(node)
        silent = self._silent
        for part in READERS[kind](node):
            if type(part) not in silent:
                self.expression(part)
        self.parents.pop()
        if kind is cst.NamedExpr:
            self.evaluator.value(node)

    def _bind_walruses(self, node: cst.CSTNode) -> None:
        for each in descendants(node):
            if type(each) is cst.NamedExpr:
                self.evaluator.value(each)

    def parameters(self, params: cst.Parameters) -> None:
        """Tell the listeners of parameters and their defaults."""
        self.parents.append(params)
        for parameter in (*params.posonly_params, *params.params, *params.kwonly_params):
            self.tell(parameter)
            self.parents.append(parameter)
            self.expression(parameter.default)
            self.parents.pop()
        self.parents.pop()

    def _lambda(self, node: cst.Lambda) -> None:
        self.parents.append(node)
        outer = self.scope
        self.parameters(node.params)
        given = self._given_to(node)
        self.enter(Scope("comprehension", outer.name, outer, function=outer.function, klass=outer.klass))
        for position, parameter in enumerate(node.params.params):
            known = given if given is not None and position == 0 else Value(parameter=position)
            self.scope.bindings[parameter.name.value] = known
        self.expression(node.body)
        self.enter(outer)
        self.parents.pop()

    def _given_to(self, node: cst.Lambda) -> Value | None:
        """What a lambda is called with, where it is passed to what goes through a container:
        ``scores.apply(lambda v: ...)``, ``filter(lambda d: ..., found)``, ``max(found, key=lambda d: ...)``."""
        call = self.parents[-3] if len(self.parents) > 2 else None
        if type(call) is not cst.Call:
            return None
        through: cst.CSTNode | None = None
        if type(call.func) is cst.Attribute and call.func.attr.value in {"apply", "map", "filter", "applymap"}:
            through = call.func.value
        elif type(call.func) is cst.Name:
            position = {"map": 1, "filter": 1, "sorted": 0, "max": 0, "min": 0}.get(call.func.value, -1)
            through = call.args[position].value if 0 <= position < len(call.args) else None
        if through is None or through is node:
            return None
        element = self.evaluator.iterated(through)
        return element if element is not UNKNOWN else None

    def _comprehension(self, node: cst.ListComp | cst.SetComp | cst.DictComp | cst.GeneratorExp) -> None:
        self.parents.append(node)
        outer = self.scope
        inner: cst.CompFor | None = node.for_in
        while inner is not None:
            self.expression(inner.iter)
            self.enter(self.evaluator.comprehended(inner))
            for condition in inner.ifs:
                self.parents.append(condition)
                self.tell(condition)
                self.expression(condition.test)
                self.parents.pop()
            inner = inner.inner_for_in
        if isinstance(node, cst.DictComp):
            self.expression(node.key)
            self.expression(node.value)
        else:
            self.expression(node.elt)
        self.enter(outer)
        self.parents.pop()


_SCOPED: dict[type[cst.CSTNode], Callable[[Walker, Any], None]] = {
    cst.Lambda: Walker._lambda,
    cst.ListComp: Walker._comprehension,
    cst.SetComp: Walker._comprehension,
    cst.DictComp: Walker._comprehension,
    cst.GeneratorExp: Walker._comprehension,
}
"""Expressions that bind names of their own."""
