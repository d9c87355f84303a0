"""Candidates and facts of all files -> findings. Terms are computed here, and nowhere else."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from mldebt.fingerprint import fingerprint, identity, project_identity
from mldebt.known_values import completed
from mldebt.model import Candidate, Finding, Notice, Outcome, Place, Related, Role, Severity
from mldebt.observer import SILENT, Observer
from mldebt.profiles import Profile
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule
from mldebt.relink import Linked, Said, Unchanged
from mldebt.roles import is_documentation
from mldebt.rule_spec import RuleSpec
from mldebt.terms import Declares, Term

MAX_RELATED = 5  # other places of a concept that a finding names; the inventory has all of them

_QUIET_ROLES = frozenset({Role.TEST, Role.EXAMPLE})


def link(
    project: Project,
    specs: Iterable[RuleSpec],
    rules: Iterable[ProjectRule],
    observer: Observer = SILENT,
    unchanged: Unchanged | None = None,
) -> tuple[tuple[Finding, ...], tuple[Notice, ...], Linked]:
    """The findings of the project, in the order of their places, notices of rules that crashed, and what was
    linked, for a later run: nothing when a rule crashed. ``rules`` are those about the project that have to look;
    what the others found is ``unchanged``."""
    unchanged = unchanged or Unchanged(None, project)
    by_code = {spec.code: spec for spec in specs}
    by_file: dict[str, Said] = {}
    for path in sorted(project.files):
        found = unchanged.of_file(path) or _said_of(project, by_code, path)
        if found.findings or found.reads.any():
            by_file[path] = found
    said: dict[ProjectRule, Said] = {}
    notices: list[Notice] = []
    for rule in rules:
        began = time.perf_counter()
        try:
            said[rule] = _said(project, rule)
        except Exception as error:
            message = f"{rule.spec.code} crashed ({type(error).__name__}: {str(error)[:200]}); please report it"
            notices.append(Notice("rule-crashed", message, fatal=True))
        observer.rule(rule.spec.code, time.perf_counter() - began)
    findings = _related(project, [each for found in by_file.values() for each in found.findings])
    findings += [each for found in (*unchanged.rules.values(), *said.values()) for each in found.findings]
    by_rule = {**unchanged.rules, **{rule.spec.code: found for rule, found in said.items()}}
    calls = project.calls.of_files
    linked = Linked() if notices else Linked(by_file, by_rule, project.answers, calls, project.relations)
    return _numbered(findings), tuple(notices), linked


def _said_of(project: Project, specs: Mapping[str, RuleSpec], path: str) -> Said:
    """What the candidates of a file come to."""
    findings: list[Finding] = []
    with project.reads.listening() as reads:
        for candidate in project.file(path).candidates:
            spec = specs.get(candidate.code)
            if spec is not None:
                findings += _decided(project, spec, candidate)
    return Said(tuple(findings), reads)


def _said(project: Project, rule: ProjectRule) -> Said:
    with project.reads.listening() as reads:
        found = [each for hit in rule.check(project) for each in _project_finding(project, rule.spec, hit)]
    return Said(tuple(found), reads)


def _decided(project: Project, spec: RuleSpec, candidate: Candidate) -> Iterable[Finding]:
    for outcome in candidate.outcomes:
        if project.holds(outcome.when) is True:
            finding = _finding(project, spec, outcome, candidate.place, candidate.message)
            if finding is None:
                return
            yield replace(
                finding,
                symbol=candidate.symbol,
                snippet=candidate.snippet,
                source_line=candidate.source_line,
                identity=identity(spec.code, candidate.place.path, _anchor(candidate), candidate.snippet),
                concept=candidate.concept,
                value=candidate.value,
                related=(*candidate.related, *_versions(project, outcome.when)),
                flow=candidate.flow,
                recipes=completed(project, candidate.place.path, candidate.recipes),
                minutes=candidate.minutes or spec.minutes,
            )
            return


def _versions(project: Project, term: Term) -> Iterator[Related]:
    """The declarations that a term asked for: a rule that depends on a version says on which."""
    if isinstance(term, Declares):
        for each in project.declarations(term.path, term.distribution):
            if each.place is not None:
                yield Related(each.place, f"{term.distribution} {each.specifier}")
    for inner in getattr(term, "terms", ()):
        yield from _versions(project, inner)


def _anchor(candidate: Candidate) -> str:
    cell = candidate.place.cell
    return f"{cell.id}:{candidate.symbol}" if cell is not None and cell.id else candidate.symbol


def _finding(project: Project, spec: RuleSpec, outcome: Outcome, place: Place, message: str) -> Finding | None:
    role = project.role(place.path)
    severity = loudness(spec, outcome, role, dict(project.config.severity), project.profile(place.path))
    if severity is None or (role is Role.EXAMPLE and not spec.documentation and is_documentation(place.path)):
        return None
    if project.files[place.path].kind == "notebook":
        severity = Severity.NOTE  # explored code: worth knowing, never worth stopping for
    return Finding(
        code=spec.code, name=spec.name, family=spec.family, debt=spec.debt, severity=severity,
        confidence=outcome.confidence, message=message, place=place, role=role,
        component=project.component(place.path), minutes=spec.minutes, symbol="", snippet="", source_line="",
        identity="", fingerprint="",
    )  # fmt: skip


def loudness(
    spec: RuleSpec, outcome: Outcome, role: Role, overrides: Mapping[str, Severity], profile: Profile | None = None
) -> Severity | None:
    """How loud a rule is in a role; ``None``: silent there.

    The role's severity in the catalogue counts where it is quieter than the rule's own; where it is
    louder it counts unless the outcome says otherwise. A rule that is new in this version is a note,
    whatever the outcome; then the profile is heard. The configuration has the last word, but in tests and
    examples nothing rises above what the catalogue allows.
    """
    allowed = dict(spec.roles).get(role)
    if allowed is None:
        return None
    severity = outcome.severity or spec.severity
    if allowed.rank > spec.severity.rank:
        severity = max(severity, allowed, key=lambda each: each.rank)
    elif outcome.severity is None:
        severity = allowed
    if spec.is_new:
        severity = Severity.NOTE
    wanted = overrides.get(spec.code)
    if wanted is None and profile is not None:
        return profile.heard(spec, role, severity)
    if wanted is not None:
        severity = max(wanted, allowed, key=lambda each: each.rank) if role in _QUIET_ROLES else wanted
    return severity


def _project_finding(project: Project, spec: RuleSpec, hit: ProjectHit) -> Iterable[Finding]:
    order = sorted(range(len(hit.sites)), key=lambda index: _key(hit.sites[index].place))
    first = hit.sites[order[0]]
    finding = _finding(project, spec, hit.outcome, first.place, spec.say(hit.variant, **hit.fields))
    if finding is None:
        return
    related = tuple(
        Related(hit.sites[index].place, hit.words[index] if hit.words else hit.sites[index].source_line, hit.stands)
        for index in order[1:]
    ) + tuple(Related(each.place, each.source_line) for each in hit.related)
    yield replace(
        finding,
        symbol=first.symbol,
        snippet=first.snippet,
        source_line=first.source_line,
        identity=project_identity(spec.code, f"{project.component(first.place.path)}:{hit.key}"),
        concept=hit.concept,
        value=hit.value,
        related=related,
        recipes=hit.recipes,
        minutes=hit.minutes or spec.minutes,
    )


def _related(project: Project, findings: Sequence[Finding]) -> list[Finding]:
    """Sites of one concept that may be joined become each other's related places, other values first."""
    by_concept: dict[str, list[int]] = defaultdict(list)
    for number, finding in enumerate(findings):
        if finding.concept and finding.value:
            by_concept[finding.concept].append(number)
    groups: dict[int, _Group] = {}
    for numbers in by_concept.values():
        for members in project.groups(numbers, lambda number: findings[number].place.path):
            group = _group([findings[number] for number in members])
            groups.update((number, group) for number in members)
    return [
        replace(finding, related=(*finding.related, *_further(finding, groups[number])))
        if number in groups
        else finding
        for number, finding in enumerate(findings)
    ]


