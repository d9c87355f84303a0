"""Findings for programs: contract version 1, described by ``schemas/check.schema.json``."""

from __future__ import annotations

from collections.abc import Sequence

from mldebt.model import Confidence, Edit, Finding, Fix, Notice, Novelty, Place, Related, Run, Severity, Status
from mldebt.report.document import Json, write_json
from mldebt.report.listing import is_heard, is_listed, is_told
from mldebt.report.options import ReportOptions, TextOf
from mldebt.rule_spec import RuleSpec

VERSION = 1


def render(run: Run, catalogue: Sequence[RuleSpec], options: ReportOptions, text_of: TextOf) -> str:
    """Every finding of high and medium confidence inside the paths that were asked for, whatever
    its status; ``listed`` says whether text lists it. No clock, no absolute path, paths relative
    to the root: the same input gives the same bytes. Fixes are those that ``fix.with_fixes`` realised."""
    document: dict[str, Json] = {
        "version": VERSION,
        "tool": {"name": "mldebt", "version": options.version},
        "summary": _summary(run),
        "comparison": _comparison(run),
        "findings": [_finding(finding, options) for finding in run.findings if _is_held(finding)],
        "notices": [_notice(notice) for notice in run.notices],
    }
    return write_json(document, depth=2)


def _is_held(finding: Finding) -> bool:
    return finding.confidence is not Confidence.LOW and finding.status is not Status.OUTSIDE


def _summary(run: Run) -> dict[str, Json]:
    heard = [finding for finding in run.findings if is_heard(finding)]
    held = [finding.status for finding in run.findings if _is_held(finding)]
    summary: dict[str, Json] = {
        "files": run.summary.files,
        "lines": run.summary.lines,
        "not_analysed": run.summary.not_analysed,
        "generated_or_vendored": run.summary.foreign,
        "rules": list(run.summary.rules),
        "minutes": sum(finding.minutes for finding in heard),
    }
    for severity in Severity:
        summary[f"{severity.value}s"] = sum(finding.severity is severity for finding in heard)
    for status in (Status.SUPPRESSED, Status.BASELINED, Status.SUPERSEDED):
        summary[status.value] = held.count(status)
    return summary


def _comparison(run: Run) -> Json:
    if (made := run.comparison) is None:
        return None
    told = [finding.novelty for finding in run.findings if is_told(finding)]
    counts: dict[str, Json] = {novelty.value: told.count(novelty) for novelty in Novelty}
    paid: list[Json] = [{"identity": each.identity, "count": each.count} for each in made.paid]
    return {"against": list(made.against), **counts, "paid": paid, "paid_this_month": made.recent}


def _finding(finding: Finding, options: ReportOptions) -> dict[str, Json]:
    place, span = finding.place, finding.place.span
    return {
        "code": finding.code,
        "name": finding.name,
        "family": finding.family,
        "debt": finding.debt,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "message": finding.message,
        "path": place.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "cell": _cell(place),
        "role": finding.role.value,
        "component": finding.component,
        "minutes": finding.minutes,
        "related": [_related(other) for other in finding.related],
        "flow": [_related(step) for step in finding.flow],
        "fixes": [_fix(fix) for fix in finding.fixes],
        "identity": finding.identity,
        "fingerprint": finding.fingerprint,
        "status": finding.status.value,
        "novelty": finding.novelty.value if finding.novelty is not None else None,
        "listed": is_listed(finding, options),
    }


def _cell(place: Place) -> Json:
    if (cell := place.cell) is None:
        return None
    return {"index": cell.index, "id": cell.id, "execution_count": cell.execution_count, "line": cell.line}


def _related(other: Related) -> dict[str, Json]:
    span = other.place.span
    return {"path": other.place.path, "line": span.line, "column": span.column, "message": other.message}


def _fix(fix: Fix) -> dict[str, Json]:
    return {"title": fix.title, "safety": fix.safety, "edits": [_edit(edit) for edit in fix.edits]}


def _edit(edit: Edit) -> dict[str, Json]:
    span = edit.span
    return {
        "path": edit.path,
        "start_line": span.line,
        "start_column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "text": edit.text,
    }


def _notice(notice: Notice) -> dict[str, Json]:
    return {
        "kind": notice.kind,
        "message": notice.message,
        "path": notice.path,
        "line": notice.line,
        "column": notice.column,
        "fatal": notice.fatal,
    }
