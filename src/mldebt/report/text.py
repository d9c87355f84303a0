"""One finding a line: ``path:line:col: error|warning|note: message [CODE]``.

Editors, problem matchers and ``grep`` read it as it is. Related places follow the message.
"""

from __future__ import annotations

from collections.abc import Sequence

from mldebt.model import Finding, Place, Related, Run
from mldebt.report.listing import listed
from mldebt.report.options import ReportOptions, TextOf
from mldebt.report.places import Lines, Paths
from mldebt.report.printable import escape
from mldebt.report.rule_links import link
from mldebt.report.style import Style
from mldebt.rule_spec import RuleSpec

NAMED_PLACES = 3  # related places that are named; the others are counted


def render(run: Run, catalogue: Sequence[RuleSpec], options: ReportOptions, text_of: TextOf) -> str:
    """The listed findings, a line each; "" when there are none."""
    writer = Writer(run, options, text_of)
    return "".join(writer.line(finding) + "\n" for finding in listed(run.findings, options))


class Writer:
    """Writes the line of a finding, in colour and with links where the terminal has them."""

    def __init__(self, run: Run, options: ReportOptions, text_of: TextOf) -> None:
        self.paths = Paths(run, options)
        self.lines = Lines(text_of)
        self.style = Style(options.color)
        self._options = options

    def line(self, finding: Finding, *, related: bool = True) -> str:
        """``path:line:col: severity: message [CODE]``, without its end; ``related`` places on demand."""
        place, style = finding.place, self.style
        column = self.lines.column(place.path, place.span.line, place.span.column, self._options.column_unit)
        where = style.paint(f"{self.paths.show(place.path)}:{place.span.line}:{column}:", "bold")
        severity = style.severity(f"{finding.severity.value}:", finding.severity)
        said = say(finding, self.paths, related=related)
        code = style.paint(f"[{link(finding.code, self._options)}]", "dim")
        return f"{where} {severity} {said} {code}"


def say(finding: Finding, paths: Paths, *, related: bool = True) -> str:
    """The message in one line, with the cell of a notebook and the first related places after it."""
    said = []
    if cell := finding.place.cell:
        said.append(f"cell {cell.index}, line {cell.line}")
    if related and finding.related:
        said.append(name_related(finding.related, finding.place.path, paths))
    return escape(finding.message) + (f" ({'; '.join(said)})" if said else "")


def name_related(related: Sequence[Related], here: str, paths: Paths) -> str:
    """``also 0.45 at serve/api.py:41, 0.6 at line 3 and 2 more``; places in the file ``here`` by their line."""

    def at(place: Place) -> str:
        return f"line {place.span.line}" if place.path == here else paths.at(place)

    named = [f"{escape(other.message)} at {at(other.place)}".strip() for other in related[:NAMED_PLACES]]
    more = len(related) - len(named)
    return f"also {', '.join(named)}" + (f" and {more} more" if more else "")
