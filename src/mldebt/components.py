"""Which component a file belongs to, and which files a project rule may join.

Two services in one repository may use the same names for different things. Sites are joined within one
component and what its files import; what two components import joins both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from mldebt.config import Component
from mldebt.modules import Modules
from mldebt.patterns import Patterns

T = TypeVar("T")


class Components:
    """``given`` are those of the configuration, of which the first that has a file keeps it; any other file
    belongs to the nearest folder with a manifest of its own. ``imported`` tells which files of the project
    a file imports. ``across``: everything may be joined with everything."""

    def __init__(
        self,
        modules: Modules,
        paths: Iterable[str],
        given: Sequence[Component],
        imported: Callable[[str], Iterable[str]],
        across: bool = False,
    ) -> None:
        self._modules = modules
        self._paths = tuple(paths)
        self._given = [(each, Patterns.of(each.paths)) for each in given]
        self._imported = imported
        self._across = across
        self._names: dict[str, str] = {}
        self.seen: dict[str, frozenset[str]] = {}  # of other components, as far as asked
        self._members: Mapping[str, list[str]] | None = None

    def declared(self, path: str) -> Component | None:
        """What the configuration says of the component of a file, ``None`` when it says nothing."""
        return next((each for each, patterns in self._given if patterns.excludes(path)), None)

    def of(self, path: str) -> str:
        """The name of the component of a file: as declared, else its folder ("." for the root)."""
        name = self._names.get(path)
        if name is None:
            declared = self.declared(path)
            name = self._names[path] = declared.name if declared is not None else self._modules.component(path)
        return name

    def joined(self, one: str, other: str) -> bool:
        """May a rule join what it finds in these two files?"""
        mine, theirs = self.of(one), self.of(other)
        return self._across or mine == theirs or other in self._sees(mine) or one in self._sees(theirs)

    def groups(self, sites: Iterable[T], path: Callable[[T], str]) -> tuple[tuple[T, ...], ...]:
        """The sites, parted into those that may be joined: in each group in the order given, the groups in
        the order of their first site."""
        sites = tuple(sites)
        by_component: dict[str, list[int]] = defaultdict(list)
        for number, site in enumerate(sites):
            by_component["" if self._across else self.of(path(site))].append(number)
        leads = {name: name for name in by_component}
        if len(by_component) > 1:
            for name, other in self._bonds([path(site) for site in sites], by_component):
                leads[_lead(leads, name)] = _lead(leads, other)
        groups: dict[str, list[int]] = defaultdict(list)
        for name, numbers in by_component.items():
            groups[_lead(leads, name)].extend(numbers)
        return tuple(tuple(sites[number] for number in group) for group in sorted(map(sorted, groups.values())))

    def _bonds(self, paths: Sequence[str], by_component: Iterable[str]) -> Iterable[tuple[str, str]]:
        """(component, other) where the first imports a file of the second that has a site."""
        names = tuple(by_component)
        for path in dict.fromkeys(paths):
            owner = self.of(path)
            for name in names:
                if name != owner and path in self._sees(name):
                    yield name, owner

    def _sees(self, component: str) -> frozenset[str]:
        """The files of other components that the files of this one import, at any distance."""
        known = self.seen.get(component)
        if known is None:
            if self._members is None:
                members: dict[str, list[str]] = defaultdict(list)
                for path in self._paths:
                    members[self.of(path)].append(path)
                self._members = members
            own = set(self._members.get(component, ()))
            found, queue = set(own), sorted(own)
            while queue:
                for path in self._imported(queue.pop()):
                    if path not in found:
                        found.add(path)
                        queue.append(path)
            known = self.seen[component] = frozenset(found - own)
        return known


def _lead(leads: Mapping[str, str], name: str) -> str:
    while leads[name] != name:
        name = leads[name]
    return name
