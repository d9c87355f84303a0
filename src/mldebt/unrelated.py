"""Collections: many programs in one repository that share nothing, as those of lessons and competitions are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable

MANY = 12  # programs that stand alone from which a component is a collection


def unrelated(programs: Iterable[str], bound: Container[str], component: Callable[[str], str]) -> frozenset[str]:
    """Those of ``programs`` that import nothing of the project and are imported by nothing, where a component has
    many of them, and more than others. ``bound`` are the files that do or are."""
    alone: dict[str, set[str]] = defaultdict(set)
    others: dict[str, int] = defaultdict(int)
    for path in programs:
        if path in bound:
            others[component(path)] += 1
        else:
            alone[component(path)].add(path)
    return frozenset().union(*(found for name, found in alone.items() if len(found) >= max(MANY, others[name])))
