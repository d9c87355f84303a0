"""How fast mldebt is beside other linters, in one run on one machine: ratios, not seconds.

usage: python benchmarks/speed/measure.py [--work FOLDER] [--passes N] [--large-passes N] [--kloc N]
       [--only NAME ...] [--write]

Downloads the source distributions of ``corpus.txt`` (more than 1,000,000 lines) and installs this checkout and
its peers into virtual environments, all below FOLDER (by default ``.speed/`` at the top of the project). Then
programs are run in turns: one pass after the other, every program once in each. Prints the tables of
docs/performance.md, with the median and the spread over the passes; ``--write`` puts them there.

``--kloc`` cuts the corpus, for machines that are slow or busy.
A target is a ratio: what is missed stands there as it is.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import page
import places
import timing
from places import Place, Places
from timing import Spent, Task

JOBS = "2"  # processes of every program that can have several
EDITED = "\n\ndef edited_by_the_benchmark_{}(value):\n    return value\n"  # another function each time


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: a program, its ratio to what it is compared with, and the bound if there is one."""

    what: str
    ratio: str
    bound: str
    detail: str


Say = Callable[[str], None]


class Bench:
    """The programs, by what they are asked to do."""

    def __init__(self, found: Places, passes: int, large_passes: int, say: Say) -> None:
        self.places = found
        self.passes = passes
        self.large_passes = large_passes
        self.say = say
        self._cold: list[Spent] = []  # ours, over the whole corpus: how cost grows asks it, too

    # programs ----------------------------------------------------------------------------------

    def mldebt(self, place: Place, *arguments: str, cold: bool = False) -> Task:
        def forget() -> None:
            shutil.rmtree(place.folder / ".mldebt_cache", ignore_errors=True)

        command = [self.places.ours / "mldebt", "check", "--jobs", JOBS, "--fail-on", "never", *arguments]
        return Task(command, place.folder, before=forget if cold else lambda: None)

    def peer(self, name: str, place: Place) -> Task:
        """A peer over a whole place, from nothing: without caches and without the corpus's own configuration."""
        programs = self.places.peers
        commands: dict[str, Sequence[str | Path]] = {
            "ruff": [programs / "ruff", "check", "--isolated", "--no-cache", "--select", "F", "-q", "."],
            "flake8": [programs / "flake8", "--isolated", "--select", "F", "-j", JOBS, "."],
            "pyflakes": [programs / "pyflakes", "."],
            "bandit": [programs / "bandit", "-q", "-r", "."],
            "pylint": [programs / "pylint", "--rcfile", "/dev/null", "-j", JOBS, "--recursive", "y", "."],
            "fixit": [programs / "fixit", "lint", "."],
        }
        if name == "semgrep":
            assert self.places.semgrep is not None
            rules = places.HERE / "semgrep.yml"
            quiet = ["--metrics", "off", "--disable-version-check", "--no-git-ignore", "-q"]
            command: Sequence[str | Path] = [
                self.places.semgrep / "semgrep", "scan", "--config", rules, "-j", JOBS, *quiet, "."
            ]  # fmt: skip
            path = f"{self.places.semgrep}{':' if sys.platform != 'win32' else ';'}"
            return Task(command, place.folder, environment={"PATH": path + _path()})
        return Task(commands[name], place.folder, codes=tuple(range(32)))

    def python(self, program: str) -> Task:
        return Task([self.places.ours / "python", "-c", program], self.places.whole.folder)

    # tables ------------------------------------------------------------------------------------

    def cold(self) -> list[Row]:
        place = self.places.whole
        tasks = {"mldebt": self.mldebt(place, cold=True)}
        tasks |= {name: self.peer(name, place) for name in ("flake8", "pyflakes", "ruff")}
        spent = timing.interleaved(tasks, self.large_passes, self.say)
        self._cold = spent["mldebt"]
        bounds = {"flake8": "2 (4)", "pyflakes": "(1)"}
        return [*_faster(spent, "mldebt", bounds), _memory("cold", spent["mldebt"])]

    def sample(self) -> list[Row]:
        place = self.places.sample
        names = ["flake8", "pyflakes", "ruff", "bandit", "pylint", "fixit"]
        names += ["semgrep"] if self.places.semgrep is not None else []
        tasks = {"mldebt": self.mldebt(place, cold=True), **{name: self.peer(name, place) for name in names}}
        spent = timing.interleaved(tasks, self.passes, self.say)
        return _faster(spent, "mldebt", {"pylint": "10 (30)", "fixit": "50 (100)"})

    def warm(self) -> list[Row]:
        place = self.places.whole
        cache = place.folder.parent / "ruff-cache"
        ruff = [self.places.peers / "ruff", "check", "--isolated", "--select", "F", "-q", "--cache-dir", cache, "."]
        tasks = {"mldebt": self.mldebt(place, "-q"), "ruff": Task(ruff, place.folder)}
        for task in (*tasks.values(), *tasks.values()):
            timing.run(task)  # what is remembered
        spent = timing.interleaved(tasks, max(self.passes, 9), self.say)
        return [_times("unchanged, against ruff's cached run", spent["mldebt"], spent["ruff"], "2 (1)")]

    def edited(self) -> list[Row]:
        place = self.places.whole
        path = _of_length(place, 500)
        text = path.read_text(encoding="utf-8")
        changes = iter(range(1_000_000))

        def edit() -> None:
            path.write_text(text + EDITED.format(next(changes)), encoding="utf-8")

        parse = f"import libcst; libcst.parse_module(open({str(path)!r}, encoding='utf-8').read())"
        changed = self.mldebt(place, "-q")
        tasks = {
            "warm": self.mldebt(place, "-q"),
            "changed": replace(changed, before=edit),
            "parse": self.python(parse),
            "settled": self.mldebt(place, "-q"),
        }
        try:
            timing.run(tasks["warm"])
            timing.run(tasks["warm"])
            spent = timing.interleaved(tasks, self.passes, self.say)
        finally:
            path.write_text(text, encoding="utf-8")
        base = [_sum(one, other) for one, other in zip(spent["settled"], spent["parse"], strict=True)]
        name = "one file changed, against an unchanged run, importing libcst and parsing that file"
        return [_times(name, spent["changed"], base, "1.5 (1.2)"), _memory("one file changed", spent["changed"])]

    def stdin(self) -> list[Row]:
        rows = []
        for size, place in self.places.sizes.items():
            path = _of_length(place, 500)
            name = path.relative_to(place.folder).as_posix()
            piped = self.mldebt(place, "-", "--stdin-filename", name, "-q")
            text, buffer = path.read_text(encoding="utf-8"), place.folder.parent / "buffer.py"
            changes = iter(range(1_000_000))

            def edit(text: str = text, buffer: Path = buffer, changes: Iterator[int] = changes) -> None:
                buffer.write_text(text + EDITED.format(next(changes)), encoding="utf-8")

            edit()
            tasks = {
                "as it is": replace(piped, stdin=path),
                "edited": replace(piped, stdin=buffer, before=edit),
                "libcst": self.python("import libcst"),
            }
            timing.run(self.mldebt(place, "-q"))
            spent = timing.interleaved(tasks, self.passes, self.say)
            for name, words in (("as it is", "as it lies on the disk"), ("edited", "with another edit each time")):
                said = f"500 lines by stdin, {words}, in a project of {size:,} kloc, against `import libcst`"
                rows.append(_times(said, spent[name], spent["libcst"], "1.6 (1)"))
        return rows

    def start(self) -> list[Row]:
        version = Task([self.places.ours / "mldebt", "--version"], self.places.whole.folder)
        spent = timing.interleaved({"mldebt": version, "click": self.python("import click")}, 15, lambda text: None)
        return [_times("`mldebt --version`, against `import click`", spent["mldebt"], spent["click"], "1.3 (1.1)")]

    def growth(self) -> list[Row]:
        tasks = {f"{size}": self.mldebt(place, cold=True) for size, place in self.places.sizes.items()}
        largest = f"{max(self.places.sizes)}"
        timed = {name: task for name, task in tasks.items() if name != largest or not self._cold}
        spent = timing.interleaved(timed, len(self._cold) or self.large_passes, self.say)
        spent.setdefault(largest, self._cold)
        lines = {f"{size}": place.lines / 1000 for size, place in self.places.sizes.items()}
        rows = []
        for small, large in zip(list(tasks)[:-1], list(tasks)[1:], strict=True):
            each = [
                (b.cpu - a.cpu) / (lines[large] - lines[small]) for a, b in zip(spent[small], spent[large], strict=True)
            ]
            rows.append((f"{small} to {large} kloc", timing.Spread.of([1000 * value for value in each])))
        first = rows[0][1].median
        return [
            Row(what, str(spread), "within 15 %", f"{100 * (spread.median / first - 1):+.0f} % against the first")
            for what, spread in rows
        ]


