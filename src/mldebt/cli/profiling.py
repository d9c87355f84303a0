"""``--profile-rules`` and ``--statistics``: what took how long, and how much each rule found."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from mldebt.observer import Observer

if TYPE_CHECKING:
    from mldebt.run import Outcome


def measuring_flags(command: Callable[..., None]) -> Callable[..., None]:
    decorators = [
        click.option("--statistics", is_flag=True, help="Count the findings of each rule."),
        click.option(
            "--profile-rules", is_flag=True, help="Tell what took how long: in one process, without the store."
        ),
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


class Profile(Observer):
    """Seconds by stage and by rule. What a rule takes includes what it asks of values and of the project."""

    times_rules = True

    def __init__(self) -> None:
        self._began = self._at = time.perf_counter()
        self._stage = "start"
        self._stages: dict[str, float] = defaultdict(float)
        self._rules: dict[str, list[float]] = defaultdict(lambda: [0.0, 0])

    def stage(self, name: str) -> None:
        now = time.perf_counter()
        self._stages[self._stage] += now - self._at
        self._stage, self._at = name, now

    def rule(self, name: str, seconds: float) -> None:
        entry = self._rules[name]
        entry[0] += seconds
        entry[1] += 1

    def said(self) -> str:
        """Two tables: the stages in their order, the rules with the slowest first."""
        self.stage("end")
        whole = self._at - self._began
        lines = [f"{'stage':<24}{'seconds':>9}{'share':>7}"]
        lines += [_row(name, seconds, whole) for name, seconds in self._stages.items()]
        lines += ["", f"{'rule':<24}{'seconds':>9}{'share':>7}{'times':>11}"]
        ordered = sorted(self._rules.items(), key=lambda each: (-each[1][0], each[0]))
        lines += [f"{_row(name, seconds, whole)}{int(times):>11,}" for name, (seconds, times) in ordered]
        return "\n".join(lines) + "\n"


def _row(name: str, seconds: float, whole: float) -> str:
    return f"{name:<24}{seconds:>9.3f}{seconds / whole:>7.1%}"


def statistics(outcome: Outcome) -> str:
    """How many findings of each rule are open, and how many of them are listed."""
    from mldebt.model import Status

    found = [each for each in outcome.run.findings if each.status is Status.OPEN]
    counts, listed = Counter(each.code for each in found), Counter(each.code for each in found if each.listed)
    names = {each.code: each.name for each in outcome.specs}
    return "".join(_counted(counts, listed, names))


def _counted(counts: Counter[str], listed: Counter[str], names: dict[str, str]) -> Iterator[str]:
    yield f"{'rule':<8}{'findings':>9}{'listed':>8}\n"
    for code, count in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        yield f"{code:<8}{count:>9,}{listed[code]:>8,}  {names.get(code, '')}\n"
