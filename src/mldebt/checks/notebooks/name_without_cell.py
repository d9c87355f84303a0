"""NBK003: a notebook uses a name that no cell above it defines."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.facts.notebooks import UnboundName
from mldebt.model import Confidence, Outcome
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where


class NameWithoutCell(ProjectRule):
    """Each name once, where it is used first."""

    def check(self, project: Project) -> Iterable[ProjectHit]:
        for path, name in project.facts(UnboundName):
            yield ProjectHit(
                (Where(name.place, "", name.name, name.source_line),),
                f"{project.component(path)}:{path}:{name.name}",
                {"name": name.name},
                variant="below" if name.below else "",
                outcome=Outcome(confidence=Confidence.HIGH),
            )
