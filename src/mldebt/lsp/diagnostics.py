"""Findings as a language client shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from lsprotocol import types

from mldebt.lsp.documents import Document, Part
from mldebt.model import Finding, Notice, Place, Related, Severity, Span
from mldebt.report import ColumnUnit, ReportOptions
from mldebt.report.listing import listed
from mldebt.report.places import Lines
from mldebt.report.printable import escape
from mldebt.report.rule_links import local
from mldebt.run import Outcome

SOURCE = "mldebt"
UNITS = {"utf-8": ColumnUnit.BYTES, "utf-16": ColumnUnit.UTF16, "utf-32": ColumnUnit.CHARACTERS}
_LEVELS = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.NOTE: types.DiagnosticSeverity.Information,
}
_MOST_PLACES = 20


class Positions:
    """Places of a run as the client counts them, which may be in open documents or on the disk."""

    def __init__(self, outcome: Outcome, documents: Mapping[str, Document], unit: ColumnUnit) -> None:
        self._root = Path(outcome.run.root)
        self._documents = documents
        self._unit = unit
        self._lines = Lines(outcome.text_of)
        texts = {uri: text for document in documents.values() for uri, text in document.texts.items()}
        self._open = Lines(lambda uri: texts[uri].encode("utf-8", "surrogatepass") if uri in texts else None)

    def locate(self, path: str, span: Span) -> types.Location | None:
        """``None`` for a place that an open notebook no longer has."""
        document = self._documents.get(path)
        if document is None:
            uri = (self._root / path).as_uri()
            return types.Location(uri, self._range(self._lines, path, Part(uri, *_numbers(span))))
        part = document.part(span)
        return types.Location(part.uri, self.range(part)) if part else None

    def range(self, part: Part) -> types.Range:
        """A part of an open document."""
        return self._range(self._open, part.uri, part)

    def _range(self, lines: Lines, name: str, part: Part) -> types.Range:
        def position(line: int, column: int) -> types.Position:
            return types.Position(max(line, 1) - 1, lines.column(name, line, max(column, 1), self._unit) - 1)

        return types.Range(position(part.line, part.column), position(part.end_line, part.end_column))


def _numbers(span: Span) -> tuple[int, int, int, int]:
    return span.line, span.column, span.end_line, span.end_column


def diagnose(
    outcome: Outcome, documents: Mapping[str, Document], positions: Positions, options: ReportOptions
) -> dict[str, list[types.Diagnostic]]:
    """Diagnostics by URI for every open document, with an empty list where there are none. ``documents``
    are the open ones by their root-relative path."""
    found: dict[str, list[types.Diagnostic]] = {uri: [] for each in documents.values() for uri in each.texts}
    for finding in listed(outcome.run.findings, options):
        if finding.place.path in documents:
            at = positions.locate(finding.place.path, finding.place.span)
            if at is not None:
                found[at.uri].append(_diagnostic(finding, at.range, positions, options))
    for notice in outcome.run.notices:
        if notice.path in documents and notice.line:
            span = Span(notice.line, max(notice.column, 1), notice.line, max(notice.column, 1))
            at = positions.locate(notice.path, span)
            if at is not None:
                found[at.uri].append(_notice(notice, at.range))
    return found


def _diagnostic(finding: Finding, where: types.Range, positions: Positions, options: ReportOptions) -> types.Diagnostic:
    page = local(finding.code, options)
    return types.Diagnostic(
        range=where,
        message=escape(finding.message),
        severity=_LEVELS[finding.severity],
        code=finding.code,
        code_description=types.CodeDescription(page) if page else None,
        source=SOURCE,
        related_information=list(_related(finding, positions)) or None,
        data=finding.fingerprint,
    )


def _related(finding: Finding, positions: Positions) -> Iterator[types.DiagnosticRelatedInformation]:
    """How the value came here, then where else it stands."""
    places: list[tuple[Place, Related]] = [(each.place, each) for each in (*finding.flow, *finding.related)]
    for place, each in places[:_MOST_PLACES]:
        at = positions.locate(place.path, place.span)
        if at is not None:
            yield types.DiagnosticRelatedInformation(at, escape(each.message) or "also here")


def _notice(notice: Notice, where: types.Range) -> types.Diagnostic:
    level = types.DiagnosticSeverity.Error if notice.fatal else types.DiagnosticSeverity.Information
    return types.Diagnostic(
        range=where, message=escape(notice.message), severity=level, code=notice.kind, source=SOURCE
    )
