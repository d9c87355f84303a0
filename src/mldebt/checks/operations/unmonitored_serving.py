"""OPS001: a model answers requests, and nothing counts or records what it is asked and says."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.facts.acts import Definition
from mldebt.practices import practices, where
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule


class UnmonitoredServing(ProjectRule):
    """One hit a file: its first handler that asks a model, when neither the handlers nor what they call,
    nor anything near them, watches the answers."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        known = practices(project)
        by_file: dict[str, list[Definition]] = {}
        for each in known.answering:
            if each.wraps:
                continue  # logged with the model; who watches it is a matter of where it is served
            by_file.setdefault(each.place.path, []).append(each)
        if known.importers("drift-monitors"):
            return  # whatever they watch, somebody here knows that models drift, and where that is looked at
        for path, handlers in sorted(by_file.items()):
            if any(known.near(path, other) for other in known.watchers):
                continue
            if any(each.told or known.tells((path, each.symbol)) for each in handlers):
                continue
            sites = [where(each) for each in handlers]
            yield ProjectHit(
                sites=(sites[0],),
                key=path,
                fields={"handler": sites[0].symbol},
                related=tuple(sites[1:6]),
            )
