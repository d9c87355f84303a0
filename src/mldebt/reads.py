"""What an answer rests on: which facts were looked at until it was found.

A rule about the project is told again only if something that it looked at has changed (see ``relink``). It need
not say what that is: whoever hands out facts notes it here. An answer that several rules share is found once,
and each of them is known to rest on what it was found from.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeAlias, TypeVar, overload

if TYPE_CHECKING:
    from mldebt.vocabulary import Vocabulary

F = TypeVar("F")
T = TypeVar("T")
Node: TypeAlias = "tuple[str, str]"
"""A function of the project: (path, qualified name); the name "" is what a module runs when it is imported."""

ALL = "*"
"""The name of all functions of a file together."""


class Reads:
    """What was looked at: ``kinds`` of facts, of all files; those of files ``outside`` of tests and examples;
    ``questions`` that were asked of every file; ``nodes`` of the graph of calls, (path, ALL) for all of a file;
    the files in whose ``exports`` a name was looked up; and what other answers that were used rest on."""

    __slots__ = ("exports", "kinds", "nodes", "others", "outside", "questions")

    def __init__(self) -> None:
        self.kinds: set[str] = set()
        self.outside: set[str] = set()
        self.questions: set[str] = set()
        self.nodes: set[Node] = set()
        self.exports: set[str] = set()
        self.others: dict[Reads, None] = {}

    def any(self) -> bool:
        """Was anything looked at?"""
        return any(each.kinds or each.outside or each.questions or each.nodes or each.exports for each in self.all())

    def all(self) -> tuple[Reads, ...]:
        """These, and all that they rest on."""
        found = {self: None}
        queue = [self]
        while queue:
            for each in queue.pop().others:
                if each not in found:
                    found[each] = None
                    queue.append(each)
        return tuple(found)


class Question(Generic[F]):
    """A question about one file whose answer is yes or no and follows from its path, from its facts of one kind and
    from the vocabulary. The answer for a file without such facts is no. Answers are kept by ``name``."""

    def __init__(self, kind: type[F], ask: Callable[[str, Sequence[F], Vocabulary], bool]) -> None:
        self.kind = kind
        self.ask = ask
        self.name = f"{ask.__module__}.{ask.__qualname__}"
        _QUESTIONS[self.name] = self


_QUESTIONS: dict[str, Question[Any]] = {}  # of the modules that have been imported


def question(name: str) -> Question[Any]:
    """The question of that name, whose module of ours is imported if it has not been yet."""
    if name not in _QUESTIONS:
        importlib.import_module(name.rpartition(".")[0])
    return _QUESTIONS[name]


def of_each_file(kind: type[F]) -> Callable[[Callable[[str, Sequence[F], Vocabulary], bool]], Question[F]]:
    """Makes a function a question, which a project answers file by file: where one is edited, that one is asked."""
    return lambda ask: Question(kind, ask)


class Recorder:
    """Notes what is looked at for whoever listens, and remembers shared answers with what they rest on."""

    def __init__(self) -> None:
        self._stack = [Reads()]
        self._known: dict[object, tuple[Any, Reads]] = {}

    @property
    def now(self) -> Reads:
        """What whoever listens has read so far."""
        return self._stack[-1]

    @contextmanager
    def listening(self) -> Iterator[Reads]:
        """What is looked at inside; whoever listened before rests on it, too."""
        reads = Reads()
        self._stack.append(reads)
        try:
            yield reads
        finally:
            self._stack.pop()
            self.now.others[reads] = None

    @contextmanager
    def aside(self) -> Iterator[Reads]:
        """What is looked at inside, which is not noted: who looks says what it rests on."""
        reads = Reads()
        self._stack.append(reads)
        try:
            yield reads
        finally:
            self._stack.pop()

    def once(self, key: object, make: Callable[[], T]) -> T:
        """The answer that goes by ``key``, found the first time that somebody asks."""
        known = self._known.get(key)
        if known is None:
            with self.listening() as reads:
                answer = make()
            self._known[key] = (answer, reads)
            return answer
        self.now.others[known[1]] = None
        return known[0]  # type: ignore[no-any-return]  # what was put there under this key


class View(Protocol):
    """Something that looks at a project."""

    @property
    def reads(self) -> Recorder: ...


class found_once(Generic[T]):  # noqa: N801 - stands where ``cached_property`` would
    """A property of the one view of its class on a project, found once, by whoever asks first."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, view: None, owner: type) -> found_once[T]: ...
    @overload
    def __get__(self, view: View, owner: type) -> T: ...
    def __get__(self, view: View | None, owner: type) -> found_once[T] | T:
        return self if view is None else view.reads.once(self, lambda: self._make(view))