def _path() -> str:
    import os

    return os.environ.get("PATH", "")


def _sum(one: Spent, other: Spent) -> Spent:
    return Spent(one.wall + other.wall, one.cpu + other.cpu, max(one.peak, other.peak))


def _of_length(place: Place, lines: int) -> Path:
    """The file whose length is the nearest to ``lines``; of several, the first."""
    found = sorted(path for path in place.folder.rglob("*.py") if path.is_file())
    return min(found, key=lambda path: abs(path.read_bytes().count(b"\n") - lines))


def _faster(spent: Mapping[str, Sequence[Spent]], ours: str, bounds: Mapping[str, str]) -> list[Row]:
    """How many times as long as ours each peer took."""
    rows = []
    for name in spent:
        if name != ours:
            wall = timing.ratios(spent[name], spent[ours], lambda each: each.wall)
            cpu = timing.ratios(spent[name], spent[ours], lambda each: each.cpu)
            rows.append(Row(name, str(wall), bounds.get(name, ""), f"processors: {cpu}"))
    return rows


def _times(what: str, ours: Sequence[Spent], theirs: Sequence[Spent], bound: str) -> Row:
    wall = timing.ratios(ours, theirs, lambda each: each.wall)
    cpu = timing.ratios(ours, theirs, lambda each: each.cpu)
    return Row(what, str(wall), bound, f"processors: {cpu}")


