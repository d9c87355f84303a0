"""Every suppression of a run with what it hides and how old it is."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

from mldebt import commits
from mldebt.git import GitError
from mldebt.model import Confidence, Suppression
from mldebt.report.suppression_list import Told
from mldebt.run import Outcome


def take(outcome: Outcome, today: date | None) -> tuple[tuple[Told, ...], date]:
    """Those that are written in what is shown, and those of the configuration; by place. And the day that
    counts as today."""
    hides: dict[Suppression, Counter[str]] = defaultdict(Counter)
    for finding in outcome.run.findings:
        if finding.suppression is not None and finding.confidence is not Confidence.LOW:
            hides[finding.suppression][finding.code] += 1
    shown = [
        each
        for each in outcome.run.suppressions
        if outcome.shown(each.place.path) or each.place.path == outcome.config.path
    ]
    ages = _ages(outcome, shown)
    ordered = sorted(shown, key=lambda each: (each.place.path, each.place.span))
    found = tuple(Told(each, hides[each], ages.get((each.place.path, each.place.span.line))) for each in ordered)
    return found, today or date.today()


def _ages(outcome: Outcome, shown: list[Suppression]) -> dict[tuple[str, int], date]:
    """When each line was last committed, as far as git tells."""
    lines: dict[str, list[int]] = defaultdict(list)
    for each in shown:
        lines[each.place.path].append(each.place.span.line)
    found: dict[tuple[str, int], date] = {}
    for path, numbers in lines.items():
        try:
            days = commits.days_of_lines(outcome.tree.root, path, numbers, outcome.tree.read(path))
        except GitError:
            continue
        found.update({(path, line): day for line, day in days.items()})
    return found
