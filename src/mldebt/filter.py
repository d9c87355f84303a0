"""What becomes of findings: superseded, suppressed, outside of what is shown, listed or only counted.

Nothing is deleted: every finding gets a status, so that a report can tell how many there are of each.
All functions are pure; "today" is given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from mldebt.about_suppressions import Speaker, overdue, unknown
from mldebt.config import Config
from mldebt.facts import FileFacts
from mldebt.fingerprint import fingerprint, identity
from mldebt.model import Confidence, Finding, Notice, Place, Related, Role, Severity, Status, Suppression
from mldebt.rule_spec import RuleSpec
from mldebt.suppressed import Judge

_ALWAYS_LISTED = (Severity.ERROR, Severity.WARNING)


class Settled(Struct, frozen=True):
    """All findings with their status, sorted by (path, line, column, code); every suppression that was
    heard, from the sources and the configuration; notices of codes that do not exist; and the findings
    ``everywhere``, whatever is shown."""

    findings: tuple[Finding, ...]
    notices: tuple[Notice, ...]
    suppressions: tuple[Suppression, ...]
    everywhere: tuple[Finding, ...] = ()


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
    judge = Judge(suppressions, all_specs, today, config.policy, strict=config.strict)
    superseded = supersede([finding for finding in findings if finding.code in by_code], specs)
    settled = [judge.settle(finding, codes) for finding, codes in superseded]
    speaker = Speaker(by_code, config, role, component)
    settled += [judge.settle(finding) for finding in speaker.about(judge)]
    if whole:
        settled += [judge.settle(finding) for finding in speaker.about_unused(judge)]
    everywhere = fold(settled)
    outside = [_outside(finding, shown) for finding in everywhere]
    heard = [replace(finding, listed=is_listed(finding, config.show)) for finding in outside]
    notices = (*unknown(suppressions, all_specs), *overdue(judge))
    return Settled(_numbered(heard), notices, suppressions, tuple(everywhere))


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
