"""DOC003: CODEOWNERS names owners, and the code that trains or serves a model has none."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.model import Confidence, Outcome, Role
from mldebt.owners import Owners
from mldebt.practices import practices, where
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where


class ModelWithoutOwner(ProjectRule):
    """One hit a component: its first file that trains or serves a model and that no line of CODEOWNERS
    covers. Silent where the configuration names the component's owner."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        owners = Owners.of(project)
        if not owners.stated:
            return
        known = practices(project)
        sites: dict[str, Where] = {}
        for path, acts in known.trained.items():
            sites.setdefault(path, where(acts[0]))
        asked = (each for each in known.definitions if each.predicts and each.public)
        serving = [each for each in asked if each.place.path in project.loading]
        for each in (*known.answering, *serving):
            sites.setdefault(each.place.path, where(each))
        left: dict[str, list[Where]] = {}
        for path, site in sorted(sites.items()):
            if project.role(path) not in (Role.TEST, Role.EXAMPLE) and not owners.of_path(path):
                left.setdefault(project.component(path), []).append(site)
        for component, found in left.items():
            yield ProjectHit(
                sites=(found[0],),
                key=component,
                fields={"path": found[0].place.path.rpartition("/")[2]},
                outcome=Outcome(confidence=Confidence.HIGH),
                related=tuple(found[1:6]),
            )
