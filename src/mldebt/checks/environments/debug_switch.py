"""ENV005: a debug or production switch is tested outside the settings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from mldebt.facts.sites import EnvironmentTest
from mldebt.model import Confidence, Outcome, Role, Severity
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where
from mldebt.traits.values import Trait


class DebugSwitch(ProjectRule):
    def check(self, project: Project) -> Iterable[ProjectHit]:
        switches: dict[str, list[EnvironmentTest]] = defaultdict(list)
        for path, test in project.facts(EnvironmentTest):
            if test.value or project.role(path) is Role.TEST:
                continue
            if project.holds(test.when) is True and project.holds(test.unless) is not True:
                switches[_key(project, path, test)].append(test)
        for key, found in sorted(switches.items()):
            for tests in project.groups(found, lambda test: test.place.path):
                outside = [test for test in tests if project.role(test.place.path) is not Role.SETTINGS]
                if outside:  # one switch in the settings is the cure
                    first = min(test.place.path for test in outside)
                    yield self._hit(key, [test for test in tests if test in outside or test.place.path > first])

    def _hit(self, key: str, tests: list[EnvironmentTest]) -> ProjectHit:
        files, enough = len({test.place.path for test in tests}), self.options["max-files"]
        scattered = bool(enough) and files >= enough
        return ProjectHit(
            sites=tuple(Where(test.place, test.symbol, test.snippet, test.source_line) for test in tests),
            key=key,
            fields={"name": tests[0].name},
            outcome=Outcome(confidence=Confidence.MEDIUM, severity=Severity.WARNING if scattered else None),
            concept=f"switch:{key}",
            minutes=round(self.spec.minutes * len(tests) ** 0.5),
        )


def _key(project: Project, path: str, test: EnvironmentTest) -> str:
    """What the switch is the same by: the thing that another file defines, else its last name."""
    found = project.carried(path, test.reference, Trait.SWITCH) if test.reference else None
    if found is not None and found[1] is not None:
        return found[1].name.removesuffix("()").rpartition(".")[2]
    return test.name.removesuffix("()").rpartition(".")[2]
