"""Running programs side by side: one pass after the other, every program once in each."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Spent:
    """What one run took: seconds by the clock, seconds of all processors, bytes of its largest process."""

    wall: float
    cpu: float
    peak: int


@dataclass(frozen=True, slots=True)
class Task:
    """A command. ``before`` makes things as they should be at its start and is not timed; ``codes`` are the
    exit codes of a run that went well."""

    command: Sequence[str | Path]
    folder: Path
    before: Callable[[], None] = lambda: None
    stdin: Path | None = None
    codes: tuple[int, ...] = (0, 1)
    environment: Mapping[str, str] = field(default_factory=dict)


class FailedError(Exception):
    """A program that did not do its work."""


def run(task: Task) -> Spent:
    """Raises ``FailedError``."""
    task.before()
    stdin = open(task.stdin, "rb") if task.stdin is not None else subprocess.DEVNULL  # noqa: SIM115 - closed below
    began = time.perf_counter()
    process = subprocess.Popen(
        [str(part) for part in task.command],
        cwd=task.folder,
        stdin=stdin,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **task.environment},
    )
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if not isinstance(stdin, int):
        stdin.close()
    if process.returncode not in task.codes:
        raise FailedError(f"{' '.join(map(str, task.command))} ended with {process.returncode}")
    return Spent(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


def interleaved(tasks: Mapping[str, Task], passes: int, say: Callable[[str], None]) -> dict[str, list[Spent]]:
    """What each run of each program took, by name. One that fails is said and left out."""
    spent: dict[str, list[Spent]] = {}
    failed: set[str] = set()
    for number in range(1, passes + 1):
        for name, task in tasks.items():
            if name in failed:
                continue
            try:
                spent.setdefault(name, []).append(run(task))
            except (FailedError, OSError) as error:
                failed.add(name)
                spent.pop(name, None)
                say(f"  left out: {name}: {error}")
                continue
            last = spent[name][-1]
            say(f"  pass {number}: {name}: {last.wall:.2f} s, {last.cpu:.2f} s of processors, {last.peak >> 20} MB")
    return spent


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over several passes."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(statistics.median(values), min(values), max(values))

    def __str__(self) -> str:
        return f"{_short(self.median)} ({_short(self.least)} to {_short(self.most)})"


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 20 else f"{value:.1f}" if value >= 3 else f"{value:.2f}"


def ratios(over: Sequence[Spent], under: Sequence[Spent], of: Callable[[Spent], float]) -> Spread:
    """The ratio in each pass, so that what else the machine does hits both."""
    return Spread.of([of(one) / of(other) for one, other in zip(over, under, strict=True)])
