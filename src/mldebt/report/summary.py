"""What a run comes down to, for standard error: how much was read, what was found, what costs most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from mldebt.model import Finding, Novelty, Run, Severity, Status
from mldebt.report.listing import is_heard, is_told
from mldebt.report.options import ReportOptions
from mldebt.report.places import Paths
from mldebt.report.printable import amount, duration, escape, shorten
from mldebt.report.style import Style
from mldebt.rule_spec import RuleSpec

_CAUSES = 5


class Cause(Struct, frozen=True):
    """Findings that one change would mend: they share a concept, or a rule and a symbol."""

    findings: tuple[Finding, ...]

    @property
    def worst(self) -> Finding:
        """The one that speaks for the cause: the worst, then the surest, then the first."""
        return min(self.findings, key=lambda finding: (finding.severity.rank, finding.confidence.rank))

    @property
    def minutes(self) -> int:
        return sum(finding.minutes for finding in self.findings)

    @property
    def rank(self) -> tuple[int, int, int, str]:
        worst = self.worst
        return worst.severity.rank, -len(self.findings), -self.minutes, worst.identity


def find_causes(findings: Iterable[Finding]) -> tuple[Cause, ...]:
    """Findings grouped by cause, the worst first: by severity, then number, then minutes."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        key = (finding.concept,) if finding.concept else (finding.code, finding.place.path, finding.symbol)
        groups.setdefault(key, []).append(finding)
    return tuple(sorted((Cause(tuple(group)) for group in groups.values()), key=lambda cause: cause.rank))


def summarise(run: Run, catalogue: Sequence[RuleSpec], options: ReportOptions) -> str:
    """The summary, ending in a line ``next: mldebt ...`` that names a command worth running."""
    heard = [finding for finding in run.findings if is_heard(finding)]
    causes = find_causes(heard)
    pieces = [_read(run), *_not_analysed(run), _found(run, heard, options), *_compared(run), *_fixable(heard)]
    loud = [cause for cause in causes if _is_loud(cause.worst, options)][:_CAUSES]
    if loud:
        pieces += ["worst causes:", *_table(loud, run, options)]
    return "\n".join([*pieces, f"next: mldebt {_next(run, heard, options)}"]) + "\n"


def _read(run: Run) -> str:
    summary = run.summary
    profile = f"; profile {escape(summary.profile)}" if summary.profile else ""
    return f"read {amount(summary.files, 'file')}, {amount(summary.lines, 'line')} in {summary.seconds:.1f} s{profile}"


def _not_analysed(run: Run) -> Iterator[str]:
    """Trouble by kind, so that nobody takes silence about a file for a clean file."""
    kinds = Counter(notice.kind for notice in run.notices)
    told = ", ".join(f"{number:,} {escape(kind)}" for kind, number in sorted(kinds.items()))
    if run.summary.not_analysed:
        reasons = [f"{run.summary.foreign:,} generated or vendored"] if run.summary.foreign else []
        reasons += [f"notices: {told}"] if told else []
        yield f"not analysed: {amount(run.summary.not_analysed, 'file')}" + (
            f" ({'; '.join(reasons)})" if reasons else ""
        )
    elif told:
        yield f"notices: {told}"


def _found(run: Run, heard: Sequence[Finding], options: ReportOptions) -> str:
    counts = Counter(finding.severity for finding in heard)
    found = [amount(counts[severity], severity.value) for severity in Severity if counts[severity]]
    if counts[Severity.NOTE] and Severity.NOTE not in options.show:
        found[-1] += " (not listed)"
    line = ", ".join(found) or ("nothing found" if run.comparison is None else "nothing new")
    if minutes := sum(finding.minutes for finding in heard):
        line += f": about {duration(minutes)} to repay"
    states = Counter(finding.status for finding in run.findings)
    return f"{line}; {states[Status.SUPPRESSED]:,} suppressed" if states[Status.SUPPRESSED] else line


def _compared(run: Run) -> Iterator[str]:
    """How the findings stand to what was known, when they were compared with something."""
    if run.comparison is None:
        return
    counts = Counter(finding.novelty for finding in run.findings if is_told(finding))
    told = [f"{counts[Novelty.NEW]:,} new", f"{counts[Novelty.KNOWN]:,} known"]
    paid = sum(each.count for each in run.comparison.paid)
    told += [f"{counts[Novelty.RETURNED]:,} returned"] if counts[Novelty.RETURNED] else []
    told += [f"{paid:,} paid"] if paid else []
    told += [f"{run.comparison.recent:,} paid this month"] if run.comparison.recent else []
    yield f"against {escape(' and '.join(run.comparison.against))}: {', '.join(told)}"


def _fixable(heard: Iterable[Finding]) -> Iterator[str]:
    counts = Counter(safety for finding in heard for safety in {recipe.safety for recipe in finding.recipes})
    ways = {"safe": "with --fix", "unsafe": "with --fix --unsafe-fixes"}
    told = [f"{counts[safety]:,} {way}" for safety, way in ways.items() if counts[safety]]
    if told:
        yield f"can be fixed: {', '.join(told)}"


def _is_loud(finding: Finding, options: ReportOptions) -> bool:
    return finding.severity is not Severity.NOTE or Severity.NOTE in options.show


def _table(causes: Sequence[Cause], run: Run, options: ReportOptions) -> Iterator[str]:
    style, paths = Style(options.color), Paths(run, options)
    rows = [(cause.worst, amount(len(cause.findings), "place"), duration(cause.minutes)) for cause in causes]
    places_width = max(len(places) for _, places, _ in rows)
    time_width = max(len(minutes) for _, _, minutes in rows)
    for worst, places, minutes in rows:
        severity = style.severity(f"{worst.severity.value:<7}", worst.severity)
        about = _name(worst)
        end = f" [{worst.code}] {paths.at(worst.place)}"
        yield f"  {severity}  {places:>{places_width}}  {minutes:>{time_width}}  {about}{end}"


def _name(finding: Finding) -> str:
    """What a cause is called: its concept without the kind of concept, or the message."""
    kind, _, thing = finding.concept.partition(":")
    return shorten(escape(f"{kind} {thing}" if thing else finding.concept or finding.message), 70)


def _next(run: Run, heard: Sequence[Finding], options: ReportOptions) -> str:
    loud = [finding for finding in heard if _is_loud(finding, options)]
    if not loud:
        if heard:
            return "check --show notes"
        return "inventory thresholds" if run.summary.files else "rules"
    worst = min(finding.severity.rank for finding in loud)
    codes = Counter(finding.code for finding in loud if finding.severity.rank == worst)
    return f"explain {min(codes, key=lambda code: (-codes[code], code))}"
