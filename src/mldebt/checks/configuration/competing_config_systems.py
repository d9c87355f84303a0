"""CFG003: one application takes its settings from several systems at once."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable

from mldebt.facts.configs import ConfigSystem
from mldebt.model import Confidence, Outcome, Role
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where

_QUIET = frozenset({Role.TEST, Role.EXAMPLE, Role.LIBRARY})
_LIKELY = Outcome(confidence=Confidence.MEDIUM)


class CompetingConfigSystems(ProjectRule):
    """One hit a component, at the module where most systems meet: in itself, in what it imports and in its package.
    Programs elsewhere may have their own."""

    def check(self, project: Project) -> Iterable[ProjectHit]:
        found: dict[str, list[ConfigSystem]] = defaultdict(list)
        for path, fact in project.facts(ConfigSystem):
            if project.role(path) not in _QUIET and not project.is_notebook(path):
                found[path].append(fact)
        best: dict[str, tuple[tuple[int, int], str, list[ConfigSystem]]] = {}
        for path in sorted(found):
            beside = {each for each in found if posixpath.dirname(each) == posixpath.dirname(path)}
            facts = [each for used in sorted(beside | project.program(path)) for each in found.get(used, ())]
            counts = len({each.system for each in facts}), len({each.system for each in found[path]})
            component = project.component(path)
            if counts[0] >= self.options["min-systems"] and (component not in best or counts > best[component][0]):
                best[component] = counts, path, facts
        for component, (_, path, facts) in sorted(best.items()):
            sites = _first_of_each(facts, path)
            yield ProjectHit(
                sites[:1],
                f"{component}:systems",
                {"systems": ", ".join(sorted({each.system for each in facts})[:6])},
                related=sites[1:],
                outcome=_LIKELY,
            )


def _first_of_each(facts: Iterable[ConfigSystem], meeting: str) -> tuple[Where, ...]:
    """One site of each system, those of the module where they meet first."""
    chosen: dict[str, ConfigSystem] = {}
    for each in sorted(facts, key=lambda one: (one.place.path != meeting, one.place.path, one.place.span)):
        chosen.setdefault(each.system, each)
    return tuple(Where(each.place, each.symbol, each.snippet, each.source_line) for each in chosen.values())
