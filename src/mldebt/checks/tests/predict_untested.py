"""TST001: a public function asks a model, and no test reaches it."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.facts.acts import Definition
from mldebt.practices import is_asked, practices, where
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule


class PredictUntested(ProjectRule):
    """One hit a class or module-level function: a class whose predictions are tested somewhere is tested.
    In a component without any test, one hit at the first of them."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        known = practices(project)
        asked = {"predictor", "handler", "page"}
        wanted = [each for each in known.definitions if each.kind in asked and is_asked(each, project)]
        untested: dict[tuple[str, str], list[Definition]] = {}
        tested: set[tuple[str, str]] = set()
        for each in wanted:
            owner = (each.place.path, each.symbol.partition(".")[0])
            if known.is_tested(each):
                tested.add(owner)
            else:
                untested.setdefault(owner, []).append(each)
        alone: dict[str, list[Definition]] = {}
        for owner, found in untested.items():
            if owner in tested:
                continue
            if known.has_trials(owner[0]):
                yield _hit(found)
            else:
                alone.setdefault(project.component(owner[0]), []).append(found[0])
        for found in alone.values():
            yield _hit(found)


def _hit(found: list[Definition]) -> ProjectHit:
    sites = [where(each) for each in found]
    function = sites[0].symbol
    return ProjectHit(sites=tuple(sites), key=f"{sites[0].place.path}:{function}", fields={"function": function})
