"""Workflow commands: what GitHub shows as annotations at the lines of a pull request.

GitHub keeps ten annotations of each level of a step and drops the others without a word. So the worst
are written first, and what would be dropped is counted in a last line. Paths are relative to the top of
the repository, columns count UTF-16 units.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from mldebt.model import Finding, Notice, Run, Severity
from mldebt.report.listing import listed, worst_first
from mldebt.report.options import ColumnUnit, ReportOptions, TextOf
from mldebt.report.places import Lines, Paths
from mldebt.report.printable import amount, escape, shorten
from mldebt.report.text import say
from mldebt.rule_spec import RuleSpec

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
KEPT = 10  # annotations of a level and a step
_TITLE_LIMIT, _MESSAGE_LIMIT = 255, 4_000  # characters; GitHub takes 64 KB


def render(run: Run, catalogue: Sequence[RuleSpec], options: ReportOptions, text_of: TextOf) -> str:
    """At most ten commands a level, the worst first, then a line that counts what was left out. What makes
    the run one that cannot be trusted comes before all findings."""
    paths, lines = Paths.from_top(run, options), Lines(text_of)
    room = dict.fromkeys(LEVELS.values(), KEPT)
    written: list[str] = []
    left_out: Counter[str] = Counter()
    for notice in (each for each in run.notices if each.fatal):
        if room["error"]:
            room["error"] -= 1
            written.append(_notice(notice, paths))
    for finding in worst_first(listed(run.findings, options)):
        level = LEVELS[finding.severity]
        if room[level]:
            room[level] -= 1
            written.append(_annotation(level, finding, paths, lines))
        else:
            left_out[finding.severity.value] += 1
    if left_out:
        told = ", ".join(amount(number, name) for name, number in left_out.items())
        written.append(f"mldebt: {told} more: GitHub shows {KEPT} annotations of a level, the other reports all")
    return "".join(line + "\n" for line in written)


def workflow_command(name: str, message: str, properties: Mapping[str, str | int]) -> str:
    """One command as ``@actions/core`` writes it: what could end or extend it is encoded."""
    given = ",".join(f"{key}={_encode(str(value), property_=True)}" for key, value in properties.items())
    return f"::{name}{' ' if given else ''}{given}::{_encode(message, property_=False)}"


def _annotation(level: str, finding: Finding, paths: Paths, lines: Lines) -> str:
    place, span = finding.place, finding.place.span
    properties: dict[str, str | int] = {
        "title": shorten(f"{finding.code} {finding.name}", _TITLE_LIMIT),
        "file": paths.show(place.path),
        "line": span.line,
        "endLine": max(span.end_line, span.line),
    }
    if span.end_line == span.line:  # GitHub refuses columns of what spans lines
        properties["col"] = lines.column(place.path, span.line, span.column, ColumnUnit.UTF16)
        properties["endColumn"] = lines.column(place.path, span.line, span.end_column, ColumnUnit.UTF16)
    return workflow_command(level, shorten(say(finding, paths), _MESSAGE_LIMIT), properties)


def _notice(notice: Notice, paths: Paths) -> str:
    properties: dict[str, str | int] = {"title": f"mldebt {escape(notice.kind)}"}
    if notice.path:
        properties |= {"file": paths.show(notice.path), "line": max(notice.line, 1)}
    return workflow_command("error", shorten(escape(notice.message), _MESSAGE_LIMIT), properties)


def _encode(text: str, *, property_: bool) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if property_ else text
