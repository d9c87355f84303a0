"""Findings about suppressions themselves: unused, past their day, without reason, against the policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct

from mldebt import selectors
from mldebt.config import Config
from mldebt.fingerprint import identity
from mldebt.link import loudness
from mldebt.model import Finding, Notice, Outcome, Role, Severity, Suppression
from mldebt.rule_spec import RuleSpec
from mldebt.suppressed import Judge

UNUSED, EXPIRED, WITHOUT_REASON, AGAINST_POLICY = "SUP001", "SUP002", "SUP003", "SUP004"


class Speaker(Struct, frozen=True):
    """``by_code`` are the rules that are selected; ``role`` and ``component`` are those of a path."""

    by_code: Mapping[str, RuleSpec]
    config: Config
    role: Callable[[str], Role]
    component: Callable[[str], str]

    def about(self, judge: Judge) -> Iterator[Finding]:
        """Once all findings have been settled: what is to be said about suppressions, used or not."""
        for each in judge.expired():
            codes = _listed(each.codes)
            if judge.is_over(each):
                yield from self._say(EXPIRED, each, codes=codes, until=each.until)
            else:
                yield from self._say(EXPIRED, each, "overdue", Severity.NOTE, codes=codes, until=each.until)
        required = Severity.WARNING if self.config.policy.require_reason else None
        for each in judge.suppressions:
            if not each.reason:
                yield from self._say(WITHOUT_REASON, each, "", required, codes=_listed(each.codes))
            yield from self._about_its_end(each, judge.today)
        for each, written in judge.forbidden():
            yield from self._say(AGAINST_POLICY, each, codes=_listed(written))

    def about_unused(self, judge: Judge) -> Iterator[Finding]:
        """Said only when the project was read as a whole."""
        for each, codes in judge.unused(self.by_code):
            yield from self._say(UNUSED, each, codes=_listed(codes))

    def _about_its_end(self, each: Suppression, today: date) -> Iterator[Finding]:
        most = self.config.policy.max_days
        if not most or each.kind == "wrong":
            return
        codes, days = _listed(each.codes), str(most)
        if not each.until:
            yield from self._say(AGAINST_POLICY, each, "endless", codes=codes, days=days)
        elif (date.fromisoformat(each.until) - today).days > most:
            yield from self._say(AGAINST_POLICY, each, "too-long", codes=codes, days=days, until=each.until)

    def _say(
        self, code: str, suppression: Suppression, variant: str = "", level: Severity | None = None, /, **values: str
    ) -> Iterator[Finding]:
        """The finding at the suppression's place, if its rule is selected and speaks there."""
        spec, place = self.by_code.get(code), suppression.place
        if spec is None:
            return
        role = self.role(place.path)
        severity = loudness(spec, Outcome(severity=level), role, dict(self.config.severity))
        if severity is not None:
            yield Finding(
                code=spec.code, name=spec.name, family=spec.family, debt=spec.debt, severity=severity,
                confidence=spec.confidence, message=spec.say(variant, **values), place=place, role=role,
                component=self.component(place.path), minutes=spec.minutes, symbol="", snippet=suppression.text,
                source_line=suppression.text, identity=identity(spec.code, place.path, "", suppression.text),
                fingerprint="",
            )  # fmt: skip


def overdue(judge: Judge) -> Iterator[Notice]:
    """A reminder of each suppression that holds although its last day has passed."""
    for each in judge.expired():
        if not judge.is_over(each):
            place = each.place
            message = f"the suppression of {_listed(each.codes)} ended on {each.until}: repay it, or agree on a new day"
            yield Notice("overdue-suppression", message, place.path, place.span.line, place.span.column)


def unknown(suppressions: Iterable[Suppression], specs: Sequence[RuleSpec]) -> Iterator[Notice]:
    """Codes that mean no rule."""
    for each in suppressions:
        for written in each.codes:
            if not selectors.meant(written, specs):
                span = each.place.span
                message = f"holds for nothing: there is no rule {written!r}{selectors.suggestion(written, specs)}"
                yield Notice("bad-suppression", message, each.place.path, span.line, span.column)


def _listed(codes: Iterable[str]) -> str:
    return ", ".join(codes)
