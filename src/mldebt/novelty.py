"""What is new: findings beyond those that were known before, by identity and count.

Lines play no part in it, so that moved and reformatted code stays known; counts do, so that the
second occurrence of what was known once is new.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from mldebt.model import Finding, Novelty, Status

_THERE = (Status.OPEN, Status.SUPERSEDED)


class Known(Struct, frozen=True):
    """How often each identity was there before. ``peaks`` are the identities of which more were known once
    than are now: what exceeds the count up to there has returned."""

    counts: Mapping[str, int] = field(default_factory=dict)
    peaks: Mapping[str, int] = field(default_factory=dict)

    def __or__(self, other: Known) -> Known:
        """Known by either."""
        return Known(_larger(self.counts, other.counts), _larger(self.peaks, other.peaks))


def _larger(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {key: max(one.get(key, 0), other.get(key, 0)) for key in {**one, **other}}


def known_from(findings: Iterable[Finding]) -> Known:
    """What counts as known when these were the findings before: whatever was there, be it loud, quiet or
    said by a stronger rule. What was suppressed was not, so that taking a suppression away is seen."""
    return Known(Counter(each.identity for each in findings if each.status in _THERE))


def compare(findings: Sequence[Finding], known: Known) -> tuple[Finding, ...]:
    """The findings, those that are known with that status, the others marked as new or returned.

    Of several alike, of which one is new, nobody can tell which: the last ones are called so. What is
    outside or said by a stronger rule takes from the count too: it is still there.
    """
    left = dict(known.counts)
    result = list(findings)
    beyond: Counter[str] = Counter()
    for number, finding in enumerate(findings):
        if finding.status is Status.SUPPRESSED:
            continue
        if left.get(finding.identity, 0) > 0:
            left[finding.identity] -= 1
            if finding.status is Status.OPEN:
                result[number] = replace(finding, status=Status.BASELINED, novelty=Novelty.KNOWN, listed=False)
        elif finding.status is Status.OPEN:
            beyond[finding.identity] += 1
            known_once = known.peaks.get(finding.identity, 0) - known.counts.get(finding.identity, 0)
            back = beyond[finding.identity] <= known_once
            result[number] = replace(finding, novelty=Novelty.RETURNED if back else Novelty.NEW)
    return tuple(result)
