"""What a name says of the thing it names: the weak evidence, beside where a value comes from."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct

from mldebt.vocabulary import Sieve, Vocabulary, tokenise

STRONG = 6  # the weight from which a name alone makes a score
CACHED = 50_000  # identifiers of which it is remembered what they say: a large project has as many
LONGEST = 120  # characters of an identifier that are looked at; longer ones are generated

_COUNT_FIRST = frozenset({"num", "n", "count", "number", "total", "len", "nb", "consecutive"})


class Reading(Struct, frozen=True):
    """What one identifier, string key or column name says.

    ``score`` is the weight of its score words (0: none) and ``kind`` what sort of score it is
    ("drift", "metric", "distance", "score"); ``threshold`` says that it names a limit, ``count`` a
    number of things, ``constant`` that it is written in capitals.
    """

    tokens: tuple[str, ...]
    score: int
    kind: str
    threshold: bool
    count: bool
    constant: bool


class Names:
    """Reads identifiers by the vocabulary; every identifier once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.read = lru_cache(maxsize=CACHED)(self._read)
        self.is_environment = lru_cache(maxsize=CACHED)(self._is_environment)
        self.is_flag = lru_cache(maxsize=CACHED)(self._is_flag)
        self.is_switch = lru_cache(maxsize=CACHED)(self._is_switch)
        self.says_nothing = lru_cache(maxsize=CACHED)(self._says_nothing)
        self._flags = Sieve(lambda word: "_" in word and self.is_flag(word.upper()))
        self._counts = vocabulary.words("count-words")
        self._head_stops = vocabulary.words("score-head-stops")

    def _read(self, name: str) -> Reading:
        tokens = tokenise(name[:LONGEST])
        if not tokens:
            return Reading((), 0, "", False, False, False)
        threshold = bool(self.vocabulary.found("threshold-stems", tokens))
        counted = tokens[-1] in self._counts or (tokens[0] in _COUNT_FIRST and len(tokens) > 1)
        constant = name.isupper() and len(name) > 1
        score = 0
        if not (threshold or counted or constant or tokens[-1] in self._head_stops):
            score = self.vocabulary.weight("score-words", tokens)
        return Reading(tokens, score, self._kind(tokens) if score else "", threshold, counted, constant)

    def _kind(self, tokens: tuple[str, ...]) -> str:
        if self.vocabulary.found("drift-words", tokens):
            return "drift"
        if {"distance", "distances", "dist", "dists"} & set(tokens):
            return "distance"
        if set(self.vocabulary.found("metric-words", tokens)) - {"score", "iou", "metric", "metrics"}:
            return "metric"
        return "score"

    def _says_nothing(self, name: str) -> bool:
        """Is ``name`` one that says nothing of what a value is: no score, no count, no environment?"""
        reading = self.read(name)
        return not (reading.score or reading.count or self.is_environment(name))

    def _is_environment(self, name: str) -> bool:
        """Does the identifier ``name`` hold the name of the deployment environment?"""
        tokens = tokenise(name[:LONGEST])
        joined = "_".join(tokens)
        if joined in self.vocabulary.words("env-stop-identifiers"):
            return False
        if joined in self.vocabulary.words("env-identifiers"):
            return True
        return len(tokens) > 1 and tokens[-1] in self.vocabulary.words("env-suffixes")

    def _is_flag(self, name: str) -> bool:
        """Has the setting or variable ``name`` the stem of a feature flag, and none of machine learning's own?"""
        tokens = tokenise(name[:LONGEST])
        if len(tokens) < 2:
            return False
        words = self.vocabulary.words
        has_stem = tokens[0] in words("flag-stems") or tokens[-1] in words("flag-suffixes")
        # Capitals often begin with the name of the application: SHOP_ENABLE_AUDIT.
        if not has_stem and (not name.isupper() or words("flag-inner-words").isdisjoint(tokens)):
            return False
        if tokens[0] == "feature" and tokens[1] in words("flag-stop-second-words"):
            return False
        return not self.vocabulary.matches("flag-stop", "_".join(tokens))

    def flags_among(self, words: frozenset[str]) -> list[str]:
        """Those of ``words`` that are names of flags, in whatever letters."""
        return self._flags.of(words)

    def _is_switch(self, name: str) -> bool:
        """Is ``name`` a boolean between debugging and production (``DEBUG``, ``is_prod``, ``SHOP_DEV_MODE``)?"""
        tokens = tokenise(name[:LONGEST])
        words = self.vocabulary.words
        joined = "_".join(tokens)
        if {joined, joined.removeprefix("in_"), joined.removeprefix("is_")} & words("debug-switches"):
            return True
        return any("_".join(tokens[-size:]) in words("debug-suffixes") for size in (1, 2) if len(tokens) > size)
