"""Findings for a person at a terminal: the line of ``text``, the source with carets, how the value
came there, where else it stands, why it costs, what to do.

The first line of each is that of ``text`` (until colour comes in), so that editors can still jump.
Why and remedy belong to the rule: they are told once, at its first finding.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence

from mldebt.model import Finding, Place, Related, Run
from mldebt.report.excerpt import draw
from mldebt.report.listing import listed
from mldebt.report.options import ReportOptions, TextOf
from mldebt.report.printable import amount, duration, escape, inert
from mldebt.report.text import Writer
from mldebt.rule_spec import RuleSpec

_MOST_PLACES = 8  # steps or related places that are shown in full; the others are counted
_NARROWEST = 40


def render(run: Run, catalogue: Sequence[RuleSpec], options: ReportOptions, text_of: TextOf) -> str:
    """The listed findings, with an empty line between; "" when there are none."""
    page = _Page(run, options, text_of)
    rules = {rule.code: rule for rule in catalogue}
    blocks = []
    for finding in listed(run.findings, options):
        blocks.append("\n".join(page.block(finding, rules.pop(finding.code, None))) + "\n")
    return inert("\n".join(blocks))


class _Page:
    """What the blocks of one report share."""

    def __init__(self, run: Run, options: ReportOptions, text_of: TextOf) -> None:
        self._writer = Writer(run, options, text_of)
        self._paths, self._lines, self._style = self._writer.paths, self._writer.lines, self._writer.style
        self._width = max(options.width, _NARROWEST)

    def block(self, finding: Finding, rule: RuleSpec | None) -> Iterator[str]:
        """The lines of one finding; ``rule`` is ``None`` when it has been explained already."""
        margin = len(str(finding.place.span.line))
        yield self._writer.line(finding, related=False)
        yield from self._source(finding, margin)
        yield from self._places("because", finding.flow, margin)
        yield from self._places("also", finding.related, margin)
        if rule is not None:
            yield from self._said("why", rule.why, margin)
            yield from self._said("remedy", rule.remedy, margin)
        for recipe in finding.recipes:
            yield from self._said("fix", f"{recipe.title} ({recipe.safety})", margin)
        effort = f"about {duration(finding.minutes)}, {finding.confidence.value} confidence, {finding.name}"
        yield from self._said("cost", effort, margin)

    def _source(self, finding: Finding, margin: int) -> Iterator[str]:
        """The line of the place with carets; of a notebook the line of its cell, not that of its JSON."""
        line, start, end = self._excerpt(finding)
        if not line.strip():
            return
        shown, carets = draw(line, start, end, self._width - margin - 4)
        bar = self._style.paint("|", "dim")
        number = self._style.paint(f"{finding.place.span.line:>{margin}}", "dim")
        yield f"{number} {bar} {shown}"
        yield f"{' ' * margin} {bar} {self._style.severity(carets, finding.severity)}"

    def _excerpt(self, finding: Finding) -> tuple[str, int, int]:
        span = finding.place.span
        line = self._lines.line(finding.place.path, span.line)
        if line is None or finding.place.cell:
            marked = _unquoted(finding.place, line) or finding.snippet.split("\n", 1)[0]
            at = max(finding.source_line.find(marked), 0)
            return finding.source_line, at, at + len(marked)
        end = span.end_column - 1 if span.end_line == span.line else len(line.rstrip())
        return line, span.column - 1, end

    def _places(self, label: str, places: Sequence[Related], margin: int) -> Iterator[str]:
        for other in places[:_MOST_PLACES]:
            said = f"{self._paths.at(other.place)}: {escape(other.message)}" if other.message else None
            yield from self._said(label, said or self._paths.at(other.place), margin)
            label = ""
        if len(places) > _MOST_PLACES:
            yield from self._said("", f"and {amount(len(places) - _MOST_PLACES, 'more place')}", margin)

    def _said(self, label: str, words: str, margin: int) -> Iterator[str]:
        """``words`` behind their label, wrapped to the terminal."""
        mark = f"{' ' * margin} {self._style.paint('=' if label else ' ', 'dim')} "
        indent = " " * 9
        room = max(self._width - margin - 3 - len(indent), 20)
        wrapped = textwrap.wrap(escape(" ".join(words.split())), room, break_on_hyphens=False) or [""]
        for number, part in enumerate(wrapped):
            lead = self._style.paint(f"{label:<8} ", "bold") if label and not number else indent
            yield f"{mark if not number else ' ' * (margin + 3)}{lead}{part}"


def _unquoted(place: Place, line: str | None) -> str:
    """What stands at a place of a notebook's JSON, without the escapes; "" when that cannot be told."""
    if line is None or place.span.end_line != place.span.line:
        return ""
    try:
        text = json.loads(f'"{line[place.span.column - 1 : place.span.end_column - 1]}"')
    except ValueError:
        return ""
    return text if isinstance(text, str) else ""
