"""The 28 tests of the ML Test Score, as ``rules/evidence.toml`` has them."""

from __future__ import annotations

import functools

from msgspec import Struct

from mldebt.catalogue import read_toml, rules_folder
from mldebt.tables import Table


class ScoreTest(Struct, frozen=True):
    """One test. ``topic`` is what a declaration of it is called; ``look`` names the evidence that is looked
    for, "" where code cannot show it, and then ``why`` says why."""

    id: str
    topic: str
    asks: str
    look: str
    why: str = ""


@functools.lru_cache(maxsize=1)
def load() -> tuple[ScoreTest, ...]:
    """The tests in the order of the paper. Raises ``CatalogueError`` for what is not as it should be."""
    top = Table("evidence.toml", read_toml(rules_folder() / "evidence.toml"))
    found = []
    for table in top.tables("test"):
        look = table.take("look", str)
        found.append(
            ScoreTest(
                table.text("id"), table.text("topic"), table.text("asks"), look, "" if look else table.text("why")
            )
        )
        table.finish()
    top.finish()
    return tuple(found)
