"""What is said of the versions of packages: one row a package, every place, and what they come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from mldebt.agreement import Verdict, agree
from mldebt.dependencies import dependencies
from mldebt.facts.pins import LockedVersion, Pin
from mldebt.marker_environments import LINUX, Environment, applies
from mldebt.model import Agreement, InventoryItem, InventorySite
from mldebt.project import Project

Row = tuple[str, InventorySite]


def version_rows(project: Project) -> Iterator[Row]:
    """Every requirement, and what the locks say of the packages that are required; conda's names and
    builds of one package are one key."""
    known = dependencies(project)
    required: dict[str, str] = {}
    written: set[tuple[str, int]] = set()
    for path, pin in project.facts(Pin):
        key = required[pin.name] = known.product(pin)
        written.add((path, pin.place.span.line))
        yield key, _pin_site(project, pin)
    for path, locked in project.facts(LockedVersion):
        if locked.name in required and (path, locked.line) not in written:  # a compiled file says it once
            site = InventorySite(path, locked.line, 1, locked.version, project.role(path), detail="locked")
            yield required[locked.name], site


def version_inventory(project: Project, items: Iterable[InventoryItem]) -> Iterator[InventoryItem]:
    """The items with what their sites come to."""
    pins: dict[InventorySite, list[Pin]] = defaultdict(list)
    for _, pin in project.facts(Pin):
        pins[_pin_site(project, pin)].append(pin)
    for item in items:
        yield replace(item, agreement=_agreement(item, pins))


def _pin_site(project: Project, pin: Pin) -> InventorySite:
    where = f"{pin.dialect}: {pin.group}" if pin.group else pin.dialect
    span = pin.place.span
    return InventorySite(
        pin.place.path, span.line, span.column, pin.url or pin.specifier, project.role(pin.place.path),
        detail=f"{where}, constraint" if pin.constraint else where,
    )  # fmt: skip


def _agreement(item: InventoryItem, pins: dict[InventorySite, list[Pin]]) -> Agreement:
    """On the machines that code is run on; where one of them can be satisfied, there is no conflict."""
    locks: dict[str, list[int]] = defaultdict(list)
    for at, site in enumerate(item.sites):
        if site not in pins and site.value:
            locks[site.path].append(at)
    versions = sorted({item.sites[at].value for found in locks.values() for at in found})
    verdicts = [_verdict(item, pins, locks, environment) for environment in LINUX]
    chosen = next((each for each in verdicts if each.range is not None), verdicts[0])
    return Agreement(chosen.range, chosen.culprits, tuple(versions))


def _verdict(
    item: InventoryItem,
    pins: dict[InventorySite, list[Pin]],
    locks: dict[str, list[int]],
    environment: Environment,
) -> Verdict:
    said: list[tuple[str, ...]] = []
    places: list[list[int]] = []
    for at, site in enumerate(item.sites):
        for pin in pins.get(site, ()):
            if not (pin.url or pin.unresolved) and applies(pin, environment):
                said.append((pin.specifier,))
                places.append([at])
    required = len(said)
    for found in locks.values():
        said.append(tuple(f"=={item.sites[at].value}" for at in found))
        places.append(found)
    verdict = agree(said)
    if verdict.range is not None:
        return agree(said[:required])  # what locks hold is told apart
    return Verdict(None, tuple(sorted({at for number in verdict.culprits for at in places[number]})))
