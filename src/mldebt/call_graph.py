"""Who calls whom, over all files: one graph for every rule that follows calls.

A node is a function of the project as (path, qualified name); the name "" is what a module runs when it
is imported or started. Calls are resolved through imports, re-exports, base classes and instances. A
call that may mean several things, or nothing of the project, has no edge: what is not known is silent.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TypeAlias

from mldebt.facts import FileFacts, of_kind
from mldebt.facts.exports import Export
from mldebt.facts.functions import FunctionFact
from mldebt.facts.modules import ClassFact, ModuleFact

MAX_HOPS = 16  # re-exports and bases that are followed
MAX_REACHED = 5_000  # functions that one question goes through

Node: TypeAlias = "tuple[str, str]"
"""A function of the project: (path, qualified name)."""

_CALLED = ("__call__", "forward", "call")  # what calling an instance runs


class CallGraph:
    """Calls between the functions of ``files``, whose edges are found when they are first asked for.
    ``locate`` gives the file that a reference leads into, ``lookup`` the export that it means."""

    def __init__(
        self,
        files: Mapping[str, FileFacts],
        locate: Callable[[str, str], tuple[str, str] | None],
        lookup: Callable[[str, str], tuple[str, Export] | None],
    ) -> None:
        self._locate = locate
        self._lookup = lookup
        self._functions: Mapping[str, Mapping[str, FunctionFact]] = {
            path: {each.name: each for each in of_kind(file.facts, FunctionFact)} for path, file in files.items()
        }
        self._classes = {
            path: {each.name: each for each in of_kind(file.facts, ClassFact)} for path, file in files.items()
        }
        self._modules = {path: next(of_kind(file.facts, ModuleFact), None) for path, file in files.items()}
        self._imports = {
            path: {each.name: each.target for each in module.imports} if module is not None else {}
            for path, module in self._modules.items()
        }
        self._targets: dict[tuple[str, str], Node | None] = {}

    # nodes -------------------------------------------------------------------------------------

    def functions(self, path: str) -> Mapping[str, FunctionFact]:
        """The functions of a file by qualified name, "" for its own statements."""
        return self._functions.get(path, {})

    def function(self, node: Node) -> FunctionFact | None:
        return self._functions.get(node[0], {}).get(node[1])

    def target(self, path: str, reference: str) -> Node | None:
        """The function of the project that a call of ``reference``, made in ``path``, runs; ``None`` when it
        is no function of the project, or cannot be known."""
        key = (path, reference)
        if key not in self._targets:
            self._targets[key] = None  # a question that leads back to itself has no answer
            self._targets[key] = self._find(path, reference, MAX_HOPS)
        return self._targets[key]

    # edges -------------------------------------------------------------------------------------

    def callees(self, node: Node) -> tuple[Node, ...]:
        """The functions that ``node`` calls or hands to what it calls, in order, each once."""
        return self._edges.get(node, ())

    def callers(self, node: Node) -> tuple[Node, ...]:
        """The functions that call ``node`` or hand it on, in path order."""
        return self._reversed.get(node, ())

    def outside(self, node: Node) -> tuple[str, ...]:
        """The references of what ``node`` calls outside the project: ``sklearn.svm.SVC().fit``."""
        fact = self.function(node)
        if fact is None:
            return ()
        return tuple(each for each in fact.calls if self.target(node[0], each) is None)

    def reached(self, nodes: Iterable[Node], depth: int = MAX_HOPS) -> tuple[Node, ...]:
        """``nodes`` and all that they call, directly or through at most ``depth`` others, nearest first."""
        return self._spread(nodes, self._edges, depth)

    def reaching(self, nodes: Iterable[Node], depth: int = MAX_HOPS) -> tuple[Node, ...]:
        """``nodes`` and all that call them, directly or through at most ``depth`` others, nearest first."""
        return self._spread(nodes, self._reversed, depth)

    @cached_property
    def _edges(self) -> Mapping[Node, tuple[Node, ...]]:
        edges: dict[Node, tuple[Node, ...]] = {}
        for path in sorted(self._functions):
            for fact in self._functions[path].values():
                found = (self.target(path, each) for each in (*fact.calls, *fact.handed))
                targets = tuple(dict.fromkeys(each for each in found if each is not None and each != (path, fact.name)))
                if targets:
                    edges[path, fact.name] = targets
        return edges

    @cached_property
    def _reversed(self) -> Mapping[Node, tuple[Node, ...]]:
        found: dict[Node, list[Node]] = defaultdict(list)
        for node, targets in self._edges.items():
            for target in targets:
                found[target].append(node)
        return {node: tuple(sorted(callers)) for node, callers in found.items()}

    @staticmethod
    def _spread(nodes: Iterable[Node], edges: Mapping[Node, tuple[Node, ...]], depth: int) -> tuple[Node, ...]:
        seen = dict.fromkeys(nodes)
        queue = deque((node, 0) for node in seen)
        while queue and len(seen) < MAX_REACHED:
            node, far = queue.popleft()
            if far < depth:
                for further in edges.get(node, ()):
                    if further not in seen:
                        seen[further] = None
                        queue.append((further, far + 1))
        return tuple(seen)

    # names -------------------------------------------------------------------------------------

    def _find(self, path: str, reference: str, hops: int) -> Node | None:
        located = self._locate(path, reference) if hops else None
        if located is None or not located[1]:
            return None
        where, rest = located
        for name in _spellings(rest):
            found = self._defined(where, name, hops)
            if found is not None:
                return found
        first, dot, further = rest.partition(".")
        target = self._imports[where].get(first.removesuffix("()")) if where in self._imports else None
        if target is not None:
            call = "()" if first.endswith("()") else ""
            return self._find(where, f"{target}{call}{dot}{further}", hops - 1)
        return self._starred(where, rest, hops) or self._instance(where, rest, hops)

    def _defined(self, path: str, name: str, hops: int) -> Node | None:
        """The function, the constructor or the inherited method called ``name`` in a file."""
        functions = self._functions.get(path, {})
        if name in functions:
            return path, name
        classes = self._classes.get(path, {})
        if name in classes:
            return self._inherited(path, classes[name], "__init__", hops)
        owner, _, method = name.rpartition(".")
        if owner in classes:
            return self._inherited(path, classes[owner], method, hops)
        return None

    def _inherited(self, path: str, klass: ClassFact, method: str, hops: int) -> Node | None:
        name = f"{klass.name}.{method}"
        if name in self._functions.get(path, {}):
            return path, name
        for base in klass.bases if hops else ():
            found = self._find(path, f"{base}.{method}", hops - 1)
            if found is not None:
                return found
        return None

    def _starred(self, path: str, rest: str, hops: int) -> Node | None:
        module = self._modules.get(path)
        for star in module.stars if module is not None else ():
            found = self._find(path, f"{star}{'' if star.endswith('.') else '.'}{rest}", hops - 1)
            if found is not None:
                return found
        return None

    def _instance(self, path: str, rest: str, hops: int) -> Node | None:
        """A method of an object that a module holds under a name."""
        holder, dot, method = rest.rpartition(".")
        if not dot or "." in holder:
            return None
        found = self._lookup(path, f"@.{holder}")
        if found is None or not found[1].refers or found[1].refers == f"@.{holder}":
            return None
        return self._find(found[0], f"{found[1].refers}.{method}", hops - 1)


def _spellings(rest: str) -> Iterator[str]:
    """The names that ``rest`` may mean: ``Net.train`` for ``Net().train``, ``Net.__call__`` for ``Net()()``."""
    plain = rest.replace("()", "")
    if rest.endswith("()") and not rest.startswith("("):
        yield from (f"{plain}.{each}" for each in _CALLED)
        return
    yield plain
