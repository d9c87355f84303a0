"""CFG003: one application takes its settings from several systems at once."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from mldebt.facts.configs import ConfigSystem, Supply
from mldebt.model import Confidence, Outcome, Role
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where

_QUIET = frozenset({Role.TEST, Role.EXAMPLE, Role.LIBRARY})
FEW = 3  # systems that supply one setting: a command line above one file is how it is done
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
        yield from _one_setting(project, {path for _, path, _ in best.values()})


def _one_setting(project: Project, told: Collection[str]) -> Iterator[ProjectHit]:
    """One hit a setting that a program takes from three systems, where most of them meet."""
    by_name: dict[str, list[Supply]] = defaultdict(list)
    for path, fact in project.facts(Supply):
        if project.role(path) not in _QUIET and not project.is_notebook(path):
            by_name[fact.name].append(fact)
    for name, facts in sorted(by_name.items()):
        if len({each.system for each in facts}) < FEW:
            continue
        best: dict[str, tuple[int, int, str, list[Supply]]] = {}
        for path in sorted({each.place.path for each in facts} - set(told)):
            program = project.program(path)
            reached = [each for each in facts if each.place.path in program]
            own = len({each.system for each in reached if each.place.path == path})
            counts, component = (len({each.system for each in reached}), own), project.component(path)
            if counts[0] >= FEW and (component not in best or counts > best[component][:2]):
                best[component] = (*counts, path, reached)
        for component, (_, _, path, reached) in sorted(best.items()):
            sites = _first_of_each(reached, path)
            systems = ", ".join(sorted({each.system for each in reached}))
            fields = {"systems": systems, "setting": name[:60]}
            key = f"{component}:setting:{name}"
            yield ProjectHit(sites[:1], key, fields, variant="setting", related=sites[1:], outcome=_LIKELY)


def _first_of_each(facts: Iterable[ConfigSystem | Supply], meeting: str) -> tuple[Where, ...]:
    """One site of each system, those of the module where they meet first."""
    chosen: dict[str, ConfigSystem | Supply] = {}
    for each in sorted(facts, key=lambda one: (one.place.path != meeting, one.place.path, one.place.span)):
        chosen.setdefault(each.system, each)
    return tuple(Where(each.place, each.symbol, each.snippet, each.source_line) for each in chosen.values())