class _Group(Struct, frozen=True):
    """The sites of one concept, the first few of each value: the others are in the inventory."""

    by_value: Mapping[str, Sequence[Finding]]
    by_path: Mapping[str, Sequence[Finding]]  # in the order of the paths


def _group(findings: Iterable[Finding]) -> _Group:
    by_value: dict[str, list[Finding]] = defaultdict(list)
    by_path: dict[str, list[Finding]] = defaultdict(list)
    for finding in sorted(findings, key=lambda each: _key(each.place)):
        if len(by_value[finding.value]) <= MAX_RELATED:
            by_value[finding.value].append(finding)
            by_path[finding.place.path].append(finding)
    return _Group(by_value, by_path)


def _further(finding: Finding, group: _Group) -> Iterator[Related]:
    """The sites to name beside ``finding``: other values in other files, in its own, then the same value."""
    path = finding.place.path
    elsewhere = (each for other, sites in group.by_path.items() if other != path for each in sites)
    others = (each for each in chain(elsewhere, group.by_path.get(path, ())) if each.value != finding.value)
    lines = {_line(finding.place), *(_line(each.place) for each in finding.related)}
    left = MAX_RELATED
    for each in chain(others, group.by_value[finding.value]):
        if _line(each.place) not in lines:  # two rules may have found the same knob
            lines.add(_line(each.place))
            yield Related(each.place, each.value)
            left -= 1
            if not left:
                return


def _line(place: Place) -> tuple[str, int]:
    return place.path, place.span.line


def _key(place: Place) -> tuple[str, int, int]:
    return place.path, place.span.line, place.span.column


def _numbered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sorted by place and code, each with its fingerprint: an ordinal tells equal identities apart."""
    ordered = sorted(findings, key=lambda each: (*_key(each.place), each.code, each.message))
    seen: dict[str, int] = defaultdict(int)
    numbered = []
    for finding in ordered:
        ordinal = seen[finding.identity]
        seen[finding.identity] += 1
        numbered.append(replace(finding, fingerprint=fingerprint(finding.identity, ordinal)))
    return tuple(numbered)
