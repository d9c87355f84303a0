"""The word lists and API names of ``rules/vocabulary``: what mldebt knows by name.

A list is one of three kinds: plain words, words with a weight, or a mapping of keys to words.
Entries are written in one of these forms, and a list keeps to one of them:

* tokens: lower-case, as ``tokenise`` makes them. A compound (``z_score``) is a run of tokens; an
  entry never matches a part of a token (``prec`` is not in ``precision``).
* names: one identifier, case kept (``predict_proba``: a method or function of that name).
* dotted names: ``torch.nn.Module``; a suffix such as ``fuzz.ratio`` holds for names that end with it.
* globs: names with ``*`` (``*_ENV``); use ``matches``.
"""

from __future__ import annotations

import difflib
import functools
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from fnmatch import fnmatchcase
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from mldebt.catalogue import read_toml, rules_folder
from mldebt.errors import CatalogueError, ConfigError

Entries: TypeAlias = "dict[str, int] | dict[str, tuple[str, ...]] | dict[str, None]"

MAX_SIFTED = 200_000  # words of which a sieve remembers that nothing holds
KINDS = ("words", "weights", "mapping")


class WordList(Struct, frozen=True):
    """One list. ``entries`` maps every word to its weight, its targets or None, by ``kind``;
    ``includes`` names lists of plain words that this one is the union of."""

    name: str
    meaning: str
    source: str
    date: date
    kind: str
    entries: Entries
    includes: tuple[str, ...] = ()


class Vocabulary(Struct, frozen=True, eq=False):
    """All lists, compared by identity: ``load`` gives one object a process and extension.

    The accessors raise ``CatalogueError`` for a list that does not exist or is of another kind:
    that is a mistake in a rule, not of a user."""

    lists: Mapping[str, WordList]

    def words(self, name: str) -> frozenset[str]:
        """The words of a list; of weights and mappings, the keys. Includes are resolved."""
        return _words(self, name)

    def weights(self, name: str) -> Mapping[str, int]:
        """Word -> weight."""
        return self._entries(name, "weights")  # type: ignore[return-value]  # the kind says so

    def mapping(self, name: str) -> Mapping[str, tuple[str, ...]]:
        """Key -> words."""
        return self._entries(name, "mapping")  # type: ignore[return-value]  # the kind says so

    def inverse(self, name: str) -> Mapping[str, tuple[str, ...]]:
        """A mapping turned round: word -> the keys that hold it, in file order."""
        return _inverse(self, name)

    def matches(self, name: str, text: str) -> bool:
        """Is ``text`` an entry of the list, or does an entry with ``*`` cover it? Case counts."""
        return _matches(self, name, text)

    def found(self, name: str, tokens: Sequence[str]) -> tuple[str, ...]:
        """The entries of a list of tokens that stand in ``tokens``, longest and leftmost first.
        Tokens that a compound has taken are not looked at again (``z_score`` hides ``score``)."""
        words = self.words(name)
        return () if _tokens(words).isdisjoint(tokens) else _found(words, tuple(tokens))  # mostly there is nothing

    def weight(self, name: str, tokens: Sequence[str]) -> int:
        """The highest weight that ``found`` words have in a list of weights; 0 when none is found."""
        weights = self.weights(name)
        return max((weights[word] for word in self.found(name, tokens)), default=0)

    def digest(self) -> str:
        """A hash of every entry, for cache keys."""
        return _digest(self)

    def _entries(self, name: str, kind: str) -> Entries:
        found = self.lists.get(name)
        if found is None or found.kind != kind:
            raise CatalogueError(f"vocabulary: there is no list of {kind} named {name!r}")
        return found.entries


_TOKEN = re.compile(
    r"[A-Z]{1,2}[0-9]+"  # F1, P95 ...
    r"|(?<![A-Za-z])[a-z]{1,2}[0-9]+(?![a-z])"  # f1, r2, and not the end of score2
    r"|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_a-zA-Z]+"
)
_ONE_CASE = re.compile(r"[a-z_]*|[A-Z_]*")
_MIXED_CASE = (("IoU", "_iou_"), ("mAP", "_map_"), ("pValue", "p_value"), ("PValue", "_p_value"))


