#!/usr/bin/env python3
"""How often mldebt is right: judged findings and labelled lines of real repositories -> rules/accuracy.toml.

usage: measure.py --corpus DIR [--judged judged.jsonl] [--labels labels.jsonl] [--write] [--jobs N]

DIR holds one unpacked repository a folder, named owner+name, at the commit that the labels name.
``judged.jsonl`` holds findings that were read: repo, commit, path, line, code, severity, verdict
(right, wrong, unsure), reader, why. ``labels.jsonl`` holds lines that were labelled before any rule
spoke: repo, commit, path, line, family, label (yes, weak, no, unsure), why. Neither holds code.

precision of a rule = judged findings that are right / judged right or wrong, among those that the rule
still reports as loud as it did: at another severity it says something else, which nobody has judged.
recall of a family = lines labelled yes that a finding of the family starts on, spans, or names as a
related place. Intervals are Wilson's, 95 %. A table goes to standard output; ``--write`` writes
rules/accuracy.toml, from which docs/rules/ACCURACY.md and ``mldebt explain`` are made.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
TARGET = HERE.parent.parent / "rules" / "accuracy.toml"
FAMILIES = {"threshold": "THR", "business-logic": "BIZ", "environment-branch": "ENV", "feature-flag": "FLG"}
LONGEST_SPAN = 6  # lines; a finding that spans more counts only where it starts
Z = 1.96  # of the normal distribution at 95 %


@dataclass(slots=True)
class Reported:
    """What one run said of a repository: lines by rule, and lines by family with related places."""

    rules: dict[str, set[tuple[str, int, str]]] = field(default_factory=lambda: defaultdict(set))
    families: dict[str, set[tuple[str, int]]] = field(default_factory=lambda: defaultdict(set))


@dataclass(frozen=True, slots=True)
class Share:
    """``part`` of ``whole``, with its Wilson interval."""

    part: int
    whole: int

    def interval(self) -> tuple[float, float]:
        if not self.whole:
            return 0.0, 1.0
        p, n = self.part / self.whole, self.whole
        middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        if not self.whole:
            return "none"
        low, high = self.interval()
        return f"{self.part}/{self.whole} = {self.part / self.whole:.2f} [{low:.2f}, {high:.2f}]"


def read_lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()] if path.exists() else []


def run(command: list[str], repository: Path) -> dict[str, list[dict[str, object]]]:
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)} in {repository.name}: exit {done.returncode}: {done.stderr[-800:]}")
    return json.loads(done.stdout)  # type: ignore[no-any-return]  # our own JSON


def report(repository: Path, jobs: int) -> Reported:
    base = [sys.executable, "-m", "mldebt"]
    end = ["--root", ".", "--format", "json", "--jobs", str(jobs), "--no-cache"]  # it is the code that is measured
    found = Reported()
    for finding in run([*base, "check", ".", *end], repository)["findings"]:
        if finding["status"] != "open":
            continue
        path, line, last = str(finding["path"]), _number(finding["line"]), _number(finding["end_line"])
        found.rules[str(finding["code"])].add((path, line, str(finding["severity"])))
        lines = range(line, (last if last - line <= LONGEST_SPAN else line) + 1)
        family = found.families[str(finding["family"])]
        family.update((path, number) for number in lines)
        related = finding["related"]
        assert isinstance(related, list)
        family.update((each["path"], each["line"]) for each in related)
    for item in run([*base, "inventory", "flags", ".", *end], repository)["items"]:
        sites = item["sites"]
        assert isinstance(sites, list)
        found.families["FLG"].update((each["path"], each["line"]) for each in sites)
    return found


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value


def reports(corpus: Path, rows: Iterable[dict[str, object]], jobs: int) -> dict[str, Reported]:
    found: dict[str, Reported] = {}
    for name in sorted({str(row["repo"]) for row in rows}):
        folder = corpus / name.replace("/", "+")
        if folder.is_dir():
            found[name] = report(folder, jobs)
        else:
            print(f"not in the corpus, left out: {name}", file=sys.stderr)
    return found


def verdicts(rows: list[dict[str, object]]) -> dict[tuple[str, str, int, str, str], str]:
    """One verdict a finding. Where two readers differ and nobody settled it, it is unsure."""
    said: dict[tuple[str, str, int, str, str], set[str]] = defaultdict(set)
    settled: dict[tuple[str, str, int, str, str], str] = {}
    for row in rows:
        key = (str(row["repo"]), str(row["path"]), _number(row["line"]), str(row["code"]), str(row["severity"]))
        said[key].add(str(row["verdict"]))
        if row.get("reader") == "settled":
            settled[key] = str(row["verdict"])
    return {key: settled.get(key) or (each.pop() if len(each) == 1 else "unsure") for key, each in said.items()}


def measure(
    judged: list[dict[str, object]], labels: list[dict[str, object]], found: dict[str, Reported]
) -> tuple[dict[str, tuple[Share, int]], dict[str, tuple[Share, Share]]]:
    """Per rule: precision and in how many repositories; per family: precision and recall on the labels."""
    rules: dict[str, list[tuple[bool, str]]] = defaultdict(list)
    for (repo, path, line, code, severity), verdict in verdicts(judged).items():
        if repo in found and verdict != "unsure" and (path, line, severity) in found[repo].rules[code]:
            rules[code].append((verdict == "right", repo))
    families: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for row in labels:
        repo, letters = str(row["repo"]), FAMILIES[str(row["family"])]
        if repo in found:
            hit = (str(row["path"]), _number(row["line"])) in found[repo].families[letters]
            families[letters][str(row["label"])].append(hit)
    return (
        {
            code: (Share(sum(right for right, _ in each), len(each)), len({repo for _, repo in each}))
            for code, each in sorted(rules.items())
        },
        {
            letters: (
                Share(sum(by["yes"]), sum(by["yes"]) + sum(by["no"])),
                Share(sum(by["yes"]), len(by["yes"])),
            )
            for letters, by in sorted(families.items())
        },
    )


def write(rules: dict[str, tuple[Share, int]], families: dict[str, tuple[Share, Share]], target: Path) -> None:
    lines = [
        "# Written by benchmarks/accuracy/measure.py. Precision of findings that were read, recall on lines that were",
        "# labelled before any rule spoke; intervals are Wilson's at 95 %.",
    ]
    for code, (precision, repositories) in rules.items():
        low, high = precision.interval()
        lines += [
            "",
            f"[rule.{code}]",
            f"judged = {precision.whole}",
            f"right = {precision.part}",
            f"repositories = {repositories}",
            f"low = {low:.2f}",
            f"high = {high:.2f}",
        ]
    for letters, (precision, recall) in families.items():
        lines += ["", f"[family.{letters}]"]
        for name, share in (("precision", precision), ("recall", recall)):
            low, high = share.interval()
            lines.append(
                f"{name} = {{ part = {share.part}, whole = {share.whole}, low = {low:.2f}, high = {high:.2f} }}"
            )
    target.write_text("\n".join(lines) + "\n", "utf-8")


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--corpus", required=True, type=Path)
    ask.add_argument("--judged", type=Path, default=HERE / "judged.jsonl")
    ask.add_argument("--labels", type=Path, default=HERE / "labels.jsonl")
    ask.add_argument("--jobs", type=int, default=0)
    ask.add_argument("--write", action="store_true", help=f"write {TARGET.name}")
    given = ask.parse_args()
    judged, labels = read_lines(given.judged), read_lines(given.labels)
    found = reports(given.corpus, [*judged, *labels], given.jobs)
    rules, families = measure(judged, labels, found)
    print(f"{'rule':8} {'precision of judged findings':34} repositories")
    for code, (precision, repositories) in rules.items():
        print(f"{code:8} {precision!s:34} {repositories}")
    print(f"\n{'family':8} {'precision on labelled lines':34} recall")
    for letters, (precision, recall) in families.items():
        print(f"{letters:8} {precision!s:34} {recall}")
    if given.write:
        write(rules, families, TARGET)


if __name__ == "__main__":
    main()
