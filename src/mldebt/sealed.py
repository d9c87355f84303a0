"""The facts of a file as bytes: what workers hand back, what the store keeps, what waits in memory.

What every run reads of a file (suppressions, notices, which kinds of facts there are) stands in front and is
unsealed at once. Candidates and facts are unsealed by kind, when somebody asks for them: of a large project
most are never asked for.
"""

from __future__ import annotations

import importlib
import pkgutil
import zlib
from collections.abc import Iterator, Sequence
from enum import Enum
from functools import cache
from typing import overload

from msgspec import Struct

from mldebt import facts as kinds
from mldebt import model, terms
from mldebt.codec import Codec, CodecError
from mldebt.facts import ByKind, F, Fact, FileFacts
from mldebt.model import Candidate, Notice, Suppression

_LEVEL = 1  # of compression: the store is read far more often than it is written
_CODING = ("utf-8", "surrogatepass")
_CANDIDATES = Candidate.__name__  # the line of a file's candidates, which are no facts


def seal(file: FileFacts) -> bytes:
    """Raises ``CodecError`` for what cannot be stored."""
    sealed = file.facts
    if isinstance(sealed, SealedFacts) and file.candidates is sealed.candidates and sealed.head == _head(file):
        return sealed.blob
    by_kind: dict[str, list[object]] = {_CANDIDATES: list(file.candidates)} if file.candidates else {}
    for fact in file.facts:
        by_kind.setdefault(type(fact).__name__, []).append(fact)
    lines = [f"{name}\t{codec().dumps(tuple(found))}" for name, found in by_kind.items()]
    first = codec().dumps((_head(file), tuple(by_kind)))
    return first.encode(*_CODING) + b"\n" + zlib.compress("\n".join(lines).encode(*_CODING), _LEVEL)


def unseal(path: str, blob: bytes, *, whole: bool = False) -> FileFacts | None:
    """The facts of the file ``path``; ``None`` when they are not what ``seal`` writes. What is not known to
    come from ``seal`` is to be unsealed ``whole``, so that nothing of it can disappoint later."""
    try:
        first, _, rest = blob.partition(b"\n")
        head, names = codec().loads(first.decode(*_CODING), tuple)
        sealed = SealedFacts(blob, rest, head, frozenset(names))
        if whole and not (_is_head(head) and sealed.is_sound()):
            return None
        of, kind, lines, analysed, suppressions, notices = head
        file = FileFacts(of, kind, lines, analysed, sealed, sealed.candidates, suppressions, notices)
    except (zlib.error, UnicodeError, CodecError, TypeError, ValueError, KeyError):
        return None
    return file if file.path == path else None


class SealedFacts(ByKind):
    """The facts of one file, unsealed by kind. Equal to any others of the same kinds, each in the same order."""

    __slots__ = ("_found", "_lines", "_names", "_rest", "blob", "candidates", "head")

    def __init__(self, blob: bytes, rest: bytes, head: tuple[object, ...], names: frozenset[str]) -> None:
        self.blob = blob
        self.head = head
        self.candidates: Sequence[Candidate] = SealedCandidates(self) if _CANDIDATES in names else ()
        self._rest = rest
        self._names = names
        self._lines: dict[str, str] | None = None
        self._found: dict[str, tuple[object, ...]] = {}

    def of(self, kind: type[F]) -> tuple[F, ...]:
        return self.named(kind.__name__)  # type: ignore[return-value]  # the codec knows one class of a name

    def named(self, name: str) -> tuple[object, ...]:
        """The facts of the kind of that name, or the candidates."""
        if name not in self._names:
            return ()
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = codec().loads(self._opened().pop(name), tuple)
        return found

    def _opened(self) -> dict[str, str]:
        if self._lines is None:
            lines = zlib.decompress(self._rest).decode(*_CODING).split("\n")
            self._lines = dict(line.split("\t", 1) for line in lines if line)
        return self._lines

    def is_sound(self) -> bool:
        """Is everything in it of the type that it should be? Unseals it all."""
        return (
            set(self._opened()) == self._names
            and all(isinstance(each, Candidate) for each in self.candidates)
            and all(isinstance(each, _kinds()) for each in self)
        )

    def __iter__(self) -> Iterator[Fact]:
        for name in sorted(self._names - {_CANDIDATES}):
            yield from self.named(name)  # type: ignore[misc]  # facts, all but the candidates

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @overload
    def __getitem__(self, index: int) -> Fact: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Fact, ...]: ...
    def __getitem__(self, index: int | slice) -> Fact | tuple[Fact, ...]:
        return tuple(self)[index]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (SealedFacts, tuple)):
            return NotImplemented
        return _sorted(self) == _sorted(other)

    def __hash__(self) -> int:
        return hash(self.blob)


def _sorted(found: SealedFacts | tuple[Fact, ...]) -> list[Fact]:
    return sorted(found, key=lambda each: type(each).__name__)


class SealedCandidates(Sequence[Candidate]):
    """The candidates of one file, unsealed when they are looked at."""

    __slots__ = ("_sealed",)

    def __init__(self, sealed: SealedFacts) -> None:
        self._sealed = sealed

    def __iter__(self) -> Iterator[Candidate]:
        return iter(self._sealed.named(_CANDIDATES))  # type: ignore[arg-type]  # what was sealed under this name

    def __len__(self) -> int:
        return len(self._sealed.named(_CANDIDATES))

    @overload
    def __getitem__(self, index: int) -> Candidate: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Candidate, ...]: ...
    def __getitem__(self, index: int | slice) -> Candidate | tuple[Candidate, ...]:
        return tuple(self)[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (SealedCandidates, tuple)) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(self._sealed.blob)


def _head(file: FileFacts) -> tuple[object, ...]:
    return file.path, file.kind, file.lines, file.analysed, tuple(file.suppressions), tuple(file.notices)


def _is_head(head: tuple[object, ...]) -> bool:
    """Is everything beside the facts of the type that it should be?"""
    _, kind, lines, analysed, *many = head
    plain = isinstance(kind, str) and type(lines) is int and type(analysed) is bool
    return plain and all(
        isinstance(found, tuple) and all(isinstance(each, one) for each in found)
        for found, one in zip(many, (Suppression, Notice), strict=True)
    )


@cache
def codec() -> Codec:
    """The codec of everything that ``FileFacts`` can hold."""
    return Codec(_kinds())


@cache
def _kinds() -> tuple[type, ...]:
    modules = [model, terms, kinds]
    modules += [importlib.import_module(info.name) for info in pkgutil.iter_modules(kinds.__path__, "mldebt.facts.")]
    found = {
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and kind.__module__.startswith("mldebt.") and issubclass(kind, (Struct, Enum))
    }
    return tuple(sorted(found, key=lambda kind: kind.__name__))
