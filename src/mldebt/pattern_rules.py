"""Rules that are patterns: one class for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import libcst as cst

from mldebt.engine import At, Hit, Rule
from mldebt.gate import Gate
from mldebt.model import Outcome
from mldebt.pattern_conditions import any_like, condition, imports_any, is_inside
from mldebt.pattern_spec import CODE, Where, is_enclosing
from mldebt.patterns import Patterns
from mldebt.rule_spec import RuleSpec
from mldebt.syntax.matching import Bindings, Effort, matches
from mldebt.syntax.metavariables import Pattern, compile_pattern, identifiers, metavariable
from mldebt.terms import FALSE, TRUE, Term, all_of, any_of, negate


class PatternRule(Rule):
    """Reports code that looks like one of the spec's patterns, where its conditions hold."""

    def __init__(self, spec: RuleSpec, options: Mapping[str, object]) -> None:
        super().__init__(spec, options)
        assert spec.pattern is not None
        self.told = spec.pattern
        self.where = {each.metavariable: each for each in spec.pattern.where}
        patterns = [compile_pattern(source) for source in spec.pattern.sources]
        self._patterns: dict[type[cst.CSTNode], list[Pattern]] = {}
        for pattern in patterns:
            for kind in pattern.kinds:
                self._patterns.setdefault(kind, []).append(pattern)
        self.unlike = [compile_pattern(source) for source in spec.pattern.unlike]
        self.around = _compiled(spec.pattern.inside)
        self.not_around = _compiled(spec.pattern.not_inside)
        self._paths = Patterns.of(spec.pattern.paths or ("**",))
        self._other_paths = Patterns.of(spec.pattern.not_paths)
        self.listens = dict.fromkeys(self._patterns, self.look)
        self.opened_by = _gate(patterns, self.where)

    def look(self, node: cst.CSTNode, at: At) -> Iterable[Hit]:
        """The hit, if any pattern matches here."""
        if not self._paths.excludes(at.path) or self._other_paths.excludes(at.path) or not imports_any(self.told, at):
            return
        reading = _Reading(self, node, at)
        for pattern in self._patterns[type(node)]:
            for found in reading.found(pattern):
                when, found = reading.when(found)
                if when != FALSE:
                    fields = {CODE: node, **{name.lower(): value for name, value in found.items()}}
                    yield Hit(node, fields=fields, outcomes=(Outcome(when, self.spec.confidence),))
                    return


def _compiled(texts: Iterable[str]) -> list[Pattern]:
    return [compile_pattern(text) for text in texts if not is_enclosing(text)]


def _gate(patterns: Iterable[Pattern], where: Mapping[str, Where]) -> Gate | None:
    """What a file must name for any of the patterns to match, ``None`` when nothing is needed: for each pattern
    one of the names in it, or those that the globs for what it calls end in."""
    words: set[str] = set()
    for pattern in patterns:
        names = identifiers(pattern)
        if names:
            words.add(max(names, key=lambda name: (len(name), name)))
            continue
        called = where.get(metavariable(pattern.node.func)) if isinstance(pattern.node, cst.Call) else None
        ends = {glob.rpartition(".")[2] for glob in called.like} if called is not None else set()
        if not ends or not all(end.isidentifier() for end in ends):
            return None
        words |= ends
    return Gate(words=frozenset(words))


class _Reading:
    """One look of a rule at one node."""

    def __init__(self, rule: PatternRule, node: cst.CSTNode, at: At) -> None:
        self._rule = rule
        self._node = node
        self._at = at
        self._effort = at.once(("effort", rule.spec.code), Effort)
        self._effort.begin()
        self._terms: dict[tuple[str, int], Term] = {}

    def found(
        self, pattern: Pattern, known: Bindings | None = None, node: cst.CSTNode | None = None
    ) -> Iterator[Bindings]:
        """The ways in which the node, or another one, is like a pattern with all conditions met."""
        return matches(pattern, node or self._node, self.refer, self._effort, self._admits, known)

    def refer(self, node: cst.CSTNode) -> str:
        return self._at.reference(node).removeprefix("builtins.")

    def when(self, found: Bindings) -> tuple[Term, Bindings]:
        """What must be true elsewhere for a match to count; and what metavariables stand for, those of patterns
        for the code around included."""
        told, at = self._rule.told, self._at
        if told.function and not any_like(told.function, (at.symbol,)):
            return FALSE, found
        terms = [is_inside(name, at) for name in told.inside if is_enclosing(name)]
        terms += [negate(is_inside(name, at)) for name in told.not_inside if is_enclosing(name)]
        if FALSE in terms:
            return FALSE, found
        for pattern in self._rule.around:
            around = next(self._around(pattern, found), None)
            if around is None:
                return FALSE, found
            found = around
        terms.append(self._held(found))
        terms += [negate(self._any(self._around(pattern, found), found)) for pattern in self._rule.not_around]
        terms += [negate(self._any(self.found(pattern, found), found)) for pattern in self._rule.unlike]
        return all_of(*terms), found

    def _around(self, pattern: Pattern, found: Bindings) -> Iterator[Bindings]:
        """The ways in which code around is like a pattern, the nearest first."""
        for parent in reversed(self._at.parents):
            if parent is not self._node:
                yield from self.found(pattern, found, parent)

    def _any(self, ways: Iterable[Bindings], known: Bindings) -> Term:
        """When one of them counts."""
        terms: list[Term] = []
        for found in ways:
            term = self._held({name: node for name, node in found.items() if name not in known})
            if term == TRUE:
                return TRUE
            terms.append(term)
        return any_of(*terms)

    def _admits(self, name: str, node: cst.CSTNode, is_expression: bool) -> bool:
        where = self._rule.where.get(name)
        if where is None:
            return True
        key = name, id(node)
        if key not in self._terms:
            self._terms[key] = condition(where, node, self._at, is_expression)
        return self._terms[key] != FALSE

    def _held(self, found: Bindings) -> Term:
        return all_of(*(self._terms.get((name, id(node)), TRUE) for name, node in found.items()))
