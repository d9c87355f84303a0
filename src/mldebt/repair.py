"""Findings -> files that no longer have them: plan, run the rules on the result, then write.

A round makes the fixes that fit together and runs everything on what the files would hold. A fix
whose finding is still there, or that brings a finding or a notice of its own, is taken back. Rounds
go on until there is nothing left to fix, so that a second run changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from mldebt.fix import Applied, Plan, not_fixed, plan
from mldebt.model import Confidence, Finding, Notice, Status
from mldebt.rewrite import Change, obstacle, write
from mldebt.run import Outcome, Request, execute
from mldebt.tree import WorkingTree

MOST_ROUNDS = 20
"""Runs of the whole pipeline that one repair may cost; what is left then is said."""


class Repaired(Struct, frozen=True):
    """What was fixed, what the files hold then, and the run on that. ``outcome`` is that of the project
    with all ``changes`` made, be they written or only shown; ``rounds`` are the plans that led there."""

    outcome: Outcome
    rounds: tuple[Plan, ...]
    changes: Mapping[str, Change]
    notices: tuple[Notice, ...]

    @property
    def applied(self) -> tuple[Applied, ...]:
        return tuple(each for made in self.rounds for each in made.applied)


def repair(request: Request, outcome: Outcome, safeties: AbstractSet[str]) -> Repaired:
    """Fix what can be fixed in the files that ``outcome`` is a run of, and write nothing."""
    disk = WorkingTree(Path(outcome.run.root))
    changes: dict[str, Change] = {}
    rounds: list[Plan] = []
    said: dict[Notice, None] = {}
    refused: set[tuple[str, str]] = set()
    for _ in range(MOST_ROUNDS):
        wanted = plan(
            outcome.run.findings, outcome.tree.read, safeties,
            obstacle=lambda path: obstacle(disk, path), refused=refused,
        )  # fmt: skip
        if not wanted.changes:
            said.update(dict.fromkeys(wanted.notices))
            break
        together = {**changes, **{path: _joined(changes.get(path), one) for path, one in wanted.changes.items()}}
        after = execute(replace(request, overlay={path: change.after for path, change in together.items()}))
        failed = dict(_failed(outcome, after, wanted))
        if failed:
            refused.update((each.finding.identity, each.recipe.name) for each in failed)
            said.update((not_fixed(each.finding, reason), None) for each, reason in failed.items())
            continue
        outcome, changes = after, together
        rounds.append(wanted)
    else:
        said.update(dict.fromkeys(wanted.notices))
        said[Notice("not-fixed", f"there may be more to fix: stopped after {MOST_ROUNDS} rounds")] = None
    return Repaired(outcome, tuple(rounds), changes, tuple(said))


def write_changes(repaired: Repaired) -> tuple[Notice, ...]:
    """Write what was repaired. A notice for every file that could not be written: the run cannot be
    trusted then, for it speaks of what is not there."""
    tree = WorkingTree(Path(repaired.outcome.run.root))
    failed = write(tree, repaired.changes)
    return tuple(
        Notice("not-written", f"is not fixed: it {reason}", path, fatal=True) for path, reason in sorted(failed.items())
    )


def _joined(earlier: Change | None, later: Change) -> Change:
    return later if earlier is None else Change(earlier.before, later.after)


def _failed(before: Outcome, after: Outcome, made: Plan) -> Iterator[tuple[Applied, str]]:
    """The fixes that did not do, each with the reason."""
    had, has = _identities(before.run.findings), _identities(after.run.findings)
    fixed = Counter(each.finding.identity for each in made.applied)
    still = [
        each
        for each in made.applied
        if has[each.finding.identity] > had[each.finding.identity] - fixed[each.finding.identity]
    ]
    for each in still:
        yield each, "the finding would still be there"
    if still:
        return
    for path, code, reason in _harm(before, after, made):
        near = [each for each in made.applied if path in each.paths] or made.applied
        blamed = [each for each in near if each.finding.code == code] or near
        yield from ((each, reason) for each in blamed)


def _harm(before: Outcome, after: Outcome, made: Plan) -> Iterator[tuple[str, str, str]]:
    """Path, code ("" for a notice) and what is wrong there: a rule that finds more than is left when the fixed
    ones are gone, a notice that was not said. A finding of the same family that is no louder, on a line that
    was fixed, is one that the fixed finding had spoken for."""
    more = _codes(after.run.findings)
    more.subtract(_codes(before.run.findings))
    more.update(each.finding.code for each in made.applied)
    new = _identities(after.run.findings) - _identities(before.run.findings)
    spoken_for = {
        (each.finding.family, each.finding.place.path, each.finding.place.span.line): each.finding.severity
        for each in made.applied
    }
    for each in after.run.findings:
        if more[each.code] > 0 and each.identity in new and _counts(each):
            path, line = each.place.path, each.place.span.line
            least = spoken_for.get((each.family, path, line))
            if least is None or each.severity.rank < least.rank:
                yield path, each.code, f"the fix would bring {each.code} at {path}:{line}"
    known = {(notice.kind, notice.path, notice.message) for notice in before.run.notices}
    for notice in after.run.notices:
        told = notice.fatal or notice.path in made.changes
        if told and (notice.kind, notice.path, notice.message) not in known:
            yield notice.path, "", f"the fix would bring a notice: {notice.message}"


def _identities(findings: Iterable[Finding]) -> Counter[str]:
    return Counter(each.identity for each in findings if each.status is Status.OPEN)


def _codes(findings: Iterable[Finding]) -> Counter[str]:
    return Counter(each.code for each in findings if _counts(each))


def _counts(finding: Finding) -> bool:
    return finding.status is Status.OPEN and finding.confidence is not Confidence.LOW
