"""Who listens to what: the dispatch table, and what is left of it in one file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import libcst as cst
from msgspec import Struct, field

from mldebt.engine import Collector, Hit, Rule, Seen
from mldebt.gate import Glance, Opened
from mldebt.model import Role
from mldebt.syntax.names import last_name
from mldebt.vocabulary import Vocabulary


class Listening(NamedTuple):
    """Who listens, and the method that is told; of calls, the names of those it is told of; what a node must be
    like."""

    owner: Rule | Collector
    method: Callable[..., Iterable[Hit | Seen]]
    called: frozenset[str] | None = None
    like: Callable[[Any], bool] | None = None


class Told:
    """Who is told of nodes of one type in a file. Who is told of one node is found by the answers that it gives to
    what they ask, and is the same for all that answer the same."""

    def __init__(self, entries: Sequence[Listening]) -> None:
        self._entries = entries
        self._asked = tuple(dict.fromkeys(each.like for each in entries if each.like is not None))
        self._named = frozenset[str]().union(*(each.called for each in entries if each.called is not None))
        self._known: dict[tuple[object, ...], Sequence[Listening]] = {}

    def of(self, node: Any) -> Sequence[Listening]:
        """Who is told of ``node``."""
        if not (self._asked or self._named):
            return self._entries
        name = last_name(node.func) if self._named else ""
        answers = (name if name in self._named else "", *[asked(node) for asked in self._asked])
        known = self._known.get(answers)
        if known is None:
            true = {asked for asked, answer in zip(self._asked, answers[1:], strict=True) if answer}
            known = self._known[answers] = [
                each
                for each in self._entries
                if (each.called is None or name in each.called) and (each.like is None or each.like in true)
            ]
        return known


class Heard:
    """Who listens in a file."""

    def __init__(self, by_kind: Mapping[type[cst.CSTNode], Sequence[Listening]]) -> None:
        self.by_kind = {kind: Told(entries) for kind, entries in by_kind.items()}


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
                table.setdefault(kind, []).append(Listening(owner, method, names, getattr(method, "__like__", None)))
    return Listeners(table, gates)
