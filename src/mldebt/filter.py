"""What becomes of findings: superseded, suppressed, outside of what is shown, listed or only counted.

Nothing is deleted: every finding gets a status, so that a report can tell how many there are of each.
All functions are pure; "today" is given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from mldebt import selectors
from mldebt.catalogue import RuleSpec
from mldebt.config import Config
from mldebt.facts import FileFacts
from mldebt.fingerprint import fingerprint, identity
from mldebt.link import loudness
from mldebt.model import Confidence, Finding, Notice, Outcome, Place, Related, Role, Severity, Status, Suppression
from mldebt.patterns import Patterns

UNUSED, EXPIRED, WITHOUT_REASON = "SUP001", "SUP002", "SUP003"

FEW_LINES = 100
_ALWAYS_LISTED = (Severity.ERROR, Severity.WARNING)


@dataclass(frozen=True, slots=True)
class Settled:
    """All findings with their status, sorted by (path, line, column, code); every suppression that was
    heard, from the sources and the configuration; and notices of codes that do not exist."""

    findings: tuple[Finding, ...]
    notices: tuple[Notice, ...]
    suppressions: tuple[Suppression, ...]


def settle(
    findings: Iterable[Finding],
    *,
    specs: Sequence[RuleSpec],
    all_specs: Sequence[RuleSpec],
    config: Config,
    files: Iterable[FileFacts],
    shown: Callable[[str], bool],
    today: date,
    whole: bool = True,
    role: Callable[[str], Role] = lambda path: Role.OTHER,
    component: Callable[[str], str] = lambda path: "",
) -> Settled:
    """Settle the findings of a run.

    ``specs`` are the rules that are selected, ``all_specs`` all there are; ``whole`` says that the
    project was read and linked as a whole, without which nothing is called unused. ``role`` and
    ``component`` of a path are for the findings about suppressions themselves.
    """
    by_code = {spec.code: spec for spec in specs}
    suppressions = (*(each for file in files for each in file.suppressions), *config.suppressions)
    judge = Judge(suppressions, all_specs, today)
    superseded = supersede([finding for finding in findings if finding.code in by_code], specs)
    settled = [judge.settle(finding, codes) for finding, codes in superseded]

    def about(code: str, suppression: Suppression, **values: str) -> Finding | None:
        spec = by_code.get(code)
        return None if spec is None else _about(spec, suppression, values, config, role, component)

    made = [about(EXPIRED, each, codes=_listed(each.codes), until=each.until) for each in judge.expired()]
    made += [about(WITHOUT_REASON, each, codes=_listed(each.codes)) for each in suppressions if not each.reason]
    settled += [judge.settle(finding) for finding in made if finding is not None]
    if whole:
        unused = [about(UNUSED, each, codes=_listed(codes)) for each, codes in judge.unused(by_code)]
        settled += [judge.settle(finding) for finding in unused if finding is not None]
    outside = [_outside(finding, shown) for finding in fold(settled)]
    heard = [replace(finding, listed=is_listed(finding, config.show)) for finding in outside]
    return Settled(_numbered(heard), _unknown(suppressions, all_specs), suppressions)


def supersede(findings: Iterable[Finding], specs: Iterable[RuleSpec]) -> list[tuple[Finding, frozenset[str]]]:
    """Findings that a stronger rule says better at the same lines get that status; each comes with the
    codes that it supersedes there. A guess (low confidence, which nobody sees) silences only guesses."""
    weaker = {spec.code: frozenset(spec.supersedes) for spec in specs}
    ordered = sorted(findings, key=_key)
    taken: dict[int, set[str]] = defaultdict(set)
    by: dict[int, str] = {}
    open_ones: list[int] = []
    for number, finding in enumerate(ordered):
        span = finding.place.span
        open_ones = [
            each
            for each in open_ones
            if ordered[each].place.path == finding.place.path and ordered[each].place.span.end_line >= span.line
        ]
        for other in open_ones:
            for strong, weak in ((number, other), (other, number)):
                if ordered[weak].code in weaker.get(ordered[strong].code, ()) and _may(ordered[strong], ordered[weak]):
                    taken[strong].add(ordered[weak].code)
                    by.setdefault(weak, ordered[strong].code)
        open_ones.append(number)
    for strong, weak in _parts(ordered, weaker):
        taken[strong].add(ordered[weak].code)
        by.setdefault(weak, ordered[strong].code)
    return [
        (
            replace(finding, status=Status.SUPERSEDED, by=by[number]) if number in by else finding,
            _closure(taken[number], weaker),
        )
        for number, finding in enumerate(ordered)
    ]


def _parts(ordered: Sequence[Finding], weaker: Mapping[str, frozenset[str]]) -> Iterator[tuple[int, int]]:
    """The (strong, weak) pairs where the weak one stands at a further part of the strong one: a rung of a ladder."""
    standing: dict[Place, list[int]] = defaultdict(list)
    for number, finding in enumerate(ordered):
        standing[finding.place].append(number)
    for number, finding in enumerate(ordered):
        codes = weaker.get(finding.code, ())
        for part in finding.related if codes else ():
            for other in standing.get(part.place, ()) if part.part else ():
                if ordered[other].code in codes and _may(finding, ordered[other]):
                    yield number, other


def _may(strong: Finding, weak: Finding) -> bool:
    return strong.confidence is not Confidence.LOW or weak.confidence is Confidence.LOW


def fold(findings: Iterable[Finding]) -> list[Finding]:
    """One threshold written several times in one function is one finding: the first place carries it, the
    others are related. Suppressed places are not folded, so that each keeps its own word."""
    first: dict[tuple[str, str, str, str, str], int] = {}
    folded = sorted(findings, key=_key)
    for number, finding in enumerate(folded):
        if finding.status is not Status.OPEN or not finding.value or not finding.concept.startswith("threshold:"):
            continue
        group = (finding.code, finding.place.path, finding.symbol, finding.concept, finding.value)
        carrier = first.setdefault(group, number)
        if carrier == number:
            continue
        again = Related(finding.place, finding.value)
        others = tuple(each for each in folded[carrier].related if each.place != finding.place)
        folded[carrier] = replace(folded[carrier], related=(again, *others))
        folded[number] = replace(finding, status=Status.SUPERSEDED, by=finding.code)
    return folded


def _closure(codes: set[str], weaker: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """``codes`` and all that they supersede in turn."""
    known, waiting = set(codes), list(codes)
    while waiting:
        for code in weaker.get(waiting.pop(), ()):
            if code not in known:
                known.add(code)
                waiting.append(code)
    return frozenset(known)


class Judge:
    """Which suppression holds for what; remembers those that held for something."""

    def __init__(self, suppressions: Iterable[Suppression], specs: Sequence[RuleSpec], today: date) -> None:
        self.suppressions = tuple(suppressions)
        self._specs = specs
        self._today = today.isoformat()
        self._meant: dict[str, frozenset[str]] = {}
        self._matched: dict[int, set[str]] = defaultdict(set)  # number -> codes as written that held
        self._by_line: dict[tuple[str, int], list[int]] = defaultdict(list)  # of few lines
        self._by_path: dict[str, list[int]] = defaultdict(list)  # of many lines, and of whole files
        self._patterns: list[tuple[Patterns, int]] = []
        for number, each in enumerate(self.suppressions):
            first, last = each.lines
            if each.pattern:
                self._patterns.append((Patterns.lenient([each.pattern]), number))
            elif 0 < first <= last < first + FEW_LINES:
                for line in range(first, last + 1):
                    self._by_line[each.place.path, line].append(number)
            else:
                self._by_path[each.place.path].append(number)

    def settle(self, finding: Finding, also: frozenset[str] = frozenset()) -> Finding:
        """The finding, suppressed if a suppression of its code, or of one in ``also``, holds there; and
        without the related sites at which its code is suppressed. One that is superseded stays so."""
        found = self.holds(finding.place, finding.symbol, finding.code, also)
        related = tuple(each for each in finding.related if self.holds(each.place, "", finding.code) is None)
        if len(related) < len(finding.related):
            finding = replace(finding, related=related)
        if found is None or finding.status is not Status.OPEN:
            return finding
        return replace(finding, status=Status.SUPPRESSED, suppression=found)

    def holds(self, place: Place, symbol: str, code: str, also: frozenset[str] = frozenset()) -> Suppression | None:
        """The first suppression, of those that have not expired, that holds for ``code`` at a place."""
        patterned = [number for patterns, number in self._patterns if patterns.excludes(place.path)]
        result: Suppression | None = None
        near = (*self._by_line.get((place.path, place.span.line), ()), *self._by_path.get(place.path, ()))
        for number in (*near, *patterned):
            each = self.suppressions[number]
            first, last = each.lines
            if (first, last) != (0, 0) and not first <= place.span.line <= last:
                continue
            if each.symbol and symbol != each.symbol and not symbol.startswith(f"{each.symbol}."):
                continue
            held = {written for written in each.codes if self._codes(written) & (also | {code})}
            self._matched[number] |= held
            if held and result is None and not self._is_over(each):
                result = each
        return result

    def expired(self) -> list[Suppression]:
        """Those whose day has passed and that would have held for something."""
        return [
            each for number, each in enumerate(self.suppressions) if self._is_over(each) and self._matched.get(number)
        ]

    def unused(self, ran: Iterable[str]) -> list[tuple[Suppression, tuple[str, ...]]]:
        """Suppressions with those of their codes that held for nothing although every rule they mean ran
        (of those that are on by default). Codes that mean rules about suppressions are left alone."""
        ran = frozenset(ran)
        on = frozenset(spec.code for spec in self._specs if spec.enabled and spec.stage == "check") | ran
        found: list[tuple[Suppression, tuple[str, ...]]] = []
        for number, each in enumerate(self.suppressions):
            codes = tuple(
                written
                for written in each.codes
                if written not in self._matched.get(number, ()) and self._ran(written, ran, on)
            )
            if codes:
                found.append((each, codes))
        return found

    def _ran(self, written: str, ran: frozenset[str], on: frozenset[str]) -> bool:
        meant = self._codes(written) & on
        return bool(meant) and meant <= ran and not meant <= {UNUSED, EXPIRED, WITHOUT_REASON}

    def _codes(self, written: str) -> frozenset[str]:
        found = self._meant.get(written)
        if found is None:
            found = self._meant[written] = frozenset(spec.code for spec in selectors.meant(written, self._specs))
        return found

    def _is_over(self, suppression: Suppression) -> bool:
        return bool(suppression.until) and suppression.until < self._today


def is_listed(finding: Finding, show: Iterable[Severity] = ()) -> bool:
    """Open, sure enough, and an error, a warning or one of what ``show`` adds."""
    if finding.status is not Status.OPEN or finding.confidence is Confidence.LOW:
        return False
    return finding.severity in _ALWAYS_LISTED or finding.severity in tuple(show)


def _outside(finding: Finding, shown: Callable[[str], bool]) -> Finding:
    """A finding of the project is shown when any of its sites is, one of a file when that file is."""
    paths = [finding.place.path]
    if _is_of_project(finding):
        paths += [each.place.path for each in finding.related]
    return finding if any(shown(path) for path in paths) else replace(finding, status=Status.OUTSIDE)


def _is_of_project(finding: Finding) -> bool:
    """The identity of a finding of one file holds its path, that of a finding of the project does not."""
    of_file = identity(finding.code, finding.place.path, "", "").removesuffix("|")
    return bool(finding.identity) and not finding.identity.startswith(of_file)


def _about(
    spec: RuleSpec,
    suppression: Suppression,
    values: Mapping[str, str],
    config: Config,
    role: Callable[[str], Role],
    component: Callable[[str], str],
) -> Finding | None:
    """A finding about a suppression, at its place. Where a reason is required, its absence is a warning."""
    place = suppression.place
    required = spec.code == WITHOUT_REASON and config.require_reason
    outcome = Outcome(severity=Severity.WARNING if required else None)
    severity = loudness(spec, outcome, role(place.path), dict(config.severity))
    if severity is None:
        return None
    return Finding(
        code=spec.code, name=spec.name, family=spec.family, debt=spec.debt, severity=severity,
        confidence=spec.confidence, message=spec.say(**values), place=place, role=role(place.path),
        component=component(place.path), minutes=spec.minutes, symbol="", snippet=suppression.text,
        source_line=suppression.text, identity=identity(spec.code, place.path, "", suppression.text), fingerprint="",
    )  # fmt: skip


def _unknown(suppressions: Iterable[Suppression], specs: Sequence[RuleSpec]) -> tuple[Notice, ...]:
    notices: list[Notice] = []
    for each in suppressions:
        for written in each.codes:
            if not selectors.meant(written, specs):
                span = each.place.span
                message = f"holds for nothing: there is no rule {written!r}{selectors.suggestion(written, specs)}"
                notices.append(Notice("bad-suppression", message, each.place.path, span.line, span.column))
    return tuple(notices)


def _listed(codes: Iterable[str]) -> str:
    return ", ".join(codes)


def _key(finding: Finding) -> tuple[str, int, int, str, str]:
    span = finding.place.span
    return finding.place.path, span.line, span.column, finding.code, finding.message


def _numbered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sorted, and those that were made here with their fingerprints, by ordinal among equals."""
    seen: dict[str, int] = defaultdict(int)
    result: list[Finding] = []
    for finding in sorted(findings, key=_key):
        if not finding.fingerprint:
            finding = replace(finding, fingerprint=fingerprint(finding.identity, seen[finding.identity]))
            seen[finding.identity] += 1
        result.append(finding)
    return tuple(result)
