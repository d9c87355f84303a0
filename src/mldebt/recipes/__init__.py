"""How findings are fixed, one recipe a module, found by its name.

A rule gives a finding a ``model.Recipe``: the name of a module in here (``require-version`` is
``require_version``), a title, how safe it is, and plain arguments. The module has

    def realise(wanted: Wanted) -> Iterable[Edit]

which reads the files concerned through ``wanted.open`` and gives the edits. It trusts no place
blindly: it looks whether what it means to change stands there, and raises ``RefusedError`` where it
does not. It need not care for other fixes, encodings, line ends, or whether the result is right:
``fix`` refuses edits that overlap, and nothing is written before the rules have been run on it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from mldebt.edits import Document, RefusedError
from mldebt.model import Edit, Finding, Recipe

__all__ = ["Document", "Edit", "RefusedError", "Wanted", "names", "realise"]


class Wanted(Struct, frozen=True):
    """What a recipe is asked: the finding to fix, the recipe's arguments, and the files of the project
    (``open`` raises ``RefusedError`` for one that cannot be read)."""

    finding: Finding
    arguments: Mapping[str, str]
    open: Callable[[str], Document]

    @property
    def document(self) -> Document:
        """The file that the finding stands in."""
        return self.open(self.finding.place.path)


def names() -> tuple[str, ...]:
    """The names of all recipes."""
    return tuple(sorted(info.name.replace("_", "-") for info in pkgutil.iter_modules(__path__)))


def realise(recipe: Recipe, finding: Finding, read: Callable[[str], Document]) -> tuple[Edit, ...]:
    """The edits of a recipe, sorted. Raises ``RefusedError`` when there are none to make."""
    module = importlib.import_module(f"{__name__}.{recipe.name.replace('-', '_')}")
    edits: Iterable[Edit] = module.realise(Wanted(finding, dict(recipe.arguments), read))
    found = tuple(sorted(edits))
    if not found:
        raise RefusedError("there is nothing to change")
    return found
