"""Who listens to what: the dispatch table, and what is left of it in one file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import libcst as cst
from msgspec import Struct, field

from mldebt.engine import Collector, Hit, Rule, Seen
from mldebt.gate import Glance, Opened
from mldebt.model import Role
from mldebt.vocabulary import Vocabulary


class Listening(NamedTuple):
    """Who listens, and the method that is told; of calls, the names of those it is told of."""

    owner: Rule | Collector
    method: Callable[..., Iterable[Hit | Seen]]
    called: frozenset[str] | None = None


class Heard:
    """Who listens in a file."""

    def __init__(self, by_kind: Mapping[type[cst.CSTNode], Sequence[Listening]]) -> None:
        self.by_kind = by_kind
        calls = by_kind.get(cst.Call, ())
        self._named = frozenset[str]().union(*(each.called for each in calls if each.called is not None))
        self._others = [each for each in calls if each.called is None]
        self._by_name: dict[str, Sequence[Listening]] = {}

    def call(self, name: str) -> Sequence[Listening]:
        """Who is told of calls of ``name``; who names none is told of all."""
        if name not in self._named:
            return self._others
        known = self._by_name.get(name)
        if known is None:
            told = self.by_kind[cst.Call]
            known = self._by_name[name] = [each for each in told if each.called is None or name in each.called]
        return known


class Listeners(Struct, frozen=True):
    """The dispatch table. ``gates`` are those that owners declare."""

    by_kind: Mapping[type[cst.CSTNode], Sequence[Listening]]
    gates: Sequence[tuple[Rule | Collector, Opened]] = ()
    _heard: dict[tuple[frozenset[int], Role | None], Heard] = field(default_factory=dict)

    def heard(self, file: Glance, role: Role | None = None) -> Heard:
        """Who may have something to say in ``file``: those whose gates it opens, and those that have none; where
        its ``role`` is known, only rules that speak there."""
        closed = frozenset(id(owner) for owner, gate in self.gates if not gate.admits(file))
        known = self._heard.get((closed, role))
        if known is None:
            open_ = {
                kind: [each for each in entries if id(each.owner) not in closed and _speaks(each.owner, role)]
                for kind, entries in self.by_kind.items()
            }
            known = Heard({kind: entries for kind, entries in open_.items() if entries})
            self._heard[closed, role] = known
        return known


def _speaks(owner: Rule | Collector, role: Role | None) -> bool:
    return role is None or not isinstance(owner, Rule) or any(each is role for each, _ in owner.spec.roles)


def listeners_of(listening: Iterable[Rule | Collector], vocabulary: Vocabulary, *, gated: bool = True) -> Listeners:
    """The dispatch table, in the order of ``listening``; without ``gated`` no gate is closed. An object may say
    by ``listens`` what it is told of, where that is known only when it is made."""
    table: dict[type[cst.CSTNode], list[Listening]] = {}
    gates: list[tuple[Rule | Collector, Opened]] = []
    for owner in listening:
        if owner.opened_by is not None and gated:
            gates.append((owner, Opened(owner.opened_by, vocabulary)))
        for kind, told in getattr(owner, "listens", {}).items():
            table.setdefault(kind, []).append(Listening(owner, told))
        for name in dir(type(owner)):
            method: Any = getattr(owner, name, None)
            called, lists = getattr(method, "__called__", (frozenset(), ()))
            names = called.union(*map(vocabulary.words, lists)) if called or lists else None
            for kind in getattr(method, "__listens__", ()):
                table.setdefault(kind, []).append(Listening(owner, method, names))
    return Listeners(table, gates)
