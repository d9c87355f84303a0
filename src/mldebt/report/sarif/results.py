"""Findings and notices as SARIF results and notifications."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import groupby
from urllib.parse import quote

import sarif_om as om
from msgspec import Struct

from mldebt.fingerprint import SCHEME
from mldebt.model import Confidence, Finding, Notice, Place, Run, Span, Status
from mldebt.report.line_hash import hash_lines
from mldebt.report.options import ColumnUnit, TextOf
from mldebt.report.places import Lines, below
from mldebt.report.printable import amount, escape
from mldebt.report.sarif.messages import compose, end_sentence, plain

BASE = "%SRCROOT%"
_RANKS = {Confidence.HIGH: 90.0, Confidence.MEDIUM: 60.0, Confidence.LOW: 30.0}
_MOST_PLACES = 100  # related locations and steps: GitHub shows 100 locations of a result


class Places:
    """Places of a run as SARIF locations: URIs below the git top level, columns in UTF-16 units."""

    def __init__(self, run: Run, text_of: TextOf) -> None:
        self._prefix = below(run.root, run.git_top)
        self._lines = Lines(text_of)
        self._uris: dict[str, str] = {}

    def physical(self, place: Place) -> om.PhysicalLocation:
        return om.PhysicalLocation(artifact_location=self.artifact(place.path), region=self.region(place))

    def artifact(self, path: str) -> om.ArtifactLocation:
        if path not in self._uris:
            # surrogateescape: file names are bytes, and become the same bytes, percent-encoded
            self._uris[path] = quote((self._prefix + path).encode("utf-8", "surrogateescape"), safe="/")
        return om.ArtifactLocation(uri=self._uris[path], uri_base_id=BASE)

    def region(self, place: Place) -> om.Region:
        """All four numbers, the end never before the start."""
        span, path = place.span, place.path
        line, end_line = max(span.line, 1), max(span.end_line, span.line, 1)
        column = self._lines.column(path, line, max(span.column, 1), ColumnUnit.UTF16)
        end = self._lines.column(path, end_line, max(span.end_column, 1), ColumnUnit.UTF16)
        return om.Region(
            start_line=line,
            start_column=column,
            end_line=end_line,
            end_column=end if end_line > line else max(end, column),
        )


class Context(Struct, frozen=True):
    """What the results of a log share. ``indices``: the index of each rule code; ``hashes``: see
    ``hash_places``; ``with_suppressions``: the log holds findings that are not open, too."""

    places: Places
    indices: Mapping[str, int]
    hashes: Mapping[tuple[str, int], str]
    with_suppressions: bool


def hash_places(findings: Iterable[Finding], text_of: TextOf) -> dict[tuple[str, int], str]:
    """GitHub's hash of each line that a finding starts on; files are read once each, and lines of
    files that cannot be read are left out."""
    wanted: defaultdict[str, set[int]] = defaultdict(set)
    for finding in findings:
        wanted[finding.place.path].add(finding.place.span.line)
    hashes: dict[tuple[str, int], str] = {}
    for path, lines in wanted.items():
        if (data := text_of(path)) is not None:
            hashes.update({(path, line): value for line, value in hash_lines(data, lines).items()})
    return hashes


def make_result(finding: Finding, context: Context) -> om.Result:
    """The result of one finding."""
    places = context.places
    line_hash = context.hashes.get((finding.place.path, finding.place.span.line))
    prints = {"primaryLocationLineHash": line_hash} if line_hash else {}
    return om.Result(
        rule_id=finding.code,
        rule_index=context.indices.get(finding.code, -1),
        level=finding.severity.value,
        message=om.Message(text=compose(finding)),
        locations=[_location(finding, places)],
        related_locations=_related(finding, places),
        code_flows=_flow(finding, places),
        partial_fingerprints={**prints, SCHEME: finding.fingerprint},
        fixes=_fixes(finding, places),
        suppressions=_suppressions(finding) if context.with_suppressions else None,
        rank=_RANKS[finding.confidence],
        properties=_properties(finding),
    )


def _location(finding: Finding, places: Places) -> om.Location:
    symbol = escape(finding.symbol)
    logical = [om.LogicalLocation(fully_qualified_name=symbol)] if symbol else None
    return om.Location(physical_location=places.physical(finding.place), logical_locations=logical)


def _related(finding: Finding, places: Places) -> list[om.Location] | None:
    """Numbered from 1, as the links of the message count; being numbered they are unique."""
    related = [
        om.Location(id=number, physical_location=places.physical(other.place), message=_said(other.message))
        for number, other in enumerate(finding.related[:_MOST_PLACES], 1)
    ]
    return related or None


def _flow(finding: Finding, places: Places) -> list[om.CodeFlow] | None:
    """The path of the value, which always ends where the finding is."""
    if not finding.flow:
        return None
    steps = [(step.place, step.message) for step in finding.flow[:_MOST_PLACES]]
    if steps[-1][0].path != finding.place.path or not _touch(steps[-1][0].span, finding.place.span):
        steps.append((finding.place, finding.message))
    locations = [
        om.ThreadFlowLocation(location=om.Location(physical_location=places.physical(place), message=_said(said)))
        for place, said in steps
    ]
    return [om.CodeFlow(thread_flows=[om.ThreadFlow(locations=locations)])]


def _touch(left: Span, right: Span) -> bool:
    return (left.line, left.column) <= (right.end_line, right.end_column) and (right.line, right.column) <= (
        left.end_line,
        left.end_column,
    )


def _said(words: str) -> om.Message | None:
    return om.Message(text=end_sentence(plain(words))) if words else None


def _fixes(finding: Finding, places: Places) -> list[om.Fix] | None:
    """The fixes that a program may offer, each with its replacements by file."""
    fixes = [
        om.Fix(
            description=om.Message(text=end_sentence(plain(fix.title))),
            artifact_changes=[
                om.ArtifactChange(
                    artifact_location=places.artifact(path),
                    replacements=[
                        om.Replacement(
                            deleted_region=places.region(Place(path, edit.span)),
                            inserted_content=om.ArtifactContent(text=edit.text),
                        )
                        for edit in edits
                    ],
                )
                for path, edits in groupby(fix.edits, key=lambda edit: edit.path)
            ],
            properties={"safety": fix.safety},
        )
        for fix in finding.fixes
    ]
    return fixes or None


def _suppressions(finding: Finding) -> list[om.Suppression]:
    """Why a finding is not open; an empty list says that it is, as SARIF wants it."""
    if finding.status is Status.BASELINED:
        return [om.Suppression(kind="external", state="accepted", justification="Known from the baseline.")]
    if finding.status is not Status.SUPPRESSED:
        return []
    told = finding.suppression
    inside = told is None or told.place.path == finding.place.path
    return [
        om.Suppression(
            kind="inSource" if inside else "external",
            state="underReview" if told and told.kind == "later" else "accepted",
            justification=escape(told.reason) or None if told else None,
        )
    ]


def _properties(finding: Finding) -> dict[str, object]:
    properties: dict[str, object] = {
        "family": finding.family,
        "debt": finding.debt,
        "minutes": finding.minutes,
        "role": finding.role.value,
        "component": finding.component,
        "confidence": finding.confidence.value,
    }
    if cell := finding.place.cell:
        properties["cell"] = {
            "index": cell.index, "id": cell.id, "executionCount": cell.execution_count, "line": cell.line,
        }  # fmt: skip
    return properties


def make_notification(notice: Notice, places: Places) -> om.Notification:
    """A notice with its place, as far as it has one."""
    locations = None
    if notice.path:
        physical = om.PhysicalLocation(artifact_location=places.artifact(notice.path))
        if notice.line > 0:
            column = max(notice.column, 1)
            physical.region = places.region(Place(notice.path, Span(notice.line, column, notice.line, column)))
        locations = [om.Location(physical_location=physical)]
    return om.Notification(
        level="error" if notice.fatal else "warning",
        message=om.Message(text=end_sentence(plain(notice.message))),
        descriptor=om.ReportingDescriptorReference(id=notice.kind),
        locations=locations,
    )


def cut_notification(left_out: int, limit: int) -> om.Notification:
    """Says that results were left out, so that nobody takes the log for the whole."""
    text = f"{amount(left_out, 'result')} left out: consumers take {limit:,} of a run. The worst were kept."
    return om.Notification(
        level="warning",
        message=om.Message(text=text),
        descriptor=om.ReportingDescriptorReference(id="results-cut"),
    )
