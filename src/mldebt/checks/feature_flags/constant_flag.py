"""FLG004: a feature flag always has the same value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from mldebt.engine import ProjectHit, ProjectRule, Where
from mldebt.facts.exports import Export
from mldebt.facts.modules import ModuleFact
from mldebt.facts.sites import EnvironmentRead, FlagSite
from mldebt.facts.variables import DeclaredVariable, MentionedFlags, ReadVariable
from mldebt.flag_sites import flag_sites
from mldebt.model import Confidence, Outcome, Role
from mldebt.project import Project
from mldebt.traits.values import Trait

_QUIET = frozenset({Role.TEST, Role.EXAMPLE})


class ConstantFlag(ProjectRule):
    """A constant of a module, assigned once in the whole project, that decides branches. What is read from
    the environment, is known by its text or can be overlaid by a star import may be set by others."""

    def check(self, project: Project) -> Iterable[ProjectHit]:
        sites = flag_sites(project)
        set_by_others = _set_by_others(project)
        assigned = _assigned(project)
        overlaid = {path for path, module in project.facts(ModuleFact) if module.stars}
        for path, export in project.facts(Export):
            name = export.name
            if export.value not in ("True", "False") or not name.isupper() or project.role(path) is Role.TEST:
                continue
            if assigned[name] != 1 or name in set_by_others or path in overlaid or not _is_flag(export):
                continue
            decided = [
                site
                for site in sites.get(name, ())
                if site.branches
                and project.role(site.place.path) not in _QUIET
                and project.components.joined(path, site.place.path)
            ]
            if decided:
                yield _hit(export, decided)


def _hit(export: Export, decided: Sequence[FlagSite]) -> ProjectHit:
    declaration = Where(export.place, "", export.name, f"{export.name} = {export.value}")
    return ProjectHit(
        sites=(declaration,),
        key=export.name,
        fields={"flag": export.name, "value": export.value},
        outcome=Outcome(confidence=Confidence.MEDIUM),
        concept=f"flag:{export.name}",
        related=tuple(Where(each.place, each.symbol, each.snippet, each.source_line) for each in decided),
    )


def _is_flag(export: Export) -> bool:
    return any(each.trait == Trait.FLAG.value for each in export.carried)


def _assigned(project: Project) -> Counter[str]:
    """How often each name is given a value, tests aside: they show that the other branch still runs."""
    counts: Counter[str] = Counter()
    for path, mentioned in project.facts(MentionedFlags):
        if project.role(path) is not Role.TEST:
            counts.update(dict(mentioned.assigned))
    return counts


def _set_by_others(project: Project) -> frozenset[str]:
    return frozenset(
        {
            *(fact.name for _, fact in project.facts(DeclaredVariable)),
            *(fact.name for _, fact in project.facts(ReadVariable)),
            *(fact.variable for _, fact in project.facts(EnvironmentRead)),
            *(name for path, fact in project.facts(MentionedFlags) for name in fact.quoted),
        }
    )