@functools.lru_cache(maxsize=131_072)  # a large project has so many names
def tokenise(identifier: str) -> tuple[str, ...]:
    """The lower-case words of an identifier: ``y_probScore`` -> y, prob, score; ``AUCScore`` -> auc,
    score; ``maxIoU`` -> max, iou; ``f1_score`` -> f1, score; ``score2`` -> score, 2."""
    if _ONE_CASE.fullmatch(identifier):  # as most are
        return tuple(filter(None, identifier.lower().split("_")))
    for written, meant in _MIXED_CASE:
        identifier = identifier.replace(written, meant)
    return tuple(token.lower() for token in _TOKEN.findall(identifier))


class Sieve:
    """Picks the words of which something holds. Of most it never does: those are looked at once, in whatever file
    they are."""

    def __init__(self, holds: Callable[[str], bool]) -> None:
        self._holds = holds
        self._others: set[str] = set()

    def of(self, words: frozenset[str]) -> list[str]:
        """Those of ``words`` of which it holds."""
        unknown = words.difference(self._others)
        found = [word for word in unknown if self._holds(word)]
        if len(self._others) > MAX_SIFTED:
            self._others.clear()
        self._others.update(unknown.difference(found))
        return found


def load(extend: Mapping[str, tuple[str, ...]] | None = None) -> Vocabulary:
    """The vocabulary, with a user's additions: list name -> entries. Read once a process.

    An addition to a list of weights may carry one (``word=4``) and has the list's highest
    otherwise; one to a mapping is ``key=word``. Raises ``ConfigError`` for an unknown list.
    """
    return _load(tuple(sorted((extend or {}).items())))


