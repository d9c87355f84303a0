"""The facts of a file as bytes: what workers hand back, what the store keeps, what waits in memory.

What every run reads of a file (candidates, suppressions, notices) is unsealed at once. Its facts are
unsealed by kind, when somebody asks for that kind: of a large project most are never asked for.
"""

from __future__ import annotations

import importlib
import pkgutil
import zlib
from collections.abc import Iterator
from dataclasses import is_dataclass
from enum import Enum
from functools import cache
from typing import overload

from mldebt import facts as kinds
from mldebt import model, terms
from mldebt.codec import Codec, CodecError
from mldebt.facts import ByKind, F, Fact, FileFacts
from mldebt.model import Candidate, Notice, Suppression

_LEVEL = 1  # of compression: the store is read far more often than it is written
_CODING = ("utf-8", "surrogatepass")


def seal(file: FileFacts) -> bytes:
    """Raises ``CodecError`` for what cannot be stored."""
    if isinstance(file.facts, SealedFacts) and file.facts.head == _head(file):
        return file.facts.blob
    by_kind: dict[str, list[Fact]] = {}
    for fact in file.facts:
        by_kind.setdefault(type(fact).__name__, []).append(fact)
    lines = [codec().dumps(_head(file))]
    lines += [f"{name}\t{codec().dumps(tuple(found))}" for name, found in by_kind.items()]
    return zlib.compress("\n".join(lines).encode(*_CODING), _LEVEL)


def unseal(path: str, blob: bytes, *, whole: bool = False) -> FileFacts | None:
    """The facts of the file ``path``; ``None`` when they are not what ``seal`` writes. What is not known to
    come from ``seal`` is to be unsealed ``whole``, so that nothing of it can disappoint later."""
    try:
        first, *rest = zlib.decompress(blob).decode(*_CODING).split("\n")
        head = codec().loads(first, tuple)
        sealed = SealedFacts(blob, head, dict(line.split("\t", 1) for line in rest))
        if whole and not all(isinstance(each, _kinds()) for each in sealed):
            return None
        if len(head) != 7 or (whole and not _is_head(head)):
            return None
        file = FileFacts(*head[:4], facts=sealed, candidates=head[4], suppressions=head[5], notices=head[6])
    except (zlib.error, UnicodeError, CodecError, TypeError, ValueError, KeyError):
        return None
    return file if file.path == path else None


class SealedFacts(ByKind):
    """The facts of one file, unsealed by kind. Equal to any others of the same kinds, each in the same order."""

    __slots__ = ("_found", "_lines", "blob", "head")

    def __init__(self, blob: bytes, head: tuple[object, ...], lines: dict[str, str]) -> None:
        self.blob = blob
        self.head = head
        self._lines = lines
        self._found: dict[str, tuple[Fact, ...]] = {}

    def of(self, kind: type[F]) -> tuple[F, ...]:
        return self._of(kind.__name__)  # type: ignore[return-value]  # the codec knows one class of a name

    def _of(self, name: str) -> tuple[Fact, ...]:
        found = self._found.get(name)
        if found is None:
            line = self._lines.pop(name, None)
            found = () if line is None else codec().loads(line, tuple)
            self._found[name] = found
        return found

    def __iter__(self) -> Iterator[Fact]:
        for name in sorted({*self._lines, *self._found}):
            yield from self._of(name)

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


def _head(file: FileFacts) -> tuple[object, ...]:
    return (
        file.path, file.kind, file.lines, file.analysed, tuple(file.candidates), tuple(file.suppressions),
        tuple(file.notices),
    )  # fmt: skip


def _is_head(head: tuple[object, ...]) -> bool:
    """Is everything beside the facts of the type that it should be?"""
    _, kind, lines, analysed, *many = head
    plain = isinstance(kind, str) and type(lines) is int and type(analysed) is bool
    return plain and all(
        isinstance(found, tuple) and all(isinstance(each, one) for each in found)
        for found, one in zip(many, (Candidate, Suppression, Notice), strict=True)
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
        if isinstance(kind, type) and kind.__module__.startswith("mldebt.") and (is_dataclass(kind) or _is_enum(kind))
    }
    return tuple(sorted(found, key=lambda kind: kind.__name__))


def _is_enum(kind: type) -> bool:
    return issubclass(kind, Enum)
