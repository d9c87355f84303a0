"""GitLab's Code Quality report: an array of issues, which a merge request shows beside its lines.

Paths are relative to the top of the repository, columns count characters. GitLab joins issues of one
fingerprint, so no two have the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from mldebt.model import Finding, Run, Severity
from mldebt.report.document import Json, write_json
from mldebt.report.listing import listed
from mldebt.report.options import ReportOptions, TextOf
from mldebt.report.places import Paths, below
from mldebt.report.printable import shorten
from mldebt.report.rule_links import published
from mldebt.report.text import say
from mldebt.rule_spec import RuleSpec

_LEVELS = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.NOTE: "info"}
_LIMIT = 4_000  # characters of a description


def render(run: Run, catalogue: Sequence[RuleSpec], options: ReportOptions, text_of: TextOf) -> str:
    """The listed findings; ``[]`` when there are none."""
    paths, prefix = Paths.from_top(run, options), below(run.root, run.git_top)
    seen: Counter[str] = Counter()
    issues: list[Json] = []
    for finding in listed(run.findings, options):
        seen[finding.fingerprint] += 1
        issues.append(_issue(finding, seen[finding.fingerprint], prefix, paths, options))
    return write_json(issues, depth=1)


def _issue(finding: Finding, number: int, prefix: str, paths: Paths, options: ReportOptions) -> dict[str, Json]:
    span, page = finding.place.span, published(finding.code, options)
    issue: dict[str, Json] = {
        "type": "issue",
        "check_name": finding.code,
        "description": shorten(f"{finding.code}: {say(finding, paths)}", _LIMIT),
        "fingerprint": finding.fingerprint if number == 1 else f"{finding.fingerprint}/{number}",
        "severity": _LEVELS[finding.severity],
        "categories": ["Complexity"],
        "location": {
            "path": prefix + finding.place.path,
            "positions": {
                "begin": {"line": span.line, "column": span.column},
                "end": {"line": span.end_line, "column": span.end_column},
            },
        },
    }
    return {**issue, "url": page} if page else issue
