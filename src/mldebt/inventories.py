"""What exists in a project: one row a threshold, flag, environment variable, version or model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from mldebt.environment_reads import environment_reads
from mldebt.facts.configs import ConfigValue, Knob
from mldebt.facts.modules import ClassFact
from mldebt.facts.sites import EnvironmentTest, ModelSite, Threshold
from mldebt.flag_sites import flag_sites
from mldebt.model import InventoryItem, InventoryKind, InventorySite, Place
from mldebt.project import Project
from mldebt.version_inventory import version_inventory, version_rows

Row = tuple[str, InventorySite]


def take_inventory(
    kind: InventoryKind, project: Project, shown: Callable[[str], bool] = lambda path: True
) -> tuple[InventoryItem, ...]:
    """All items of a kind with a site that is ``shown``, sorted by key, each with its shown sites in
    the order of their places."""
    sites: dict[str, set[InventorySite]] = defaultdict(set)
    for key, site in _ROWS[kind](project):
        if shown(site.path):
            sites[key].add(site)
    items = (InventoryItem(kind, key, _ordered(found)) for key, found in sorted(sites.items()))
    return tuple(version_inventory(project, items) if kind is InventoryKind.VERSION else items)


def _ordered(sites: Iterable[InventorySite]) -> tuple[InventorySite, ...]:
    return tuple(sorted(sites, key=lambda each: (each.path, each.line, each.column, each.value)))


def _site(
    project: Project, place: Place, value: str = "", default: str | None = None, detail: str = ""
) -> InventorySite:
    span = place.span
    return InventorySite(place.path, span.line, span.column, value, project.role(place.path), default, detail)


def _thresholds(project: Project) -> Iterator[Row]:
    for _, fact in project.facts(Threshold):
        if project.holds(fact.when) is True:
            yield fact.concept, _site(project, fact.place, fact.value, detail=fact.kind)


def _flags(project: Project) -> Iterator[Row]:
    for key, found in flag_sites(project).items():
        for site in found:
            yield key, _site(project, site.place, default=site.default or None, detail=site.kind)


def _environments(project: Project) -> Iterator[Row]:
    for _, read in environment_reads(project):
        default = read.default if read.has_default else None
        yield read.variable, _site(project, read.place, default=default, detail="read")
    for _, test in project.facts(EnvironmentTest):
        if project.holds(test.when) is True:
            yield test.name, _site(project, test.place, test.value, detail="tested")


def _models(project: Project) -> Iterator[Row]:
    for _, fact in project.facts(ModelSite):
        key = fact.artefact if fact.kind == "loader" and fact.artefact else fact.name
        detail = fact.kind if fact.kind == "estimator" else f"{fact.name}, {fact.revision or 'no revision'}"
        yield key, _site(project, fact.place, detail=detail)
    for path, klass in project.facts(ClassFact):
        if project.is_model(path, f"@.{klass.name}"):
            role = project.role(path)
            yield klass.name, InventorySite(path, klass.line, 1, "", role, detail="class")


def _knobs(project: Project) -> Iterator[Row]:
    """What somebody may want to turn: hyper-parameters and thresholds of the code, keys of configuration files."""
    for _, knob in project.facts(Knob):
        detail = f"argument of {knob.owner}" if knob.owner else "constant"
        yield knob.name.lower(), _site(project, knob.place, knob.value, detail=detail)
    for _, threshold in project.facts(Threshold):
        if project.holds(threshold.when) is True:
            yield (
                f"{threshold.concept} threshold",
                _site(project, threshold.place, threshold.value, detail=threshold.kind),
            )
    for _, value in project.facts(ConfigValue):
        detail = f"configuration, {value.environment}" if value.environment else "configuration"
        yield value.key, _site(project, value.place, value.value, detail=detail)


_ROWS: Mapping[InventoryKind, Callable[[Project], Iterator[Row]]] = {
    InventoryKind.THRESHOLD: _thresholds,
    InventoryKind.FLAG: _flags,
    InventoryKind.ENVIRONMENT: _environments,
    InventoryKind.VERSION: version_rows,
    InventoryKind.MODEL: _models,
    InventoryKind.KNOB: _knobs,
}

KINDS = {f"{kind.value}s": kind for kind in _ROWS}
"""The command's words."""