def _memory(what: str, spent: Sequence[Spent]) -> Row:
    peak = max(each.peak for each in spent) / 1_000_000
    return Row(f"peak of the largest process, {what}", f"{peak:.0f} MB", "400 MB (200)", "")


TABLES: Mapping[str, tuple[str, Callable[[Bench], list[Row]]]] = {
    "start": ("Start-up: ratio to the other program, the less the better", Bench.start),
    "cold": ("Cold, {size} kloc: how many times as long as mldebt, the more the better", Bench.cold),
    "warm": ("Nothing changed, {size} kloc: ratio to the other program, the less the better", Bench.warm),
    "edited": ("One file changed, {size} kloc: ratio to the other programs, the less the better", Bench.edited),
    "stdin": ("By stdin: ratio to the other program, the less the better", Bench.stdin),
    "growth": ("Growth: milliseconds of processors a thousand lines more", Bench.growth),
    "sample": ("Cold, 40 kloc: how many times as long as mldebt, the more the better", Bench.sample),
}
"""What is measured, in an order in which one leaves what the next one needs."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=places.PROJECT / ".speed")
    parser.add_argument("--passes", type=int, default=5)
    parser.add_argument("--large-passes", type=int, default=3)
    parser.add_argument("--kloc", type=int, help="cut the corpus to so many thousand lines")
    parser.add_argument("--only", nargs="*", choices=list(TABLES), default=list(TABLES))
    parser.add_argument("--write", action="store_true", help="write the tables into docs/performance.md")
    asked = parser.parse_args()

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    found = places.prepare(asked.work.resolve(), asked.kloc)
    bench = Bench(found, asked.passes, asked.large_passes, say)
    tables: dict[str, tuple[str, list[Row]]] = {}
    for name in asked.only:
        title, measure = TABLES[name]
        title = title.format(size=f"{found.whole.lines / 1000:,.0f}")
        say(title)
        try:
            tables[name] = title, measure(bench)
        except (timing.FailedError, KeyError) as error:
            say(f"  failed: {error!r}")
            continue
        print(page.table(title, tables[name][1]), flush=True)
    if asked.write:
        page.write(places.PROJECT / "docs" / "performance.md", tables, _machine(found))
    return 0 if len(tables) == len(asked.only) else 1


def _machine(found: Places) -> str:
    import os

    versions = subprocess.run(
        [found.peers / "python", "-m", "pip", "list", "--format", "freeze"], capture_output=True, text=True, check=True
    ).stdout.split()
    names = ("ruff", "flake8", "pyflakes", "pylint", "fixit", "bandit")
    peers = ", ".join(each.replace("==", " ") for each in versions if each.split("==")[0] in names)
    lines = f"{found.whole.lines:,} lines of Python"
    return f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} processors; {lines}; {peers}"


if __name__ == "__main__":
    sys.exit(main())
