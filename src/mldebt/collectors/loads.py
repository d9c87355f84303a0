"""Records the functions that others get unchecked data from."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Collector, Seen, on
from mldebt.facts.loads import UncheckedLoad
from mldebt.traits.steps import TABLE_READS


class Loads(Collector):
    @on(cst.Call, called=TABLE_READS, called_in=("data-loads",))
    def call(self, node: cst.Call, at: At) -> Iterator[Seen]:
        if at.function is None:
            return
        story, symbol = at.story, at.function.name
        given = story.returned.get(symbol, frozenset()) - story.checked
        for number in given & story.loads.keys():
            if story.loads[number].node is node and not story.sealed:
                yield _seen(node, UncheckedLoad(symbol, tuple(story.handed.get(number, ()))))
                return


def _seen(node: cst.CSTNode, fact: UncheckedLoad) -> Seen:
    return Seen(node, lambda where: fact)
