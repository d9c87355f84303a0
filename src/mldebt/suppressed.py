"""Which suppression holds for which finding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from msgspec.structs import replace

from mldebt import selectors
from mldebt.config import Policy
from mldebt.model import Finding, Place, Status, Suppression
from mldebt.patterns import Patterns
from mldebt.rule_spec import RuleSpec

ABOUT_SUPPRESSIONS = frozenset({"SUP001", "SUP002", "SUP003", "SUP004"})
FEW_LINES = 100


class Judge:
    """Which suppression holds for what, by the project's ``policy``; remembers those that held for something.

    One whose last day has passed holds on: that a day passes turns nothing red. Under ``strict`` it holds
    for the days of grace.
    """

    def __init__(
        self,
        suppressions: Iterable[Suppression],
        specs: Sequence[RuleSpec],
        today: date,
        policy: Policy | None = None,
        *,
        strict: bool = False,
    ) -> None:
        self.suppressions = tuple(suppressions)
        self.policy = policy or Policy()
        self.today = today
        self._strict = strict
        self._specs = specs
        self._never = frozenset(each.code for name in self.policy.never for each in selectors.meant(name, specs))
        self._forbidden: dict[int, set[str]] = defaultdict(set)  # number -> codes as written that may not hold
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
        """The first suppression that holds for ``code`` at a place."""
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
            if code in self._never:
                self._forbidden[number] |= held
            elif held and result is None and not self.is_over(each):
                result = each
        return result

    def expired(self) -> list[Suppression]:
        """Those whose last day has passed and that hold, or would, for something."""
        return [each for number, each in enumerate(self.suppressions) if self._late(each) > 0 and self._matched[number]]

    def forbidden(self) -> list[tuple[Suppression, tuple[str, ...]]]:
        """Those that would hold for what nobody may suppress, with those of their codes."""
        return [(self.suppressions[number], tuple(sorted(codes))) for number, codes in self._forbidden.items() if codes]

    def is_over(self, suppression: Suppression) -> bool:
        """Does it hold no more?"""
        return self._strict and self._late(suppression) > self.policy.grace_days

    def _late(self, suppression: Suppression) -> int:
        """The days since its last one; none without an end."""
        return (self.today - date.fromisoformat(suppression.until)).days if suppression.until else 0

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
        return bool(meant) and meant <= ran and not meant <= ABOUT_SUPPRESSIONS

    def _codes(self, written: str) -> frozenset[str]:
        found = self._meant.get(written)
        if found is None:
            found = self._meant[written] = frozenset(spec.code for spec in selectors.meant(written, self._specs))
        return found
