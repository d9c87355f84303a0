"""Which findings a report lists: one answer for text, SARIF, the summary and the exit code."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.model import Confidence, Finding, Severity, Status
from mldebt.report.options import ReportOptions

_ALWAYS = (Severity.ERROR, Severity.WARNING)


def is_heard(finding: Finding) -> bool:
    """Open and sure enough to be counted, be it listed or not."""
    return finding.status is Status.OPEN and finding.confidence is not Confidence.LOW


def is_told(finding: Finding) -> bool:
    """Open or known, and sure enough to be counted."""
    return finding.status in (Status.OPEN, Status.BASELINED) and finding.confidence is not Confidence.LOW


def is_listed(finding: Finding, options: ReportOptions) -> bool:
    """Heard, not held back by an earlier stage, and of a severity that is shown."""
    return is_heard(finding) and finding.listed and (finding.severity in _ALWAYS or finding.severity in options.show)


def listed(findings: Iterable[Finding], options: ReportOptions) -> tuple[Finding, ...]:
    """The findings that text lists, in their order."""
    return tuple(finding for finding in findings if is_listed(finding, options))


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """By severity, then by confidence; among equals the order stays."""
    return sorted(findings, key=lambda finding: (finding.severity.rank, finding.confidence.rank))
