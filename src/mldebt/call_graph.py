"""Who calls whom, over all files: one graph for every rule that follows calls.

A node is a function of the project as (path, qualified name); the name "" is what a module runs when it
is imported or started. Calls are resolved through imports, re-exports, base classes and instances. A
call that may mean several things, or nothing of the project, has no edge: what is not known is silent.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from mldebt.facts.functions import FunctionFact
from mldebt.modules import inside
from mldebt.reads import ALL, Node, Reads
from mldebt.trail import MAX_HOPS, Trail

if TYPE_CHECKING:
    from mldebt.project import Project

MAX_REACHED = 5_000  # functions that one question goes through

_CALLED = ("__call__", "forward", "call")  # what calling an instance runs


class FileCalls(Protocol):
    """What the functions of one file call. ``edges`` has the functions of the project that each of them calls or hands
    to what it calls, in order, each once. ``sought`` are functions that were looked for in vain to know it: if there
    were one, it might be what is called. ``files`` are those of both, and those in which a name was looked up."""

    @property
    def edges(self) -> Mapping[str, tuple[Node, ...]]: ...
    @property
    def sought(self) -> frozenset[Node]: ...
    @property
    def files(self) -> frozenset[str]: ...


class FoundCalls(Struct, frozen=True):
    """What the functions of a file call, as it was just found."""

    edges: Mapping[str, tuple[Node, ...]]
    sought: frozenset[Node]
    looked: frozenset[str] = frozenset()  # the files in which a name was looked up

    @property
    def files(self) -> frozenset[str]:
        return self.looked.union(path for nodes in (*self.edges.values(), self.sought) for path, _ in nodes)


class CallGraph:
    """Calls between the functions of a project. The edges of a file are found when they are first asked for.

    Nothing here tells on which lines functions stand, so that an answer rests on the calls that were followed and
    on nothing else: it notes the nodes.
    """

    def __init__(self, project: Project, functions: Callable[[str], Mapping[str, FunctionFact]]) -> None:
        self._project = project
        self._functions = functions
        self._targets: dict[tuple[str, str], tuple[Node | None, frozenset[Node], Reads]] = {}
        self._sought: set[Node] = set()
        self._found: dict[str, FileCalls] = {}
        self._callers: dict[str, dict[Node, tuple[Node, ...]]] = {}
        self.known: Mapping[str, FileCalls] = {}
        """What is known of the calls of files before anybody asks: by an earlier run."""

    @property
    def of_files(self) -> Mapping[str, FileCalls]:
        """What is known of the calls of files by now."""
        return {**self.known, **self._found} if self._found else self.known

    # nodes -------------------------------------------------------------------------------------

    def names(self, path: str) -> tuple[str, ...]:
        """The functions of a file by qualified name, "" for its own statements."""
        self._note((path, ALL))
        return tuple(self._functions(path))

    def references(self, node: Node) -> tuple[str, ...]:
        """What a function calls, as references: ``sklearn.svm.SVC().fit``. None when there is no such function."""
        self._note(node)
        fact = self._functions(node[0]).get(node[1])
        return fact.calls if fact is not None else ()

    def handed(self, node: Node) -> tuple[str, ...]:
        """What a function passes to what it calls, as references: callbacks."""
        self._note(node)
        fact = self._functions(node[0]).get(node[1])
        return fact.handed if fact is not None else ()

    def refuses(self, node: Node) -> bool:
        """Does a function assert something, or raise an error of its own?"""
        self._note(node)
        fact = self._functions(node[0]).get(node[1])
        return fact is not None and fact.refuses

    def target(self, path: str, reference: str) -> Node | None:
        """The function of the project that a call of ``reference``, made in ``path``, runs; ``None`` when it
        is no function of the project, or cannot be known."""
        key = (path, reference)
        if key not in self._targets:
            self._sought = set()
            with self._project.reads.aside() as reads:
                target = self._find(path, reference, MAX_HOPS, Trail())
            self._targets[key] = target, frozenset(self._sought), reads
        found, sought, reads = self._targets[key]
        self._note(*sought, *(() if found is None else (found,)))
        self._project.reads.now.exports.update(reads.exports)
        return found

    def _note(self, *nodes: Node) -> None:
        self._project.reads.now.nodes.update(nodes)

    # edges -------------------------------------------------------------------------------------

    def callees(self, node: Node) -> tuple[Node, ...]:
        """The functions that ``node`` calls or hands to what it calls, in order, each once."""
        found = self._from(node)
        self._note(node, *found)
        return found

    def callers(self, node: Node) -> tuple[Node, ...]:
        """The functions that call ``node`` or hand it on, in path order."""
        found = self._into(node)
        self._note(node, *found)
        return found

    def reached(self, nodes: Iterable[Node], depth: int = MAX_HOPS) -> tuple[Node, ...]:
        """``nodes`` and all that they call, directly or through at most ``depth`` others, nearest first."""
        return self._spread(nodes, self._from, depth)

    def reaching(self, nodes: Iterable[Node], depth: int = MAX_HOPS) -> tuple[Node, ...]:
        """``nodes`` and all that call them, directly or through at most ``depth`` others, nearest first."""
        return self._spread(nodes, self._into, depth)

    def of(self, path: str) -> FileCalls:
        """What the functions of a file call."""
        found = self._found.get(path) or self.known.get(path)
        if found is None:
            with self._project.reads.aside() as reads:
                edges, sought = self._calls(path)
            found = self._found[path] = FoundCalls(edges, sought, frozenset(reads.exports))
        return found

    def _calls(self, path: str) -> tuple[Mapping[str, tuple[Node, ...]], frozenset[Node]]:
        targets: dict[str, Node | None] = {}
        edges = {}
        self._sought = set()
        for name, fact in self._functions(path).items():
            called: dict[Node, None] = {}
            for reference in (*fact.calls, *fact.handed):
                if reference not in targets:
                    targets[reference] = self._find(path, reference, MAX_HOPS, Trail())
                target = targets[reference]
                if target is not None and target != (path, name):
                    called[target] = None
            if called:
                edges[name] = tuple(called)
        return edges, frozenset(self._sought)

    def _from(self, node: Node) -> tuple[Node, ...]:
        return self.of(node[0]).edges.get(node[1], ())

    def _into(self, node: Node) -> tuple[Node, ...]:
        path = node[0]
        if path not in self._callers:
            self._callers[path] = self._callers_in(path)
        return self._callers[path].get(node, ())

    def _callers_in(self, path: str) -> dict[Node, tuple[Node, ...]]:
        """The functions of a file that are called, with those that call them."""
        found: dict[Node, list[Node]] = defaultdict(list)
        for other in self._leading.get(path, ()):
            for name, targets in self.of(other).edges.items():
                for target in targets:
                    if target[0] == path:
                        found[target].append((other, name))
        return {node: tuple(sorted(callers)) for node, callers in found.items()}

    @cached_property
    def _leading(self) -> Mapping[str, list[str]]:
        """The files that lead into a file by what they call."""
        found: dict[str, list[str]] = defaultdict(list)
        for path in self._project.files:
            for other in self.of(path).files:
                found[other].append(path)
        return found

    def _spread(self, nodes: Iterable[Node], edges: Callable[[Node], tuple[Node, ...]], depth: int) -> tuple[Node, ...]:
        seen = dict.fromkeys(nodes)
        queue = deque((node, 0) for node in seen)
        while queue and len(seen) < MAX_REACHED:
            node, far = queue.popleft()
            if far < depth:
                for further in edges(node):
                    if further not in seen:
                        seen[further] = None
                        queue.append((further, far + 1))
        self._note(*seen)
        return tuple(seen)

    # names -------------------------------------------------------------------------------------

    def _find(self, path: str, reference: str, hops: int, trail: Trail) -> Node | None:
        located = self._project.modules.locate(path, reference)
        if located is None or not located[1] or not trail.leads(*located, hops):
            return None
        where, rest = located
        for name in _spellings(rest):
            found = self._defined(where, name, hops, trail)
            if found is not None:
                return found
        first, dot, further = rest.partition(".")
        target = self._project.imports(where).get(first.removesuffix("()"))
        if target is not None:
            call = "()" if first.endswith("()") else ""
            return self._find(where, f"{target}{call}{dot}{further}", hops - 1, trail)
        return self._starred(where, rest, hops, trail) or self._instance(where, rest, hops, trail)

    def _defined(self, path: str, name: str, hops: int, trail: Trail) -> Node | None:
        """The function, the constructor or the inherited method called ``name`` in a file."""
        if self._is_there(path, name):
            return path, name
        if self._project.bases(path, name) is not None:
            return self._inherited(path, name, "__init__", hops, trail)
        owner, _, method = name.rpartition(".")
        return self._inherited(path, owner, method, hops, trail)

    def _inherited(self, path: str, klass: str, method: str, hops: int, trail: Trail) -> Node | None:
        bases = self._project.bases(path, klass)
        if bases is None:
            return None
        name = f"{klass}.{method}"
        if self._is_there(path, name):
            return path, name
        for base in bases:
            found = self._find(path, f"{base}.{method}", hops - 1, trail)
            if found is not None:
                return found
        return None

    def _is_there(self, path: str, name: str) -> bool:
        if name in self._functions(path):
            return True
        self._sought.add((path, name))
        return False

    def _starred(self, path: str, rest: str, hops: int, trail: Trail) -> Node | None:
        for star in self._project.stars(path):
            found = self._find(path, inside(star, rest), hops - 1, trail)
            if found is not None:
                return found
        return None

    def _instance(self, path: str, rest: str, hops: int, trail: Trail) -> Node | None:
        """A method of an object that a module holds under a name."""
        holder, dot, method = rest.rpartition(".")
        if not dot or "." in holder:
            return None
        found = self._project.lookup(path, f"@.{holder}")
        if found is None or not found[1].refers or found[1].refers == f"@.{holder}":
            return None
        return self._find(found[0], f"{found[1].refers}.{method}", hops - 1, trail)


def _spellings(rest: str) -> Iterator[str]:
    """The names that ``rest`` may mean: ``Net.train`` for ``Net().train``, ``Net.__call__`` for ``Net()()``."""
    plain = rest.replace("()", "")
    if rest.endswith("()") and not rest.startswith("("):
        yield from (f"{plain}.{each}" for each in _CALLED)
        return
    yield plain
