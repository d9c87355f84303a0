"""DAT008: training and serving prepare their data by two copies of one function, or list of columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from mldebt.facts.shapes import ColumnList, FunctionShape
from mldebt.model import Confidence, Outcome, Role, Severity
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where

_TRAINING = frozenset({Role.TRAIN, Role.PIPELINE})
_LIKELY = Outcome(confidence=Confidence.MEDIUM)
_SAME_LIST = 0.6  # share of columns from which two lists mean the same input
MAX_COMPARED = 400  # functions of a side


class TrainServeSkew(ProjectRule):
    def check(self, project: Project) -> Iterable[ProjectHit]:
        yield from self._functions(project)
        yield from self._lists(project)

    def _functions(self, project: Project) -> Iterator[ProjectHit]:
        shapes = [(path, fact) for path, fact in project.facts(FunctionShape) if path in project.learning]
        training = [each for each in shapes if project.role(each[0]) in _TRAINING][:MAX_COMPARED]
        serving = [each for each in shapes if project.role(each[0]) is Role.SERVE][:MAX_COMPARED]
        for path, fact in serving:
            for other_path, other in training:
                if project.component(path) != project.component(other_path) or not self._alike(fact, other):
                    continue
                sites = tuple(Where(each.place, each.name, each.name, each.source_line) for each in (fact, other))
                key = f"{project.component(path)}:{min(fact.name, other.name)}"
                words = (f"{fact.name} serves here", f"{other.name} trains here")
                yield ProjectHit(sites, key, {"name": fact.name}, words=words, outcome=_LIKELY)
                break

    def _alike(self, one: FunctionShape, other: FunctionShape) -> bool:
        shared = sum((Counter(one.statements) & Counter(other.statements)).values())
        return bool(shared >= self.options["similarity"] * max(len(one.statements), len(other.statements)))

    @staticmethod
    def _lists(project: Project) -> Iterator[ProjectHit]:
        lists = [(path, fact) for path, fact in project.facts(ColumnList) if path in project.learning]
        training = [each for each in lists if project.role(each[0]) in _TRAINING][:MAX_COMPARED]
        serving = [each for each in lists if project.role(each[0]) is Role.SERVE][:MAX_COMPARED]
        for path, fact in serving:
            for other_path, other in training:
                if project.component(path) != project.component(other_path) or not _overlap(
                    fact.columns, other.columns
                ):
                    continue
                sites = tuple(Where(each.place, each.symbol, each.name, each.source_line) for each in (fact, other))
                key = f"{project.component(path)}:{fact.name}"
                differ = set(fact.columns) != set(other.columns)
                severity = Severity.NOTE if not differ else None
                yield ProjectHit(
                    sites,
                    key,
                    {"name": fact.name},
                    variant="columns" if differ else "list",
                    words=(f"{len(fact.columns)} columns for serving", f"{len(other.columns)} columns for training"),
                    outcome=Outcome(confidence=Confidence.MEDIUM, severity=severity),
                )
                break


def _overlap(one: Sequence[str], other: Sequence[str]) -> bool:
    shared = len(set(one) & set(other))
    return shared >= _SAME_LIST * max(len(set(one)), len(set(other)))
