"""NBK002: production code runs a notebook or imports from one, or a file is named as a passing version."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from mldebt.facts.notebook_uses import NotebookUse
from mldebt.facts.workflow import Schedule, Started
from mldebt.model import Confidence, Outcome, Place, Role, Span
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where

_QUIET = frozenset({Role.TEST, Role.EXAMPLE})
_PASSING = re.compile(
    r"(?:[_ -](?:final\d*|old\d*|backup|bak|copy\d*|new\d*|tmp)| - copy|[- ]copy\d*|\(\d+\))$", re.IGNORECASE
)
_UNNAMED = re.compile(r"untitled\d*$", re.IGNORECASE)
_LIKELY = Outcome(confidence=Confidence.MEDIUM)


class NotebookInProduction(ProjectRule):
    def check(self, project: Project) -> Iterable[ProjectHit]:
        for path, use in project.facts(NotebookUse):
            if project.role(path) in _QUIET or project.files[path].kind == "notebook":
                continue
            where = Where(use.place, use.symbol, use.snippet, use.source_line)
            key = f"{project.component(path)}:{path}:{use.notebook}"
            yield ProjectHit((where,), key, {"notebook": use.notebook}, variant="" if use.how == "run" else "import")
        yield from _started(project)
        yield from _passing(project)

    # A file that is named "final" or "copy" says that there is another, and not which of them is in use.


def _started(project: Project) -> Iterator[ProjectHit]:
    """Notebooks that an image runs, or a workflow at given times; what is run for every change is a test."""
    scheduled = {path for path, _ in project.facts(Schedule)}
    for path, started in project.facts(Started):
        if not started.program.endswith(".ipynb") or project.role(path) in _QUIET:
            continue
        if started.by == "image" or (started.by == "ci" and path in scheduled) or path.endswith("crontab"):
            place = Place(path, Span(started.line, 1, started.line, 1))
            where = Where(place, "", started.program, "")
            yield ProjectHit((where,), f"{path}:{started.program}", {"notebook": started.program[:60]})


def _passing(project: Project) -> Iterator[ProjectHit]:
    stems = {path.rpartition(".")[0] for path in project.files}
    for path, file in sorted(project.files.items()):
        if file.kind not in ("python", "notebook") or not file.analysed:
            continue
        if project.role(path) is Role.TEST or path not in project.learning:
            continue
        stem = posixpath.basename(path).rpartition(".")[0]
        if _is_passing(path.rpartition(".")[0], stem, stems):
            place = Place(path, Span(1, 1, 1, 1))
            where = Where(place, "", stem, "")
            yield ProjectHit((where,), f"{path}:name", {"stem": stem}, variant="name", outcome=_LIKELY)


def _is_passing(whole: str, stem: str, stems: set[str]) -> bool:
    if _UNNAMED.fullmatch(stem):
        return True
    found = _PASSING.search(stem)
    if found is not None:
        base = whole[: len(whole) - len(found[0])]
        return base in stems or found[0].strip(" _-").lower().startswith(("final", "copy", "backup", "bak", "old"))
    numbered = re.fullmatch(r"(.+)_v\d+", whole)
    return numbered is not None and numbered[1] in stems
