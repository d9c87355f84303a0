"""What a rule about the whole project is, and how the classes of rules are found.

Apart from ``engine``, so that linking, for which no file has to be looked at, imports no syntax.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import pkgutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from mldebt.model import Outcome, Place, Recipe
from mldebt.rule_spec import RuleSpec

if TYPE_CHECKING:
    from mldebt.project import Project

SURE = Outcome()
OptionValue = Any  # validated against the option's declared type when the configuration is read


class Where(Struct, frozen=True):
    """Where a node stands, as a fact records it."""

    place: Place
    symbol: str
    snippet: str
    source_line: str


class ProjectHit(Struct, frozen=True):
    """A project rule found something. ``sites`` are all places concerned, the first in path order
    carries the finding. ``key`` is what the finding stays the same by (flag, stem, package)."""

    sites: tuple[Where, ...]
    key: str
    fields: Mapping[str, str] = field(default_factory=dict)
    variant: str = ""
    words: tuple[str, ...] = ()  # what is said of each further site; empty: its source line
    related: tuple[Where, ...] = ()  # places that belong to it and never carry it
    outcome: Outcome = SURE
    concept: str = ""
    value: str = ""
    minutes: int | None = None
    recipes: tuple[Recipe, ...] = ()
    stands: bool = False  # at its further sites, too, it stands for what a weaker rule finds there


class ProjectRule:
    """Base of the rules that look at the facts of all files."""

    def __init__(self, spec: RuleSpec, options: Mapping[str, OptionValue]) -> None:
        self.spec = spec
        self.options = options

    def check(self, project: Project) -> Iterable[ProjectHit]:
        """Every hit in the project, in any order."""
        raise NotImplementedError


def load_classes(package: str, base: type, names: Collection[str] | None = None) -> Iterator[type]:
    """Every subclass of ``base`` defined in the modules below ``package``, in module order; only in those of the given
    ``names``, if any are. A module whose text does not name ``base`` has none and is not imported."""
    for info in _modules(package) if names is None or names else ():
        if names is not None and info.name.rpartition(".")[2] not in names:
            continue
        if not _mentions(info, base):
            continue
        module = importlib.import_module(info.name)
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, base) and value.__module__ == module.__name__:
                yield value


@cache
def _modules(package: str) -> tuple[pkgutil.ModuleInfo, ...]:
    root = importlib.import_module(package)
    return tuple(pkgutil.walk_packages(root.__path__, f"{package}."))


@cache
def _mentions(info: pkgutil.ModuleInfo, base: type) -> bool:
    """Does the text of a module, or of one that cannot be read, name a class?"""
    spec = importlib.util.find_spec(info.name)
    loader = spec.loader if spec is not None else None
    if spec is None or not isinstance(loader, importlib.machinery.SourceFileLoader) or spec.origin is None:
        return True
    return base.__name__.encode() in loader.get_data(spec.origin)