@functools.lru_cache(maxsize=8)
def _load(extend: tuple[tuple[str, tuple[str, ...]], ...]) -> Vocabulary:
    if not extend:
        return Vocabulary(_read())
    lists = dict(_load(()).lists)
    for name, added in extend:
        if name not in lists:
            close = difflib.get_close_matches(name, lists, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise ConfigError(f"there is no vocabulary named {name!r}{hint}")
        lists[name] = _extended(lists[name], added)
    return Vocabulary(lists)


def _extended(known: WordList, added: tuple[str, ...]) -> WordList:
    entries: dict[str, object] = dict(known.entries)
    for text in added:
        word, separator, rest = (part.strip() for part in text.partition("="))
        if known.kind == "words":
            entries[text] = None
        elif known.kind == "weights":
            if separator and not rest.isdigit():
                raise ConfigError(f"vocabulary {known.name}: the weight in {text!r} is not a whole number")
            entries[word] = int(rest) if separator else max(v for v in known.entries.values() if isinstance(v, int))
        elif not separator or not rest:
            raise ConfigError(f"vocabulary {known.name} maps keys to words: write {text!r} as 'key=word'")
        else:
            targets = known.entries.get(word) or ()
            entries[word] = (*(targets if isinstance(targets, tuple) else ()), rest)
    return replace(known, entries=entries)


def _read() -> dict[str, WordList]:
    lists: dict[str, WordList] = {}
    for path in sorted((rules_folder() / "vocabulary").glob("*.toml")):
        for name, table in read_toml(path).items():
            if name in lists:
                raise CatalogueError(f"{path.name}: {name}: the list is defined twice")
            lists[name] = _word_list(f"{path.name}: {name}", name, table)
    for known in lists.values():
        for other in known.includes:
            if other not in lists:
                raise CatalogueError(f"vocabulary {known.name}: includes {other!r}, which does not exist")
    return lists


_ALLOWED = {"meaning", "source", "date", "includes", *KINDS}


def _word_list(where: str, name: str, table: object) -> WordList:
    if not isinstance(table, dict):
        raise CatalogueError(f"{where}: is not a table")
    for key in table:
        if key not in _ALLOWED:
            raise CatalogueError(f"{where}: unknown key {key!r}")
    meaning, source, day = table.get("meaning"), table.get("source"), table.get("date")
    if not (isinstance(meaning, str) and isinstance(source, str) and isinstance(day, date) and meaning and source):
        raise CatalogueError(f"{where}: meaning, source (texts) and date (a date) are needed")
    kinds = [kind for kind in KINDS if kind in table]
    if len(kinds) != 1:
        raise CatalogueError(f"{where}: exactly one of {', '.join(KINDS)} is needed")
    entries = _PARSERS[kinds[0]](f"{where}: {kinds[0]}", table[kinds[0]])
    includes = tuple(_strings(f"{where}: includes", table.get("includes", [])))
    return WordList(name, meaning, source, day, kinds[0], entries, includes)


def _plain(where: str, value: object) -> Entries:
    return dict.fromkeys(_strings(where, value))


def _weighted(where: str, value: object) -> Entries:
    """``{"6" = [words]}`` -> word: 6."""
    entries: dict[str, int] = {}
    for weight, words in _table(where, value).items():
        if not weight.isdigit():
            raise CatalogueError(f"{where}: {weight!r} is not a weight")
        for word in _strings(f"{where}: {weight}", words):
            if word in entries:
                raise CatalogueError(f"{where}: {word!r} has two weights")
            entries[word] = int(weight)
    return entries


def _mapped(where: str, value: object) -> Entries:
    return {key: tuple(_strings(f"{where}: {key}", words)) for key, words in _table(where, value).items()}


_PARSERS = {"words": _plain, "weights": _weighted, "mapping": _mapped}


def _table(where: str, value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise CatalogueError(f"{where}: is not a table")
    return value


def _strings(where: str, value: object) -> Iterable[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise CatalogueError(f"{where}: is not a list of texts")
    if len(set(value)) != len(value):
        twice = next(item for item in value if value.count(item) > 1)
        raise CatalogueError(f"{where}: {twice!r} stands twice")
    return value


@functools.lru_cache(maxsize=512)
def _words(vocabulary: Vocabulary, name: str) -> frozenset[str]:
    known = vocabulary.lists.get(name)
    if known is None:
        raise CatalogueError(f"vocabulary: there is no list named {name!r}")
    own = frozenset(known.entries)
    return own.union(*(_words(vocabulary, other) for other in known.includes))


@functools.lru_cache(maxsize=512)
def _globs(vocabulary: Vocabulary, name: str) -> tuple[str, ...]:
    return tuple(sorted(word for word in _words(vocabulary, name) if "*" in word))


@functools.lru_cache(maxsize=16_384)
def _matches(vocabulary: Vocabulary, name: str, text: str) -> bool:
    return text in _words(vocabulary, name) or any(fnmatchcase(text, glob) for glob in _globs(vocabulary, name))


@functools.lru_cache(maxsize=128)
def _inverse(vocabulary: Vocabulary, name: str) -> Mapping[str, tuple[str, ...]]:
    turned: dict[str, list[str]] = {}
    for key, words in vocabulary.mapping(name).items():
        for word in words:
            turned.setdefault(word, []).append(key)
    return {word: tuple(keys) for word, keys in turned.items()}


@functools.lru_cache(maxsize=512)
def _tokens(words: frozenset[str]) -> frozenset[str]:
    """The tokens that the entries of a list are made of."""
    return frozenset(token for word in words for token in word.split("_"))


_LONGEST_COMPOUND = 4


@functools.lru_cache(maxsize=16_384)
def _found(words: frozenset[str], tokens: tuple[str, ...]) -> tuple[str, ...]:
    found: list[str] = []
    free = list(tokens)
    for length in range(min(_LONGEST_COMPOUND, len(tokens)), 0, -1):
        for start in range(len(tokens) - length + 1):
            run = free[start : start + length]
            if all(run) and "_".join(run) in words:
                found.append("_".join(run))
                free[start : start + length] = [""] * length
    return tuple(found)


@functools.lru_cache(maxsize=8)
def _digest(vocabulary: Vocabulary) -> str:
    plain = {name: (known.kind, known.entries, known.includes) for name, known in vocabulary.lists.items()}
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
