"""What is a hyper-parameter, and which calls take them."""

from __future__ import annotations

import libcst as cst

from mldebt.syntax.names import last_name
from mldebt.vocabulary import Vocabulary, tokenise

_SEARCHES = frozenset({"config", "space", "search", "grid", "sweep"})
_COMMON = frozenset(
    {
        "c",
        "depth",
        "eps",
        "eta",
        "kernel",
        "units",
        "filters",
        "iterations",
        "patience",
        "alpha",
        "beta",
        "gamma",
        "tol",
    }
)


def is_learner(node: cst.Call, reference: str, vocabulary: Vocabulary) -> bool:
    """Does the call build, configure or train something that learns?"""
    last = last_name(node.func)
    if last in vocabulary.words("config-calls") or last == "dict":
        return False
    root, _, rest = reference.partition(".")
    if root in vocabulary.words("ml-modules") and rest:
        return not set(tokenise(last)) & _SEARCHES
    return last in vocabulary.words("estimators") or last in {"fit", "train", "Trainer"}


def constant_named(name: str, vocabulary: Vocabulary) -> bool:
    """Is a constant of the module called as a hyper-parameter is: ``BATCH_SIZE``, ``LEARNING_RATE``?"""
    lower = name.lower()
    known = lower in vocabulary.words("hyper-parameters") or lower in vocabulary.words("input-parameters")
    return name.isupper() and lower not in _COMMON and known
