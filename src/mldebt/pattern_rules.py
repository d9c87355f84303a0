"""Rules that are patterns: one class for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

import libcst as cst

from mldebt.catalogue import RuleSpec
from mldebt.engine import At, Hit, Rule
from mldebt.model import Outcome
from mldebt.pattern_spec import Where
from mldebt.patterns import Patterns
from mldebt.syntax.matching import Bindings, Pattern, compile_pattern, match
from mldebt.syntax.names import dotted
from mldebt.terms import FALSE, TRUE, Term, all_of, any_of, negate
from mldebt.traits.values import Trait

LEAST_WEIGHT = 6
"""How sure a name must be of a trait: the strong words of the vocabulary, or where the value comes from."""

_LOOPS = (cst.For, cst.While, cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)
_KINDS: Mapping[str, tuple[type, ...]] = {
    "number": (int, float),
    "string": (str,),
    "boolean": (bool,),
    "none": (type(None),),
    "any": (int, float, str, bool, type(None)),
}


class PatternRule(Rule):
    """Reports code that looks like one of the spec's patterns, where its conditions hold."""

    def __init__(self, spec: RuleSpec, options: Mapping[str, object]) -> None:
        super().__init__(spec, options)
        assert spec.pattern is not None
        self._told = spec.pattern
        self._patterns: dict[type[cst.CSTNode], list[Pattern]] = {}
        for source in spec.pattern.sources:
            pattern = compile_pattern(source)
            self._patterns.setdefault(type(pattern.node), []).append(pattern)
        self._unlike = [compile_pattern(source) for source in spec.pattern.unlike]
        self._paths = Patterns.of(spec.pattern.paths)
        self.listens = dict.fromkeys(self._patterns, self.look)

    def look(self, node: cst.CSTNode, at: At) -> Iterable[Hit]:
        """The hit, if any pattern matches here."""
        if self._told.paths and not self._paths.excludes(at.path):
            return
        for pattern in self._patterns[type(node)]:
            found = match(pattern, node, lambda each: _reference(each, at))
            if found is None or self._is_excepted(node, found, at):
                continue
            when = self._when(found, at)
            if when != FALSE:
                fields = {name.lower(): value for name, value in found.items()}
                yield Hit(node, fields=fields, outcomes=(Outcome(when, self.spec.confidence),))
                return

    def _is_excepted(self, node: cst.CSTNode, found: Bindings, at: At) -> bool:
        """Is it like a pattern that is to be left out? Metavariables mean there what they mean here."""
        refer = partial(_reference, at=at)
        return any(match(each, node, refer, found) is not None for each in self._unlike)

    def _when(self, found: Bindings, at: At) -> Term:
        terms = [_holds(where, found[where.metavariable], at) for where in self._told.where]
        terms += [_is_inside(name, at) for name in self._told.inside]
        terms += [negate(_is_inside(name, at)) for name in self._told.not_inside]
        if self._told.function:
            terms.append(TRUE if _any_like(self._told.function, (at.symbol,)) else FALSE)
        return all_of(*terms)


def _reference(node: cst.CSTNode, at: At) -> str:
    return at.reference(node).removeprefix("builtins.")


def _is_inside(name: str, at: At) -> Term:
    asked: Mapping[str, Callable[[], Term]] = {
        "function": lambda: _term(at.function is not None),
        "class": lambda: _term(at.klass is not None),
        "loop": lambda: _term(_in_loop(at)),
        "model-class": lambda: at.in_model_class,
        "model-code": lambda: at.model_code,
        "ml-module": lambda: at.machine_learning,
    }
    return asked[name]()


def _in_loop(at: At) -> bool:
    for parent in reversed(at.parents):
        if isinstance(parent, (cst.FunctionDef, cst.Lambda)):
            return False
        if isinstance(parent, _LOOPS):
            return True
    return False


def _holds(where: Where, node: cst.CSTNode, at: At) -> Term:
    """What must be true elsewhere for the conditions to hold; ``FALSE`` when they do not hold here."""
    if not _is_literal_as(where, node, at) or not _is_like(where, node, at):
        return FALSE
    terms = [negate(_has(trait, node, at)) for trait in where.not_traits]
    if where.traits:
        terms.append(any_of(*(_has(trait, node, at) for trait in where.traits)))
    return all_of(*terms)


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


def _is_like(where: Where, node: cst.CSTNode, at: At) -> bool:
    if not (where.like or where.not_like):
        return True
    texts = tuple(filter(None, (_reference(node, at), dotted(node), at.text(node))))
    if where.like and not _any_like(where.like, texts):
        return False
    return not _any_like(where.not_like, texts)


def _any_like(globs: Iterable[str], texts: Iterable[str]) -> bool:
    return any(_like(glob, text) for glob in globs for text in texts)


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
