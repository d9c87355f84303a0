"""NBK001: what a notebook shows is not what running it from top to bottom gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mldebt.facts.notebooks import CodeCell, NotebookFact
from mldebt.model import Confidence, Outcome
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where

_SURE = Outcome(confidence=Confidence.HIGH)
_LIKELY = Outcome(confidence=Confidence.MEDIUM)


class CellsRunOutOfOrder(ProjectRule):
    """One finding a notebook on its order: cells run backwards, else numbers that were skipped; and one on the
    errors saved with it."""

    def check(self, project: Project) -> Iterable[ProjectHit]:
        for path, notebook in project.facts(NotebookFact):
            key = f"{project.component(path)}:{path}"
            yield from _order(key, [each for each in notebook.cells if each.count is not None])
            errors = [each for each in notebook.cells if each.error]
            if errors:
                fields = {"error": errors[0].error}
                yield ProjectHit(_where(errors), f"{key}:error", fields, variant="error", outcome=_SURE)


def _order(key: str, run: Sequence[CodeCell]) -> Iterator[ProjectHit]:
    counts = [each.count or 0 for each in run]
    backwards = [cell for cell, before in zip(run[1:], counts, strict=False) if (cell.count or 0) <= before]
    if backwards:
        yield ProjectHit(_where(backwards), f"{key}:order", {"number": str(backwards[0].count)}, outcome=_SURE)
        return
    skipped = [cell for cell, before in zip(run[1:], counts, strict=False) if (cell.count or 0) > before + 1]
    if skipped:
        fields = {"number": str(skipped[0].count)}
        yield ProjectHit(_where(skipped), f"{key}:gap", fields, variant="gap", outcome=_LIKELY)


def _where(cells: Sequence[CodeCell]) -> tuple[Where, ...]:
    return tuple(Where(each.place, "", each.source_line, each.source_line) for each in cells)
