"""One finding a line: ``path:line:col: error|warning|note: message [CODE]``.

Editors, problem matchers and ``grep`` read it as it is. Related places follow the message.
"""

from __future__ import annotations

from collections.abc import Sequence

from mldebt.catalogue import RuleSpec
from mldebt.model import Finding, Place, Related, Run
from mldebt.report.listing import listed
from mldebt.report.options import ReportOptions, TextOf
from mldebt.report.places import Lines, Paths
from mldebt.report.printable import escape

NAMED_PLACES = 3  # related places that are named; the others are counted


def render(run: Run, catalogue: Sequence[RuleSpec], options: ReportOptions, text_of: TextOf) -> str:
    """The listed findings, a line each; "" when there are none."""
    paths, lines = Paths(run, options), Lines(text_of)
    return "".join(one_line(finding, options, paths, lines) + "\n" for finding in listed(run.findings, options))


def one_line(finding: Finding, options: ReportOptions, paths: Paths, lines: Lines) -> str:
    """The line of one finding, without its end."""
    place = finding.place
    column = lines.column(place.path, place.span.line, place.span.column, options.column_unit)
    return (
        f"{paths.show(place.path)}:{place.span.line}:{column}: {finding.severity.value}: "
        f"{escape(finding.message)}{_aside(finding, paths)} [{finding.code}]"
    )


def _aside(finding: Finding, paths: Paths) -> str:
    said = []
    if cell := finding.place.cell:
        said.append(f"cell {cell.index}, line {cell.line}")
    if finding.related:
        said.append(name_related(finding.related, finding.place.path, paths))
    return f" ({'; '.join(said)})" if said else ""


def name_related(related: Sequence[Related], here: str, paths: Paths) -> str:
    """``also 0.45 at serve/api.py:41, 0.6 at line 3 and 2 more``; places in the file ``here`` by their line."""

    def at(place: Place) -> str:
        return f"line {place.span.line}" if place.path == here else paths.at(place)

    named = [f"{escape(other.message)} at {at(other.place)}".strip() for other in related[:NAMED_PLACES]]
    more = len(related) - len(named)
    return f"also {', '.join(named)}" + (f" and {more} more" if more else "")
