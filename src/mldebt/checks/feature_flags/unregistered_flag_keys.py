"""FLG002: many flag keys are bare strings where they are evaluated, and no module declares them."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.facts.exports import Export
from mldebt.facts.sites import FlagSite
from mldebt.flag_registry import declared_flags
from mldebt.flag_sites import flag_sites
from mldebt.model import Confidence, Outcome, Role
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where


class UnregisteredFlagKeys(ProjectRule):
    def check(self, project: Project) -> Iterable[ProjectHit]:
        declared = {export.value.strip("\"'") for _, export in project.facts(Export) if export.value}
        declared.update(declared_flags(project))
        bare = [
            (key, site)
            for key, sites in flag_sites(project).items()
            for site in sites
            if key not in declared and _is_bare(key, site) and project.role(site.place.path) is not Role.TEST
        ]
        for group in project.groups(bare, lambda each: each[1].place.path):
            keys: dict[str, FlagSite] = {}
            for key, site in group:
                keys.setdefault(key, site)
            if len(keys) >= self.options["min-keys"]:
                yield self._hit(keys)

    @staticmethod
    def _hit(keys: dict[str, FlagSite]) -> ProjectHit:
        first = min(keys, key=lambda key: (keys[key].place.path, keys[key].place.span))
        return ProjectHit(
            sites=tuple(Where(site.place, site.symbol, site.snippet, site.source_line) for site in keys.values()),
            key="unregistered",
            fields={"flag": f'"{first}"'},
            words=tuple(f'"{key}"' for key in keys),
            outcome=Outcome(confidence=Confidence.MEDIUM),
        )


def _is_bare(key: str, site: FlagSite) -> bool:
    """Is the key written as a text where the provider is asked?"""
    return site.kind in {"sdk", "name"} and (f'"{key}"' in site.snippet or f"'{key}'" in site.snippet)
