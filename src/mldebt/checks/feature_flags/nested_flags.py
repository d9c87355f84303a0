"""FLG003: one feature flag is evaluated inside a branch of another."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Outcome
from mldebt.terms import Term, all_of
from mldebt.traits.flags import FlagRead, asked_flag
from mldebt.traits.questions import DECIDING, questions

COMBINED = 3  # flags in one test that make too many programs


class NestedFlags(Rule):
    @on(*DECIDING)
    def decide(self, node: cst.CSTNode, at: At) -> Iterator[Hit]:
        asked = _flags(node, at)
        if not asked:
            return
        first, inner = asked[0]
        outer = self._outer(node, at, {_key(found) for _, found in asked})
        if outer and len(outer) + 1 >= self.options["max-depth"]:
            yield self._hit(first, inner, outer[0], "", _when(inner, *outer))
        elif len({_key(found) for _, found in asked}) >= COMBINED:
            second = next(found for _, found in asked if _key(found) != _key(inner))
            yield self._hit(first, inner, second, "combined", _when(*(found for _, found in asked)))

    @staticmethod
    def _hit(node: cst.CSTNode, inner: FlagRead, outer: FlagRead, variant: str, when: Term) -> Hit:
        fields = {"inner": _key(inner), "outer": _key(outer)}
        return Hit(node, fields, variant=variant, outcomes=(Outcome(when),), concept=f"flag:{_key(inner)}")

    @staticmethod
    def _outer(node: cst.CSTNode, at: At, inner: set[str]) -> list[FlagRead]:
        """The flags whose branches ``node`` stands in, the nearest first, one for each key."""
        found: dict[str, FlagRead] = {}
        child = node
        for parent in reversed(at.parents):
            if isinstance(parent, (cst.FunctionDef, cst.ClassDef, cst.Lambda)):
                break
            if isinstance(parent, (cst.If, cst.While, cst.IfExp)) and parent.body is child:
                flags = [flag for _, flag in _flags(parent, at)]
                if inner.isdisjoint(_key(flag) for flag in flags):
                    found.update((_key(flag), flag) for flag in flags if _key(flag) not in found)
            child = parent
        return list(found.values())


def _flags(node: cst.CSTNode, at: At) -> list[tuple[cst.CSTNode, FlagRead]]:
    parents = at.parents if type(node) is cst.BooleanOperation else ()
    asked = (asked_flag(at, question) for question in questions(node, parents))
    return [each for each in asked if each is not None and each[1].is_sure and _key(each[1])]


def _key(flag: FlagRead) -> str:
    """What the flag is called here: another file may know it by a longer name."""
    text = next((each[1:] for each in flag.arguments if each.startswith("=")), "")
    return flag.key or text or flag.reference.removesuffix("()").rpartition(".")[2]


def _when(*flags: FlagRead) -> Term:
    return all_of(*(flag.when for flag in flags))
