"""Thresholds that configuration files set, by the names of their keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mldebt.facts import Fact, of_kind
from mldebt.facts.configs import ConfigValue
from mldebt.facts.sites import Threshold
from mldebt.traits.thresholds import read_threshold
from mldebt.vocabulary import Vocabulary

LONGEST = 20  # characters of a number that is read


def configured_thresholds(facts: Iterable[Fact], vocabulary: Vocabulary) -> Iterator[Threshold]:
    """A threshold for each value of a configuration file whose key is called as one."""
    for fact in of_kind(facts, ConfigValue):
        value = _number(fact.value)
        name = fact.key.rpartition(".")[2]
        knob = read_threshold(vocabulary, name, value) if value is not None else None
        if knob is not None:
            yield Threshold(
                knob.concept, fact.value, "config", fact.place, "", snippet=fact.key, source_line=fact.source_line
            )


def _number(text: str) -> float | int | None:
    """The number that ``text`` is, as it is written in code as well; ``None`` for anything else."""
    if len(text) > LONGEST or not text.replace(".", "", 1).lstrip("-").isdecimal():
        return None
    return float(text) if "." in text else int(text)
