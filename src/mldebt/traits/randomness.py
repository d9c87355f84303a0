"""Does a call draw at random, and from which generator?"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import libcst as cst
from msgspec import Struct

from mldebt.syntax.names import argument, keyword, string
from mldebt.vocabulary import Vocabulary, tokenise

_KERAS = ("keras.", "tensorflow.keras.", "tf_keras.", "tensorflow.python.keras.")
_NUMBERS = frozenset(
    {"rand", "random", "random_sample", "uniform", "normal", "randn", "standard_normal", "randint", "binomial",
     "choice",
     "randrange", "gauss"}
)  # fmt: skip
_DRAWING_METHODS = frozenset({"sample", "randomSplit", "train_test_split", "shuffle", "fit"})
_SAMPLED = ("frac", "n")  # arguments of a frame's ``sample``


class Drawn(Struct, frozen=True):
    """What a call draws. ``own``: it takes a seed itself; ``shows``: as a statement it only shows something;
    ``compares``: its numbers choose rows only where they are compared with a share; ``keyword``: the argument
    that it would take a seed by, "" when it has none."""

    api: str
    generator: str
    own: bool = False
    shows: bool = False
    compares: bool = False
    keyword: str = ""


class _Condition(Struct, frozen=True):
    """When a call draws: always, or when an argument is, or is not, as given."""

    argument: str = ""
    value: str = ""
    negated: bool = False

    def holds(self, node: cst.Call) -> bool:
        if not self.argument:
            return True
        given = keyword(node, self.argument)
        if given is None:
            return self.negated
        written = string(given.value)
        if written is None and type(given.value) is cst.Name:
            written = given.value.value
        return (written == self.value) is not self.negated


def draw_of(node: cst.Call, reference: Callable[[cst.CSTNode], str], vocabulary: Vocabulary) -> Drawn | None:
    """What ``node`` draws without being given a seed; ``None`` when it draws nothing, or a seed is given,
    or may be given among arguments that are not written out."""
    called = reference(node.func)
    meant = called.rpartition(".")[2]
    last = node.func.attr.value if type(node.func) is cst.Attribute else meant
    names = drawing(vocabulary)
    if last not in names and meant not in names:
        return None
    drawn = _by_argument(node, called, last, vocabulary) or _by_method(node, called, last)
    drawn = drawn or _from_global(node, called, last, vocabulary)
    if drawn is None or _is_seeded(node, vocabulary):
        return None
    return drawn


def is_seed(name: str) -> bool:
    """Is ``name`` that of one seed: ``SEED``, ``random_state``, ``split_seed``?"""
    tokens = tokenise(name)
    return tokens[-1:] == ("seed",) or tokens[-2:] == ("random", "state")


def _by_argument(node: cst.Call, called: str, last: str, vocabulary: Vocabulary) -> Drawn | None:
    conditions = _conditions(vocabulary).get((called.partition(".")[0], last), ())
    if "()" in called or not any(each.holds(node) for each in conditions):
        return None
    return Drawn(last, "numpy", own=True, keyword="random_state")


def _by_method(node: cst.Call, called: str, last: str) -> Drawn | None:
    """Methods whose arguments tell whose they are: of a Spark or pandas frame, of a data set."""
    if type(node.func) is not cst.Attribute:
        return None
    if last == "sample" and any(keyword(node, each) for each in _SAMPLED) and not called.startswith("random."):
        whole = keyword(node, "n")
        few = whole is not None and type(whole.value) is cst.Integer and len(whole.value.value) < 3
        return None if few else Drawn("sample", "numpy", shows=True, keyword="random_state")
    if last == "randomSplit" and len(node.args) < 2:
        return Drawn(last, "numpy", own=True, keyword="seed")
    if last == "train_test_split" and (keyword(node, "test_size") or keyword(node, "train_size")):
        shuffled = keyword(node, "shuffle")
        if called.startswith("sklearn.") or (shuffled is not None and _is_named(shuffled.value, "False")):
            return None
        return Drawn(last, "numpy", own=True, keyword="seed")
    return None


def _from_global(node: cst.Call, called: str, last: str, vocabulary: Vocabulary) -> Drawn | None:
    generator = _global(vocabulary).get(called)
    if generator is not None:
        if last == "DataLoader":
            shuffled = keyword(node, "shuffle")
            if shuffled is None or not _is_named(shuffled.value, "True"):
                return None
        if last in {"default_rng", "RandomState"} and node.args:
            return None
        return Drawn(called, generator, compares=last in _NUMBERS and called != "numpy.random.choice")
    if last in ("shuffle", "fit") and type(node.func) is cst.Attribute:
        if called.startswith("tensorflow.data.") and last == "shuffle" and len(node.args) < 2:
            return Drawn("Dataset.shuffle", "tensorflow")
        if called.startswith(_KERAS) and last == "fit" and "()" in called and "preprocessing" not in called:
            return Drawn("fit of a Keras model", "tensorflow")
    return None


def _is_seeded(node: cst.Call, vocabulary: Vocabulary) -> bool:
    if any(each.star == "**" for each in node.args):
        return True  # a seed may be among them
    for name in vocabulary.words("seed-arguments"):
        given = argument(node, -1, name)
        if given is not None and not _is_named(given, "None"):
            return True
    return False


def _is_named(node: cst.BaseExpression, name: str) -> bool:
    return type(node) is cst.Name and node.value == name


@lru_cache(maxsize=4)
def drawing(vocabulary: Vocabulary) -> frozenset[str]:
    """The last names of all calls that may draw."""
    conditional = {name for _, name in _conditions(vocabulary)}
    return _DRAWING_METHODS | conditional | {name.rpartition(".")[2] for name in _global(vocabulary)}


@lru_cache(maxsize=4)
def _conditions(vocabulary: Vocabulary) -> dict[tuple[str, str], tuple[_Condition, ...]]:
    """(library, name) -> when it draws."""
    found: dict[tuple[str, str], tuple[_Condition, ...]] = {}
    for library, entries in vocabulary.mapping("seeded-by-argument").items():
        for entry in entries:
            name, _, condition = entry.partition(":")
            negated = "!=" in condition
            given, _, value = condition.partition("!=" if negated else "=")
            found[library, name] = (*found.get((library, name), ()), _Condition(given, value, negated))
    return found


@lru_cache(maxsize=4)
def _global(vocabulary: Vocabulary) -> dict[str, str]:
    """Dotted name -> the library whose generator it draws from."""
    entries = vocabulary.mapping("global-draws").items()
    return {name: library for library, names in entries for name in names if not name.startswith(".")}
