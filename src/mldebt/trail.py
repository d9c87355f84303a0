"""Where one question about a name has led: every place is tried once, and so many of them at most.

Packages that import ``*`` from each other lead in circles, and from each place on in several directions: without a
memory, the ways would double with every step.
"""

from __future__ import annotations

MAX_HOPS = 16  # re-exports, wrappers and bases that are followed from one name
MAX_TRIES = 2_000  # places that one name is looked for in


class Trail:
    """What one question has tried, and how many steps away from it the tries are."""

    def __init__(self) -> None:
        self._tried: dict[tuple[str, str], int] = {}
        self._steps = 0

    def leads(self, path: str, rest: str, hops: int) -> bool:
        """May ``rest`` be looked for in ``path`` with ``hops`` steps left? Not where it was with as many."""
        self._steps += 1
        key = (path, rest)
        if self._steps > MAX_TRIES or self._tried.get(key, 0) >= hops:
            return False
        self._tried[key] = hops
        return True
