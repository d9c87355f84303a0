"""One pass over a file in the order it runs: bindings change, and who listens is told of each node.

The interpreter walks statements, keeps the bindings, and calls the listeners of a node's type while
the bindings are those in force there. Bodies of functions come after the module's own statements,
as they do when the program runs. Branches are joined; loops are gone through once more, quietly
first, so that what the body binds is known at its top.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence

import libcst as cst

from mldebt.syntax.children import children, descendants
from mldebt.syntax.imports import bindings
from mldebt.syntax.names import dotted
from mldebt.traits.evaluate import KEPT_IN_CONTAINERS, Evaluator, element_of
from mldebt.traits.names import Names
from mldebt.traits.origins import Origins
from mldebt.traits.scopes import Branches, ClassBody, Function, Scope
from mldebt.traits.values import UNKNOWN, Value, join, join_traits, only

Listener = Callable[[cst.CSTNode], None]

MAX_SUMMARY_DEPTH = 12  # functions that call functions, followed for what they return


class Interpreter:
    """Runs one module. ``listeners`` maps node types to what is called for each such node."""

    def __init__(
        self, names: Names, origins: Origins, listeners: Mapping[type[cst.CSTNode], Sequence[Listener]]
    ) -> None:
        self.module_scope = Scope("module", "", None)
        self.module_node: cst.Module | None = None
        self.scope = self.module_scope
        self.parents: list[cst.CSTNode] = []
        self.functions: list[Function] = []
        self.classes: list[ClassBody] = []
        self.imports: dict[str, str] = {}
        self._names = names
        self._origins = origins
        self._listeners = listeners
        self._branches = Branches()
        self._pending: deque[tuple[Function, tuple[cst.CSTNode, ...]]] = deque()
        self._quiet = 0
        self._loops = 0
        self._depth = 0
        self._returned: list[Value] = []
        self.evaluator = Evaluator(names, origins, self.scope, self.summarise, self.attribute_of, self._bind)
        self._statements: dict[type[cst.CSTNode], Callable[..., None]] = {
            cst.Assign: self._assign,
            cst.AnnAssign: self._annotated,
            cst.AugAssign: self._augmented,
            cst.Expr: self._expr,
            cst.Import: self._import,
            cst.ImportFrom: self._import,
            cst.Return: self._return,
            cst.Global: self._declare,
            cst.Nonlocal: self._declare,
            cst.If: self._if,
            cst.For: self._for,
            cst.While: self._while,
            cst.Try: self._try,
            cst.TryStar: self._try,
            cst.With: self._with,
            cst.Match: self._match,
            cst.FunctionDef: self._function,
            cst.ClassDef: self._class,
        }

    # running -----------------------------------------------------------------------------------

    def run(self, module: cst.Module) -> None:
        """Walk the whole module, then the bodies of its functions, in the order of their definition."""
        self.module_node = module
        self.parents.append(module)
        self._tell(module)
        self._block(module.body)
        while self._pending:
            function, parents = self._pending.popleft()
            outer = self.parents
            self.parents = list(parents)
            self._run_body(function)
            self.parents = outer
        self.parents.pop()

    def _run_body(self, function: Function) -> None:
        before, returned = self.scope, self._returned
        branches, self._branches = self._branches, Branches()
        self._returned = []
        running, function.running = function.running, True
        loops, self._loops = self._loops, 0
        self._enter(self._scope_of(function))
        self.parents.append(function.node)
        if not self._quiet:
            self._parameters_heard(function.node.params)
        self._suite(function.node.body)
        self.parents.pop()
        self._enter(before)
        function.running = running
        result: Value | None = None
        for value in self._returned:
            result = value if result is None else join(result, value)
        function.returned = result if result is not None else UNKNOWN
        function.summarised = True
        self._returned, self._branches, self._loops = returned, branches, loops

    def summarise(self, function: Function) -> Value:
        """What calling ``function`` returns, found by running its body quietly once."""
        if not function.summarised and not function.running and self._depth < MAX_SUMMARY_DEPTH:
            self._depth += 1
            self._quiet += 1
            memo, self.evaluator.memo = self.evaluator.memo, {}
            parents, self.parents = self.parents, []
            try:
                self._run_body(function)
            finally:
                self._quiet -= 1
                self._depth -= 1
                self.parents = parents
                self.evaluator.memo = memo
        return function.returned

    def attribute_of(self, klass: ClassBody, name: str) -> Value | None:
        """What ``name`` is on an instance of ``klass``: assigned on self anywhere in it, or in its body,
        or in a base class of this file. ``None`` when nothing says."""
        seen: set[int] = set()
        queue = [klass]
        while queue:
            current = queue.pop(0)
            if id(current) in seen:
                continue
            seen.add(id(current))
            for method in self._writers(current).get(name, ()):
                self.summarise(method)
            value = current.attributes.get(name)
            if value is None:
                value = current.scope.bindings.get(name)
            if value is not None:
                return value
            queue.extend(each for each in self.classes if f"@.{each.name}" in current.bases)
        return None

    def _writers(self, klass: ClassBody) -> dict[str, list[Function]]:
        """Which methods of ``klass`` assign which attributes of self. Found once, when first asked."""
        if klass.writers is None:
            klass.writers = {}
            for method in klass.methods.values():
                for node in descendants(method.node.body):
                    for target in _targets(node):
                        if isinstance(target, cst.Attribute) and dotted(target.value) in {"self", "cls"}:
                            writers = klass.writers.setdefault(target.attr.value, [])
                            if method not in writers:
                                writers.append(method)
        return klass.writers

    # bindings ----------------------------------------------------------------------------------

    def _enter(self, scope: Scope) -> None:
        self.scope = scope
        self.evaluator.scope = scope
        self.evaluator.memo.clear()

    def _bind(self, name: str, value: Value) -> None:
        scope = self.scope
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent  # a walrus binds outside the comprehension
        self._branches.bind(scope, name, value)
        self.evaluator.memo.clear()

    def _bind_target(self, target: cst.CSTNode, value: Value) -> None:
        if isinstance(target, cst.Name):
            self._bind(target.value, value)
        elif isinstance(target, (cst.Tuple, cst.List)):
            for position, element in enumerate(target.elements):
                self._bind_target(element.value, element_of(value, position, len(target.elements)))
        elif isinstance(target, cst.Attribute):
            owner = self.evaluator.value(target.value)
            if owner.instance is not None:
                owner.instance.assign(target.attr.value, value)
            elif isinstance(target.value, cst.Name):
                self._bind_part(target.value, target.attr.value, value)
        elif isinstance(target, cst.Subscript) and isinstance(target.value, (cst.Name, cst.Attribute)):
            index = target.slice[0].slice if len(target.slice) == 1 else None
            key = self.evaluator.value(index.value).constant if isinstance(index, cst.Index) else None
            if isinstance(key, str):
                self._bind_part(target.value, key, value)

    def _bind_part(self, owner: cst.Name | cst.Attribute, key: str, value: Value) -> None:
        """A column or key of a container: the part carries the traits, never the container."""
        known = self.evaluator.value(owner)
        columns = {**(known.columns or {}), key: value}
        changed = Value(known.reference, known.traits, columns=columns, instance=known.instance, named=known.named)
        if isinstance(owner, cst.Name):
            self._bind(owner.value, changed)
        else:
            holder = self.evaluator.value(owner.value)
            if holder.instance is not None:
                holder.instance.attributes[owner.attr.value] = changed
                self.evaluator.memo.clear()

    # statements --------------------------------------------------------------------------------

    def _block(self, body: Iterable[cst.CSTNode]) -> None:
        for statement in body:
            if isinstance(statement, cst.SimpleStatementLine):
                self.parents.append(statement)
                for small in statement.body:
                    self._statement(small)
                self.parents.pop()
            else:
                self._statement(statement)

    def _suite(self, suite: cst.BaseSuite) -> None:
        self.parents.append(suite)
        if isinstance(suite, cst.IndentedBlock):
            self._tell(suite)
            self._block(suite.body)
        else:
            for small in suite.body:
                self._statement(small)
        self.parents.pop()

    def _statement(self, node: cst.CSTNode) -> None:
        self._tell(node)
        method = self._statements.get(type(node))
        if method is not None:
            method(node)
            return
        self.parents.append(node)
        for child in children(node):
            self._expression(child)
        self.parents.pop()

    def _tell(self, node: cst.CSTNode) -> None:
        if not self._quiet:
            for listener in self._listeners.get(type(node), ()):
                listener(node)

    def _expression(self, node: cst.CSTNode | None) -> None:
        """Tell the listeners of every node of an expression. Quietly there is nobody to tell."""
        if node is None or self._quiet:
            return
        self._tell(node)
        if isinstance(node, (cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)):
            self._comprehend(node)
            return
        self.parents.append(node)
        if isinstance(node, cst.Lambda):
            self._lambda(node)
        else:
            for child in children(node):
                self._expression(child)
            if isinstance(node, cst.NamedExpr):
                self.evaluator.value(node)
        self.parents.pop()

    def _lambda(self, node: cst.Lambda) -> None:
        outer = self.scope
        self._parameters_heard(node.params)
        given = self._given_to(node)
        self._enter(Scope("comprehension", outer.name, outer, function=outer.function, klass=outer.klass))
        for position, parameter in enumerate(node.params.params):
            known = given if given is not None and position == 0 else Value(parameter=position)
            self.scope.bindings[parameter.name.value] = known
        self._expression(node.body)
        self._enter(outer)

    def _given_to(self, node: cst.Lambda) -> Value | None:
        """What a lambda is called with, where it is passed to what goes through a container:
        ``scores.apply(lambda v: ...)``, ``filter(lambda d: ..., found)``, ``max(found, key=lambda d: ...)``."""
        call = self.parents[-3] if len(self.parents) > 2 else None
        if not isinstance(call, cst.Call):
            return None
        through: cst.CSTNode | None = None
        if isinstance(call.func, cst.Attribute) and call.func.attr.value in {"apply", "map", "filter", "applymap"}:
            through = call.func.value
        elif isinstance(call.func, cst.Name):
            position = {"map": 1, "filter": 1, "sorted": 0, "max": 0, "min": 0}.get(call.func.value, -1)
            through = call.args[position].value if 0 <= position < len(call.args) else None
        if through is None or through is node:
            return None
        element = self.evaluator.iterated(through)
        return element if element is not UNKNOWN else None

    def _comprehend(self, node: cst.ListComp | cst.SetComp | cst.DictComp | cst.GeneratorExp) -> None:
        self.parents.append(node)
        outer = self.scope
        inner: cst.CompFor | None = node.for_in
        while inner is not None:
            self._expression(inner.iter)
            self._enter(self.evaluator.comprehended(inner))
            for condition in inner.ifs:
                self.parents.append(condition)
                self._tell(condition)
                self._expression(condition.test)
                self.parents.pop()
            inner = inner.inner_for_in
        if isinstance(node, cst.DictComp):
            self._expression(node.key)
            self._expression(node.value)
        else:
            self._expression(node.elt)
        self._enter(outer)
        self.parents.pop()

    def _assign(self, node: cst.Assign) -> None:
        self.parents.append(node)
        self._expression(node.value)
        for target in node.targets:
            if not isinstance(target.target, cst.Name):
                self._expression(target.target)
        value = self.evaluator.value(node.value)
        for target in node.targets:
            self._bind_target(target.target, value)
        self.parents.pop()

    def _annotated(self, node: cst.AnnAssign) -> None:
        self.parents.append(node)
        self._expression(node.value)
        value = self.evaluator.value(node.value) if node.value is not None else UNKNOWN
        if value.literal is not None and self.scope.kind == "class":
            # A field: its default may be replaced by whoever makes the object.
            value = Value(reference=self._annotation(node.annotation))
        elif node.value is None:
            value = Value(reference=self._annotation(node.annotation))
        self._bind_target(node.target, value)
        self.parents.pop()

    def _augmented(self, node: cst.AugAssign) -> None:
        self.parents.append(node)
        self._expression(node.value)
        value = self.evaluator.value(node.value)
        before = self.evaluator.value(node.target)
        after = Value(traits=join_traits(before.traits, value.traits), columns=before.columns)
        self._bind_target(node.target, after)
        self.parents.pop()

    def _expr(self, node: cst.Expr) -> None:
        self.parents.append(node)
        self._expression(node.value)
        self.parents.pop()
        call = node.value
        if not isinstance(call, cst.Call) or not isinstance(call.func, cst.Attribute) or len(call.args) != 1:
            return
        if call.func.attr.value in {"append", "add"} and isinstance(call.func.value, cst.Name):
            self._append(call.func.value, self.evaluator.value(call.args[0].value))

    def _append(self, owner: cst.Name, added: Value) -> None:
        """A list or set that is filled one by one: what is added is what going through it gives."""
        known = self.evaluator.value(owner)
        if known.instance is not None or not (added.traits or added.elements or added.columns):
            return
        item = added if known.item is None else join(known.item, added)
        traits = join_traits(known.traits, only(added.traits, *KEPT_IN_CONTAINERS))
        self._bind(owner.value, Value(known.reference, traits, columns=known.columns, item=item))

    def _import(self, node: cst.Import | cst.ImportFrom) -> None:
        for name, reference in bindings(node):
            if self.scope is self.module_scope:
                self.imports[name] = reference
            self._bind(name, Value(reference, self._origins.attribute(reference, node)))

    def _return(self, node: cst.Return) -> None:
        self.parents.append(node)
        self._expression(node.value)
        if node.value is not None:
            self._returned.append(self.evaluator.value(node.value))
        self.parents.pop()

    def _declare(self, node: cst.Global | cst.Nonlocal) -> None:
        for item in node.names:
            name = item.name.value
            target: Scope | None = self.module_scope
            if isinstance(node, cst.Nonlocal):
                target = self.scope.parent
                while target is not None and name not in target.bindings:
                    target = target.parent
            if target is not None and target is not self.scope:
                self.scope.elsewhere[name] = target

    def _branch(self, run: Callable[[], None]) -> dict[tuple[int, str], tuple[Scope, Value]]:
        self._branches.begin()
        run()
        self.evaluator.memo.clear()
        return self._branches.end()

    def _if(self, node: cst.If) -> None:
        """An ``if`` with its ``elif`` and ``else``, without recursion over the chain."""
        ends = []
        current: cst.If | cst.Else | None = node
        depth = 0
        while isinstance(current, cst.If):
            if current is not node:
                self._tell(current)
            self.parents.append(current)
            depth += 1
            self._expression(current.test)
            body = current.body
            ends.append(self._branch(lambda body=body: self._suite(body)))  # type: ignore[misc]  # bound now
            current = current.orelse
        if current is not None:
            self.parents.append(current)
            last = current
            ends.append(self._branch(lambda: self._suite(last.body)))
            self.parents.pop()
        del self.parents[len(self.parents) - depth :]
        self._branches.merge(ends, exhaustive=current is not None)
        self.evaluator.memo.clear()

    def _looped(self, bind: Callable[[], None], body: cst.BaseSuite, orelse: cst.Else | None) -> None:
        def once() -> None:
            bind()
            self._suite(body)

        if not self._loops:
            # What the body binds reaches its top: once quietly, then for those who listen.
            self._quiet += 1
            self._loops += 1
            end = self._branch(once)
            self._loops -= 1
            self._quiet -= 1
            self._branches.merge([end], exhaustive=False)
        self._loops += 1
        end = self._branch(once)
        self._loops -= 1
        self._branches.merge([end], exhaustive=False)
        self.evaluator.memo.clear()
        if orelse is not None:
            self.parents.append(orelse)
            self._suite(orelse.body)
            self.parents.pop()

    def _for(self, node: cst.For) -> None:
        self.parents.append(node)
        self._expression(node.iter)
        self._looped(lambda: self._bind_target(node.target, self.evaluator.iterated(node.iter)), node.body, node.orelse)
        self.parents.pop()

    def _while(self, node: cst.While) -> None:
        self.parents.append(node)
        self._expression(node.test)
        self._looped(lambda: None, node.body, node.orelse)
        self.parents.pop()

    def _try(self, node: cst.Try | cst.TryStar) -> None:
        self.parents.append(node)
        ends = [self._branch(lambda: self._suite(node.body))]
        for handler in node.handlers:
            self.parents.append(handler)
            self._tell(handler)
            ends.append(self._branch(lambda handler=handler: self._handler(handler)))  # type: ignore[misc]  # bound now
            self.parents.pop()
        self._branches.merge(ends, exhaustive=True)
        self.evaluator.memo.clear()
        for rest in (node.orelse, node.finalbody):
            if rest is not None:
                self.parents.append(rest)
                self._suite(rest.body)
                self.parents.pop()
        self.parents.pop()

    def _handler(self, handler: cst.ExceptHandler | cst.ExceptStarHandler) -> None:
        if handler.name is not None and isinstance(handler.name.name, cst.Name):
            self._bind(handler.name.name.value, UNKNOWN)
        self._suite(handler.body)

    def _with(self, node: cst.With) -> None:
        self.parents.append(node)
        for item in node.items:
            self._expression(item.item)
            if item.asname is not None:
                self._bind_target(item.asname.name, self.evaluator.value(item.item))
        self._suite(node.body)
        self.parents.pop()

    def _match(self, node: cst.Match) -> None:
        self.parents.append(node)
        self._expression(node.subject)
        ends = []
        for case in node.cases:
            self.parents.append(case)
            self._tell(case)
            ends.append(self._branch(lambda case=case: self._case(case)))  # type: ignore[misc]  # bound now
            self.parents.pop()
        self._branches.merge(ends, exhaustive=False)
        self.evaluator.memo.clear()
        self.parents.pop()

    def _case(self, case: cst.MatchCase) -> None:
        for node in descendants(case.pattern):
            captured = getattr(node, "name", None)
            if isinstance(node, (cst.MatchAs, cst.MatchStar)) and isinstance(captured, cst.Name):
                self._bind(captured.value, UNKNOWN)
        self._expression(case.guard)
        self._suite(case.body)

    # definitions -------------------------------------------------------------------------------

    def _function(self, node: cst.FunctionDef) -> None:
        name = node.name.value
        prefix = f"{self.scope.name}." if self.scope.name else ""
        klass = self.scope.klass if self.scope.kind == "class" else None
        self.parents.append(node)
        for decorator in node.decorators:
            self._expression(decorator)
        decorators = tuple(filter(None, (self._decorated(each.decorator) for each in node.decorators)))
        self.parents.pop()
        function = Function(prefix + name, node, self.scope, klass, decorators=decorators)
        if klass is not None:
            klass.methods.setdefault(name, function)
        if not self._quiet:
            self.functions.append(function)
            self._pending.append((function, tuple(self.parents)))
        self._bind(name, Value(f"@.{function.name}", function=function))

    def _decorated(self, node: cst.BaseExpression) -> str:
        while isinstance(node, cst.Call):
            node = node.func
        return self.evaluator.value(node).reference or dotted(node)

    def _scope_of(self, function: Function) -> Scope:
        scope = Scope("function", function.name, function.scope, function=function, klass=function.klass)
        params = function.node.params
        named = (*params.posonly_params, *params.params, *params.kwonly_params)
        for position, parameter in enumerate(named):
            scope.bindings[parameter.name.value] = self._parameter(parameter, position)
        for starred in (params.star_arg, params.star_kwarg):
            if isinstance(starred, cst.Param):
                scope.bindings[starred.name.value] = UNKNOWN
        first = params.posonly_params or params.params
        if function.klass is not None and first and not function.is_static:
            klass = function.klass
            if "classmethod" in function.decorators:
                scope.bindings[first[0].name.value] = Value(f"@.{klass.name}", klass=klass)
            else:
                scope.bindings[first[0].name.value] = Value(f"@.{klass.name}()", instance=klass)
        return scope

    def _parameter(self, parameter: cst.Param, position: int) -> Value:
        reference = self._annotation(parameter.annotation) if parameter.annotation is not None else ""
        traits = self._origins.attribute(reference, parameter.name) if reference else None
        if parameter.default is not None and isinstance(parameter.default, cst.Call):
            # FastAPI's Depends(get_settings): the parameter is what that call returns.
            callee = parameter.default
            if dotted(callee.func).rpartition(".")[2] in {"Depends", "Security"} and callee.args:
                given = self.evaluator.value(callee.args[0].value)
                reference = f"{given.reference}()" if given.reference else reference
        value = Value(reference, parameter=position)
        return value.with_traits(traits) if traits else value

    def _annotation(self, annotation: cst.Annotation | None) -> str:
        """``pkg.Class()`` for an annotation that names a class: an instance of it."""
        if annotation is None:
            return ""
        node = annotation.annotation
        if isinstance(node, cst.Subscript) and dotted(node.value).rpartition(".")[2] in {"Annotated", "Optional"}:
            index = node.slice[0].slice
            node = index.value if isinstance(index, cst.Index) else node
        if not isinstance(node, (cst.Name, cst.Attribute)):
            return ""
        found = self.evaluator.value(node)
        reference = f"@.{found.klass.name}" if found.klass is not None else found.reference
        return f"{reference}()" if "." in reference else ""

    def _parameters_heard(self, params: cst.Parameters) -> None:
        self.parents.append(params)
        for parameter in (*params.posonly_params, *params.params, *params.kwonly_params):
            self._tell(parameter)
            self.parents.append(parameter)
            self._expression(parameter.default)
            self.parents.pop()
        self.parents.pop()

    def _class(self, node: cst.ClassDef) -> None:
        prefix = f"{self.scope.name}." if self.scope.name else ""
        outer = self.scope
        bases = []
        for base in node.bases:
            if base.keyword is None:
                found = self.evaluator.value(_unsubscripted(base.value))
                bases.append(f"@.{found.klass.name}" if found.klass is not None else found.reference)
        self.parents.append(node)
        for decorator in node.decorators:
            self._expression(decorator)
        scope = Scope("class", prefix + node.name.value, outer)
        klass = ClassBody(prefix + node.name.value, node, scope, tuple(filter(None, bases)))
        scope.klass = klass
        self.classes.append(klass)
        self._enter(scope)
        self._suite(node.body)
        self._enter(outer)
        self.parents.pop()
        self._bind(node.name.value, Value(f"@.{klass.name}", klass=klass))


def _unsubscripted(node: cst.BaseExpression) -> cst.BaseExpression:
    return node.value if isinstance(node, cst.Subscript) else node


def _targets(node: cst.CSTNode) -> Iterable[cst.BaseExpression]:
    if isinstance(node, cst.Assign):
        return [each.target for each in node.targets]
    if isinstance(node, (cst.AnnAssign, cst.AugAssign)):
        return [node.target]
    return ()
