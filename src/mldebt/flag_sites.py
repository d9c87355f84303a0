"""Which flag each evaluation in the project is of: keys resolved through settings, wrappers and clients."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from mldebt.facts.sites import FlagSite
from mldebt.project import Project
from mldebt.traits.values import Trait


def flag_sites(project: Project) -> Mapping[str, tuple[FlagSite, ...]]:
    """Flag key -> its evaluations in path order. What no file says to be a flag is left out."""
    sites: dict[str, list[FlagSite]] = defaultdict(list)
    for path, site in project.facts(FlagSite):
        if project.holds(site.when) is not True:
            continue
        key = site.key or _key(project, path, site)
        if key:
            sites[key].append(site)
    return {key: tuple(found) for key, found in sorted(sites.items())}


def _key(project: Project, path: str, site: FlagSite) -> str:
    found = project.carried(path, site.reference, Trait.FLAG) if site.reference else None
    if found is None:
        return ""
    carried = found[0]
    if carried.detail:
        return carried.detail
    return site.arguments[carried.parameter] if 0 <= carried.parameter < len(site.arguments) else ""
