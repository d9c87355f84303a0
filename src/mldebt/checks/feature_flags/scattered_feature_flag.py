"""FLG001: one feature flag is evaluated at many sites, or in many files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from mldebt.facts.sites import FlagSite
from mldebt.flag_sites import flag_sites
from mldebt.model import Confidence, Outcome, Role
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where

_QUIET = (Role.TEST, Role.SETTINGS)  # settings declare flags, and may derive one from another


class ScatteredFeatureFlag(ProjectRule):
    def check(self, project: Project) -> Iterable[ProjectHit]:
        for key, found in flag_sites(project).items():
            counted = [site for site in found if project.role(site.place.path) not in _QUIET]
            for sites in project.groups(counted, lambda site: site.place.path):
                evaluations = _evaluations(sites)
                files = {site.place.path for site in evaluations}
                if len(evaluations) >= self.options["max-sites"] or len(files) >= self.options["max-files"]:
                    yield self._hit(key, evaluations)

    def _hit(self, key: str, sites: Sequence[FlagSite]) -> ProjectHit:
        return ProjectHit(
            sites=tuple(Where(site.place, site.symbol, site.snippet, site.source_line) for site in sites),
            key=key,
            fields={"flag": key},
            outcome=Outcome(confidence=Confidence.HIGH if _is_known(sites) else Confidence.MEDIUM),
            concept=f"flag:{key}",
            minutes=self.spec.minutes + 5 * len(sites),
        )


def _evaluations(sites: Sequence[FlagSite]) -> list[FlagSite]:
    """The sites that count. A declaration is none, nor is a wrapper that others call; reading a flag
    and deciding on it further down in one function is one evaluation."""
    outside = [site for site in sites if not (site.wraps and _is_called(site, sites))]
    counted: dict[tuple[str, str], list[FlagSite]] = defaultdict(list)
    for site in outside or sites:
        if site.branches or (site.symbol and not site.symbol[0].isupper()):
            counted[site.place.path, site.symbol].append(site)
    evaluations = []
    for group in counted.values():
        evaluations += [site for site in group if site.branches] or group[:1]
    return evaluations


def _is_called(wrapper: FlagSite, sites: Sequence[FlagSite]) -> bool:
    """Is one of the sites a call of the function that ``wrapper`` is all of?"""
    name = wrapper.wraps.rpartition(".")[2]
    return any(f"{name}(" in f"{site.snippet} {site.reference}" for site in sites if site is not wrapper)


def _is_known(sites: Sequence[FlagSite]) -> bool:
    """Is it known by where the value comes from, not by the words alone?"""
    return any(site.kind in {"sdk", "environment", "settings"} for site in sites)
