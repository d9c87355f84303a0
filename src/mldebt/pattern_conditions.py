"""What a pattern rule asks of what its metavariables stand for, and of the code around."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import libcst as cst

from mldebt.engine import At
from mldebt.pattern_spec import PatternSpec, Where
from mldebt.syntax.names import dotted, last_name
from mldebt.terms import FALSE, TRUE, IsMachineLearning, Term, all_of, any_of, negate
from mldebt.traits.values import Trait
from mldebt.vocabulary import tokenise

LEAST_WEIGHT = 6
"""How sure a name must be of a trait: the strong words of the vocabulary, or where the value comes from."""
LONGEST_TEXT = 1_000  # characters of a text that is cut into words

_LOOPS = (cst.For, cst.While, cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)
_KINDS: Mapping[str, tuple[type, ...]] = {
    "number": (int, float),
    "string": (str,),
    "boolean": (bool,),
    "none": (type(None),),
    "any": (int, float, str, bool, type(None)),
}


def condition(where: Where, node: cst.CSTNode, at: At, is_expression: bool) -> Term:
    """What must be true elsewhere for ``where`` to hold of ``node``; ``FALSE`` when it does not hold here. What is
    no expression but a name (of a keyword, of what is defined) has no value: only how it is written counts."""
    if not is_expression:
        asked = where.traits or where.literal or where.values
        return FALSE if asked or not _is_named(where, (dotted(node),), dotted(node)) else TRUE
    if not _is_literal_as(where, node, at):
        return FALSE
    if where.like or where.not_like or where.words or where.not_words:
        text = at.text(node)
        texts = tuple(filter(None, (reference(node, at), dotted(node), text)))
        if not _is_named(where, texts, last_name(node), text or ""):
            return FALSE
    terms = [negate(_has(trait, node, at)) for trait in where.not_traits]
    if where.traits:
        terms.append(any_of(*(_has(trait, node, at) for trait in where.traits)))
    return all_of(*terms)


def is_inside(name: str, at: At) -> Term:
    """Whether the code around is one of ``ENCLOSINGS``."""
    asked: Mapping[str, Callable[[], Term]] = {
        "function": lambda: _term(at.function is not None),
        "class": lambda: _term(at.klass is not None),
        "loop": lambda: _term(_in_loop(at)),
        "model-class": lambda: at.in_model_class,
        "model-code": lambda: at.model_code,
        "ml-module": lambda: at.machine_learning,
        "ml-imports": lambda: IsMachineLearning(at.path, directly=True),
    }
    return asked[name]()


def imports_any(told: PatternSpec, at: At) -> bool:
    """Does the file import one of the modules that the rule is about, or something from it?"""
    return not told.imports or not at.imported.isdisjoint(told.imports)


def reference(node: cst.CSTNode, at: At) -> str:
    """What a node refers to, with built-in functions by their plain names."""
    return at.reference(node).removeprefix("builtins.")


def any_like(globs: Iterable[str], texts: Iterable[str]) -> bool:
    """Does one of the texts match one of the globs as a whole?"""
    return any(_like(glob, text) for glob in globs for text in texts)


def _in_loop(at: At) -> bool:
    for parent in reversed(at.parents):
        if isinstance(parent, (cst.FunctionDef, cst.Lambda)):
            return False
        if isinstance(parent, _LOOPS):
            return True
    return False


def _has(trait: str, node: cst.CSTNode, at: At) -> Term:
    evidence = at.trait(node, Trait(trait))
    return FALSE if evidence is None or evidence.weight < LEAST_WEIGHT else evidence.when


def _is_literal_as(where: Where, node: cst.CSTNode, at: At) -> bool:
    if not (where.literal or where.values or where.not_values):
        return True
    value = at.value(node)
    known = value.literal is not None
    constant = value.constant
    if where.literal == "not":
        return not known
    if where.literal and not (known and _is_of_kind(constant, where.literal)):
        return False
    if where.values and not (known and any(_equal(constant, each) for each in where.values)):
        return False
    return not (known and any(_equal(constant, each) for each in where.not_values))


def _is_of_kind(constant: object, kind: str) -> bool:
    if isinstance(constant, bool) and kind == "number":
        return False
    return isinstance(constant, _KINDS[kind])


def _equal(one: object, other: object) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _is_named(where: Where, texts: tuple[str, ...], *names: str) -> bool:
    if (where.like and not any_like(where.like, texts)) or any_like(where.not_like, texts):
        return False
    if not (where.words or where.not_words):
        return True
    said = [f"_{'_'.join(tokenise(name[:LONGEST_TEXT]))}_" for name in names]

    def says(words: Iterable[str]) -> bool:
        return any(f"_{word}_" in each for word in words for each in said)

    return (not where.words or says(where.words)) and not says(where.not_words)


def _like(glob: str, text: str) -> bool:
    """Does the whole text match? ``*`` is any characters, ``?`` one. Never more than their product in steps."""
    at, star, mark, place = 0, -1, 0, 0
    while place < len(text):
        if at < len(glob) and glob[at] == "*":
            star, mark = at, place
            at += 1
        elif at < len(glob) and glob[at] in ("?", text[place]):
            at += 1
            place += 1
        elif star >= 0:
            mark += 1
            at, place = star + 1, mark
        else:
            return False
    return not glob[at:].strip("*")


def _term(fact: bool) -> Term:
    return TRUE if fact else FALSE
