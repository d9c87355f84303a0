"""Names and what they are bound to, with branches that can be taken back and joined."""

from __future__ import annotations

from collections import deque
from typing import TypeAlias

import libcst as cst
from msgspec import Struct, field

from mldebt.traits.values import UNKNOWN, Value, join

_ENUMERATIONS = frozenset({"Enum", "StrEnum", "TextChoices"})  # whose members are made from a text


class Scope(Struct, eq=False):
    """The bindings of a module, class body, function or comprehension.

    ``name`` is the qualified name ("" for the module). Class scopes are passed over when names are
    looked up from inside a function or comprehension, as Python does.
    """

    kind: str  # "module" | "class" | "function" | "comprehension"
    name: str
    parent: Scope | None
    bindings: dict[str, Value] = field(default_factory=dict)
    function: Function | None = None
    klass: ClassBody | None = None
    elsewhere: dict[str, Scope] = field(default_factory=dict)  # names declared global or nonlocal

    def find(self, name: str) -> Value | None:
        """The value bound to ``name`` as seen from here, ``None`` when nothing binds it."""
        scope: Scope | None = self
        while scope is not None:
            if scope.kind != "class" or scope is self:
                target = scope.elsewhere.get(name, scope)
                value = target.bindings.get(name)
                if value is not None:
                    return value
            scope = scope.parent
        return None


class Function(Struct, eq=False):
    """A function or method of this file. ``returned`` is what its calls give, known once ``summarised``."""

    name: str  # qualified
    node: cst.FunctionDef
    scope: Scope  # where it is defined
    klass: ClassBody | None
    returned: Value = UNKNOWN
    summarised: bool = False
    running: bool = False
    decorators: tuple[str, ...] = ()

    @property
    def simple_name(self) -> str:
        return self.node.name.value

    @property
    def is_property(self) -> bool:
        return any(each.rpartition(".")[2] in {"property", "cached_property"} for each in self.decorators)

    @property
    def is_static(self) -> bool:
        return "staticmethod" in self.decorators


class ClassBody(Struct, eq=False):
    """A class of this file. ``attributes`` are those assigned on ``self``, in the methods that ran."""

    name: str  # qualified
    node: cst.ClassDef
    scope: Scope
    bases: tuple[str, ...]
    attributes: dict[str, Value] = field(default_factory=dict)
    writers: dict[str, deque[Function]] | None = None  # attribute -> methods that assign it, not asked yet
    methods: dict[str, Function] = field(default_factory=dict)

    @property
    def is_enumeration(self) -> bool:
        """Does it call itself an enumeration?"""
        return any(base.rpartition(".")[2] in _ENUMERATIONS for base in self.bases)

    def forget(self) -> None:
        """Let go of what its attributes and methods are, which know the class in turn."""
        self.attributes.clear()
        self.methods.clear()
        self.writers = None

    def assign(self, name: str, value: Value) -> None:
        known = self.attributes.get(name)
        self.attributes[name] = value if known is None else join(known, value)


Bound: TypeAlias = "dict[tuple[int, str], tuple[Scope, Value]]"
"""What a branch bound: (scope, name) -> value, with the scope itself."""


class Branches:
    """Undoes and joins bindings around branches. One for an interpreter.

    ``begin`` opens a branch; ``end`` closes it, puts the old bindings back and returns what the
    branch had bound. The cost is that of the names a branch binds, not of all names.
    """

    def __init__(self) -> None:
        self._logs: list[dict[tuple[int, str], tuple[Scope, Value | None]]] = []

    def bind(self, scope: Scope, name: str, value: Value) -> None:
        scope = scope.elsewhere.get(name, scope)
        if self._logs:
            self._logs[-1].setdefault((id(scope), name), (scope, scope.bindings.get(name)))
        scope.bindings[name] = value

    def begin(self) -> None:
        self._logs.append({})

    def end(self) -> Bound:
        bound = {}
        for (key, name), (scope, before) in self._logs.pop().items():
            bound[(key, name)] = (scope, scope.bindings[name])
            if before is None:
                del scope.bindings[name]
            else:
                scope.bindings[name] = before
        return bound

    def merge(self, ends: list[Bound], exhaustive: bool) -> None:
        """Bind each name to the join of what the branches bound it to; when the branches are not
        ``exhaustive``, or one does not bind the name, what it was before counts too."""
        joined: dict[tuple[int, str], tuple[Scope, Value, int]] = {}
        for end in ends:
            for key, (scope, value) in end.items():
                known = joined.get(key)
                joined[key] = (scope, value, 1) if known is None else (scope, join(known[1], value), known[2] + 1)
        for (_, name), (scope, value, count) in joined.items():
            before = scope.bindings.get(name)
            if before is not None and (not exhaustive or count < len(ends)):
                value = join(before, value)
            self.bind(scope, name, value)
