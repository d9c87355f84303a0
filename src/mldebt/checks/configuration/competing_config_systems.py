"""CFG003: one application takes its settings from several systems at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from mldebt.facts.configs import ConfigSystem
from mldebt.model import Confidence, Outcome, Role
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where

_QUIET = frozenset({Role.TEST, Role.EXAMPLE, Role.LIBRARY})
_LIKELY = Outcome(confidence=Confidence.MEDIUM)


class CompetingConfigSystems(ProjectRule):
    """Counted for each component; the place is in the module where most of them meet."""

    def check(self, project: Project) -> Iterable[ProjectHit]:
        found: dict[str, list[ConfigSystem]] = defaultdict(list)
        for path, fact in project.facts(ConfigSystem):
            if project.role(path) not in _QUIET and project.files[path].kind == "python":
                found[project.component(path)].append(fact)
        for component, facts in sorted(found.items()):
            systems = sorted({each.system for each in facts})
            if len(systems) < self.options["min-systems"]:
                continue
            by_path: dict[str, set[str]] = defaultdict(set)
            for each in facts:
                by_path[each.place.path].add(each.system)
            meeting = max(sorted(by_path), key=lambda path: len(by_path[path]))
            sites = _first_of_each(facts, meeting)
            yield ProjectHit(
                sites[:1],
                f"{component}:systems",
                {"systems": ", ".join(systems[:6])},
                related=sites[1:],
                outcome=_LIKELY,
            )


def _first_of_each(facts: Iterable[ConfigSystem], meeting: str) -> tuple[Where, ...]:
    """One site of each system, those of the module where they meet first."""
    chosen: dict[str, ConfigSystem] = {}
    for each in sorted(facts, key=lambda one: (one.place.path != meeting, one.place.path, one.place.span)):
        chosen.setdefault(each.system, each)
    return tuple(Where(each.place, each.symbol, each.snippet, each.source_line) for each in chosen.values())
