"""Reviewdog's diagnostic format: what comments on pull requests where no annotations are to be had.

Paths are relative to the top of the repository; columns count UTF-8 bytes and ends are exclusive, as
its protocol says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mldebt.model import Finding, Run, Severity, Span
from mldebt.report.document import Json, write_json
from mldebt.report.listing import listed
from mldebt.report.options import ColumnUnit, ReportOptions, TextOf
from mldebt.report.places import Lines, Paths, below
from mldebt.report.printable import shorten
from mldebt.report.rule_links import published
from mldebt.report.text import say
from mldebt.rule_spec import RuleSpec

_LEVELS = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.NOTE: "INFO"}
_LIMIT = 4_000  # characters of a message


def render(run: Run, catalogue: Sequence[RuleSpec], options: ReportOptions, text_of: TextOf) -> str:
    """One ``DiagnosticResult`` with the listed findings."""
    paths, lines, prefix = Paths.from_top(run, options), Lines(text_of), below(run.root, run.git_top)
    diagnostics: list[Json] = []
    for finding in listed(run.findings, options):
        page = published(finding.code, options)
        code: dict[str, Json] = {"value": finding.code, "url": page} if page else {"value": finding.code}
        told: dict[str, Json] = {
            "message": shorten(say(finding, paths), _LIMIT),
            "location": {
                "path": prefix + finding.place.path,
                "range": _range(finding.place.path, finding.place.span, lines),
            },
            "severity": _LEVELS[finding.severity],
            "code": code,
        }
        if suggestions := list(_suggestions(finding, lines)):
            told["suggestions"] = suggestions
        diagnostics.append(told)
    source: dict[str, Json] = {"name": "mldebt"}
    return write_json({"source": source, "diagnostics": diagnostics}, depth=2)


def _suggestions(finding: Finding, lines: Lines) -> Iterator[Json]:
    """The fixes that are one change of the file itself: the protocol has no way to say that several belong
    together, and a comment cannot change another file."""
    for fix in finding.fixes:
        if len(fix.edits) == 1 and fix.edits[0].path == finding.place.path:
            (edit,) = fix.edits
            yield {"range": _range(edit.path, edit.span, lines), "text": edit.text}


def _range(path: str, span: Span, lines: Lines) -> dict[str, Json]:
    def position(line: int, column: int) -> dict[str, Json]:
        return {"line": line, "column": lines.column(path, line, column, ColumnUnit.BYTES)}

    return {"start": position(span.line, span.column), "end": position(span.end_line, span.end_column)}
