"""Budgets: how many findings the parts of a project may have, and which are over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from mldebt.config import Limit
from mldebt.model import Confidence, Finding, Notice, Status
from mldebt.novelty import Known, compare
from mldebt.patterns import Patterns

OVER = "over-budget"
_NAMED = 3  # findings that a message names


class Spent(Struct, frozen=True):
    """A limit and the findings that count against it, known ones too."""

    limit: Limit
    findings: tuple[Finding, ...]

    @property
    def is_over(self) -> bool:
        return len(self.findings) > self.limit.most


def spend(limits: Iterable[Limit], findings: Sequence[Finding]) -> tuple[Spent, ...]:
    """What counts against each limit: findings that are open and sure enough to be counted."""
    heard = [each for each in findings if each.status is Status.OPEN and each.confidence is not Confidence.LOW]
    return tuple(Spent(limit, tuple(filter(_meant(limit), heard))) for limit in limits)


def _meant(limit: Limit) -> Callable[[Finding], bool]:
    if limit.kind == "path":
        pattern = Patterns.of((limit.key,))
        return lambda finding: pattern.excludes(finding.place.path)
    keys: dict[str, Callable[[Finding], str]] = {
        "total": lambda finding: "",
        "family": lambda finding: finding.family,
        "debt": lambda finding: finding.debt,
        "component": lambda finding: finding.component,
        "severity": lambda finding: finding.severity.value,
    }
    key = keys[limit.kind]
    return lambda finding: key(finding) == limit.key


def overruns(spent: Iterable[Spent], before: Callable[[], Known | None]) -> list[Notice]:
    """A notice of each budget that is exceeded, which names what broke it: the findings that were not there
    ``before``, asked for only if one is (``None``: nobody knows)."""
    over = [each for each in spent if each.is_over]
    known = before() if over else None
    return [Notice(OVER, f"over budget: {_told(each)}; {_blamed(each, known)}") for each in over]


def _told(spent: Spent) -> str:
    number = len(spent.findings)
    return f"{spent.limit.name} has {number:,} finding{'s' * (number != 1)}, {spent.limit.most:,} allowed"


def _blamed(spent: Spent, known: Known | None) -> str:
    if known is None:
        return "mldebt baseline or a commit to compare with would tell which broke it"
    new = [each for each in compare(spent.findings, known) if each.status is Status.OPEN]
    if not new:
        return "none of them is new"
    named = ", ".join(f"{each.code} at {each.place.path}:{each.place.span.line}" for each in new[:_NAMED])
    return f"new: {named}" + (f" and {len(new) - _NAMED:,} more" if len(new) > _NAMED else "")
