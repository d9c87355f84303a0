"""Who listens to what: the dispatch table, and what is left of it in one file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import libcst as cst
from msgspec import Struct, field

from mldebt.engine import Collector, Hit, Rule, Seen
from mldebt.gate import Gate, Glance, Opened
from mldebt.model import Role
from mldebt.syntax.names import last_name
from mldebt.vocabulary import Vocabulary

Method: TypeAlias = "Callable[..., Iterable[Hit | Seen]]"


class Listening(NamedTuple):
    """Who listens, and the method that is told; of calls, the names of those it is told of; what a node must be
    like; what a file must open."""

    owner: Rule | Collector
    method: Method
    called: frozenset[str] | None = None
    like: Callable[[Any], bool] | None = None
    gates: tuple[Opened, ...] = ()


class Told:
    """Who is told of nodes of one type in a file. Who is told of one node is found by the answers that it gives to
    what they ask, and is the same for all that answer the same."""

    def __init__(self, entries: Sequence[Listening]) -> None:
        self._entries = entries
        self._asked = tuple(dict.fromkeys(each.like for each in entries if each.like is not None))
        self._named = frozenset[str]().union(*(each.called for each in entries if each.called is not None))
        self._known: dict[tuple[object, ...], Sequence[tuple[Rule | Collector, Method]]] = {}
        self._all = None if self._asked or self._named else [(each.owner, each.method) for each in entries]

    def of(self, node: Any) -> Sequence[tuple[Rule | Collector, Method]]:
        """Who is told of ``node``, and by which method."""
        if self._all is not None:
            return self._all
        name = last_name(node.func) if self._named else ""
        answers = (name if name in self._named else "", *[asked(node) for asked in self._asked])
        known = self._known.get(answers)
        if known is None:
            true = {asked for asked, answer in zip(self._asked, answers[1:], strict=True) if answer}
            known = self._known[answers] = [
                (each.owner, each.method)
                for each in self._entries
                if (each.called is None or name in each.called) and (each.like is None or each.like in true)
            ]
        return known


class Listeners(Struct, frozen=True):
    """The dispatch table. ``gates`` are those that owners declare for themselves or for one of their methods."""

    by_kind: Mapping[type[cst.CSTNode], Sequence[Listening]]
    gates: Sequence[tuple[Rule | Collector, Opened]] = ()
    _told: dict[tuple[type[cst.CSTNode], frozenset[Opened], Role | None], Told | None] = field(default_factory=dict)
    _gates_of: dict[type[cst.CSTNode], frozenset[Opened]] = field(default_factory=dict)

    def heard(self, file: Glance, role: Role | None = None) -> dict[type[cst.CSTNode], Told]:
        """Who may have something to say in ``file``: those whose gates it opens, and those that have none; where
        its ``role`` is known, only rules that speak there."""
        closed = frozenset(gate for _, gate in self.gates if not gate.admits(file))
        found = {}
        for kind in self.by_kind:
            told = self._of_kind(kind, closed, role)
            if told is not None:
                found[kind] = told
        return found

    def _of_kind(self, kind: type[cst.CSTNode], closed: frozenset[Opened], role: Role | None) -> Told | None:
        """Who is told of nodes of that type; of the gates only those count that have to do with it."""
        entries = self.by_kind[kind]
        gates = self._gates_of.get(kind)
        if gates is None:
            gates = self._gates_of[kind] = frozenset(gate for each in entries for gate in each.gates)
        key = kind, closed & gates, role
        if key not in self._told:
            heard = [each for each in entries if closed.isdisjoint(each.gates) and _speaks(each.owner, role)]
            self._told[key] = Told(heard) if heard else None
        return self._told[key]


def _speaks(owner: Rule | Collector, role: Role | None) -> bool:
    return role is None or not isinstance(owner, Rule) or any(each is role for each, _ in owner.spec.roles)


def listeners_of(listening: Iterable[Rule | Collector], vocabulary: Vocabulary, *, gated: bool = True) -> Listeners:
    """The dispatch table, in the order of ``listening``; without ``gated`` no gate is closed. An object may say
    by ``listens`` what it is told of, where that is known only when it is made."""
    table: dict[type[cst.CSTNode], list[Listening]] = {}
    gates: list[tuple[Rule | Collector, Opened]] = []
    for owner in listening:
        own = _opened(owner, owner.opened_by if gated else None, vocabulary, gates)
        for kind, told in getattr(owner, "listens", {}).items():
            table.setdefault(kind, []).append(Listening(owner, told, gates=own))
        for name in dir(type(owner)):
            method: Any = getattr(owner, name, None)
            called, lists = getattr(method, "__called__", (frozenset(), ()))
            names = called.union(*map(vocabulary.words, lists)) if called or lists else None
            like, kinds = getattr(method, "__like__", None), getattr(method, "__listens__", ())
            further = _opened(owner, getattr(method, "__opened_by__", None) if gated else None, vocabulary, gates)
            for kind in kinds:
                table.setdefault(kind, []).append(Listening(owner, method, names, like, own + further))
    return Listeners(table, gates)


def _opened(
    owner: Rule | Collector,
    gate: Gate | None,
    vocabulary: Vocabulary,
    gates: list[tuple[Rule | Collector, Opened]],
) -> tuple[Opened, ...]:
    """The gate with its vocabulary looked up, added to ``gates``."""
    if gate is None:
        return ()
    opened = Opened(gate, vocabulary)
    gates.append((owner, opened))
    return (opened,)
