"""What files contribute to the project: one fact kind a module.

A fact is a frozen ``Struct`` of plain values with two class attributes: ``KIND``, a
stable kebab-case name, and ``VERSION``, raised when its meaning changes (it is part of the
cache key). A file's facts depend on that file alone; what depends on others is a term.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Protocol, TypeVar

from msgspec import Struct

from mldebt.model import Candidate, Notice, Suppression


class Fact(Protocol):
    """Anything that a file contributes."""

    KIND: ClassVar[str]
    VERSION: ClassVar[int]


F = TypeVar("F", bound=Fact)


class ByKind(Sequence[Fact]):
    """Facts that are found by their kind."""

    __slots__ = ()

    @abstractmethod
    def of(self, kind: type[F]) -> tuple[F, ...]:
        """The facts of one kind, in order."""

    @abstractmethod
    def named(self, name: str) -> tuple[object, ...]:
        """The same by the name of the kind's class."""


class FileFacts(Struct, frozen=True):
    """Everything that one file said. ``path`` is root-relative, ``kind`` a source kind
    ("python", "notebook", "manifest", ...); ``lines`` counts physical lines; ``analysed`` is
    false when the file could not be (a notice says why)."""

    path: str
    kind: str
    lines: int
    analysed: bool
    facts: Sequence[Fact] = ()
    candidates: Sequence[Candidate] = ()
    suppressions: tuple[Suppression, ...] = ()
    notices: tuple[Notice, ...] = ()


def of_kind(facts: Iterable[Fact], kind: type[F]) -> Iterator[F]:
    """The facts of one kind, in order."""
    if isinstance(facts, ByKind):
        return iter(facts.of(kind))
    return (fact for fact in facts if isinstance(fact, kind))


def of_name(facts: Sequence[Fact], name: str) -> tuple[object, ...]:
    """The facts of the kind whose class has that name, in order."""
    if isinstance(facts, ByKind):
        return facts.named(name)
    return tuple(fact for fact in facts if type(fact).__name__ == name)
