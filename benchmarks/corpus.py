"""Runs mldebt twice over every repository in a folder and compares the bytes.

usage: python benchmarks/corpus.py FOLDER [NAME ...]

A table on stdout: per repository its files, lines, seconds (first and second run) and findings per
rule. Exits 1 when two runs differ or a run ends with 2.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run over one repository."""

    code: int
    report: bytes
    chatter: str
    seconds: float


def check(repository: Path) -> Outcome:
    command = [sys.executable, "-m", "mldebt", "check", ".", "--root", ".", "--format", "json", "--fail-on", "never"]
    start = time.perf_counter()
    done = subprocess.run(command, cwd=repository, capture_output=True, check=False)
    return Outcome(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"), time.perf_counter() - start)


def describe(repository: Path, first: Outcome, second: Outcome) -> str:
    document = json.loads(first.report)
    summary = document["summary"]
    found = Counter(finding["code"] for finding in document["findings"] if finding["status"] == "open")
    size = f"{summary['files']:>6} files {summary['lines']:>9} lines {first.seconds:7.1f} s {second.seconds:7.1f} s"
    rules = " ".join(f"{code}={number}" for code, number in sorted(found.items()))
    return f"{repository.name:<42} {size}  {len(document['notices']):>3} notices  {rules}"


def complain(first: Outcome, second: Outcome) -> str:
    """What is wrong with a pair of runs; "" when nothing is."""
    if first.code != 0:
        return f"ended with {first.code}: {first.chatter[-2000:]}"
    if first.report != second.report:
        return "two runs gave different bytes"
    return ""


def main(arguments: list[str]) -> int:
    if not arguments:
        print(__doc__)
        return 2
    folder, names = Path(arguments[0]), arguments[1:]
    repositories = sorted(path for path in folder.iterdir() if path.is_dir() and (not names or path.name in names))
    broken = 0
    for repository in repositories:
        first, second = check(repository), check(repository)
        trouble = complain(first, second)
        if trouble:
            broken += 1
            print(f"{repository.name:<42} BROKEN: {trouble}", flush=True)
        else:
            print(describe(repository, first, second), flush=True)
    print(f"{len(repositories)} repositories, {broken} broken")
    return 1 if broken or not repositories else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
