"""What must be there for a rule to have anything to say, declared beside the rule.

A gate may be open too often and never closed too often: what it asks for is identifiers and comments,
which are in the text as they are read. Words inside strings need not be (``"pri" "ce"``): a rule with a
gate reads those strings alone in which they are. A rule that declares none is told of everything it
listens to.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cached_property

from msgspec import Struct

from mldebt.vocabulary import Sieve, Vocabulary, tokenise

_WORD = re.compile(r"[^\W\d]\w*")
_APART = bytes(code if code < 128 and (chr(code).isalnum() or chr(code) == "_") else ord(" ") for code in range(256))
"""Puts blanks between what may be identifiers."""


class Gate(Struct, frozen=True):
    """Open in files that hold one of ``words``, or of the last parts of the entries of the vocabulary's
    ``lists``, or of what ``named`` finds in it, as an identifier, or all the tokens of an entry of the lists
    ``tokens``."""

    words: frozenset[str] = frozenset()
    lists: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    named: Callable[[Vocabulary], Iterable[str]] | None = None


class Opened:
    """A gate with its vocabulary looked up."""

    def __init__(self, gate: Gate, vocabulary: Vocabulary) -> None:
        self._words = gate.words | names_in(vocabulary, gate.lists)
        if gate.named is not None:
            self._words |= frozenset(gate.named(vocabulary))
        self._entries = [frozenset(entry.split("_")) for name in gate.tokens for entry in vocabulary.words(name)]
        self._tokens = frozenset[str]().union(*self._entries)
        self._telling = Sieve(lambda word: not self._tokens.isdisjoint(tokenise(word)))

    def admits(self, file: Glance) -> bool:
        """Can the rule have anything to say in ``file``?"""
        if not self._words.isdisjoint(file.words):
            return True
        if not self._entries:
            return False
        tokens = frozenset[str]().union(*map(tokenise, self._telling.of(file.words)))
        return any(entry <= tokens for entry in self._entries)


class Glance:
    """The words of a file, seen without reading it."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def words(self) -> frozenset[str]:
        """Everything that may be an identifier, as Python reads it."""
        words = self._text.encode("ascii", "replace").translate(_APART).decode("ascii").split()
        if not self._text.isascii():
            foreign = " ".join(each for each in self._text.split() if not each.isascii())
            words += _WORD.findall(f"{foreign} {unicodedata.normalize('NFKC', foreign)}")
        return frozenset(words)


def words_of(references: Iterable[str]) -> frozenset[str]:
    """One word of each, the longest: without it no file can refer to that."""
    return frozenset(max(each.removesuffix("()").split("."), key=len) for each in references)


def names_in(vocabulary: Vocabulary, lists: Iterable[str]) -> frozenset[str]:
    """What the things in lists of APIs are called: the last parts of their entries."""
    return frozenset(entry.rpartition(".")[2] for name in lists for entry in vocabulary.words(name))
