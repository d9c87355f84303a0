#!/usr/bin/env python3
"""How often mldebt is right: judged findings and labelled lines of real repositories -> rules/accuracy.toml.

usage: measure.py --corpus DIR [--judged judged.jsonl] [--labels labels.jsonl] [--only FAMILIES] [--reports DIR]
                  [--write] [--jobs N]

DIR holds one unpacked repository a folder, named owner+name, at the commit that the labels name.
``judged.jsonl`` holds findings that were read: repo, commit, path, line, code, severity, verdict
(right, wrong, unsure), reader, why; ``fresh`` when no guard of the rule was made on what
this repository showed.
``labels.jsonl`` holds lines that were labelled before any rule
spoke: repo, commit, path, line, family, label (yes, weak, no, unsure), why. Neither holds code.

precision of a rule = judged findings that are right / judged right or wrong, among those that the rule still
reports. ``loud`` is the same of those that were warnings or errors when they were read, and are so still unless
the rule as a whole has become a note, ``fresh`` of those (of the
loud ones, where there are any) in repositories that no guard of the rule was made on: by these it is decided how
loud a rule may be.
recall of a family = lines labelled yes that a finding of the family starts on, spans, or names as a
related place. With ``--reports`` what mldebt says of a repository is kept there and not asked again: delete the
folder when the code changes. ``--only TST,OPS`` measures the rules of these families alone, in the repositories
that have judged findings of them, and leaves what is written of the others as it is.
Intervals are Wilson's, 95 %. A table goes to standard output; ``--write`` writes
rules/accuracy.toml, from which docs/accuracy.md and ``mldebt explain`` are made.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

HERE = Path(__file__).parent
TARGET = HERE.parent.parent / "rules" / "accuracy.toml"
FAMILIES = {"threshold": "THR", "business-logic": "BIZ", "environment-branch": "ENV", "feature-flag": "FLG"}
LONGEST_SPAN = 6  # lines; a finding that spans more counts only where it starts
Z = 1.96  # of the normal distribution at 95 %


@dataclass(slots=True)
class Reported:
    """What one run said of a repository: lines by rule, and lines by family with related places."""

    rules: dict[str, set[tuple[str, int]]] = field(default_factory=lambda: defaultdict(set))
    loud: dict[str, set[tuple[str, int]]] = field(default_factory=lambda: defaultdict(set))  # warnings and errors
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


def ask(repository: Path, jobs: int, only: str) -> dict[str, list[dict[str, object]]]:
    """What mldebt finds in ``repository``, and the flags that its inventory lists."""
    base = [sys.executable, "-m", "mldebt"]
    end = ["--root", ".", "--format", "json", "--jobs", str(jobs), "--no-cache"]  # it is the code that is measured
    if only:
        return {"findings": run([*base, "check", ".", *end, "--select", only], repository)["findings"], "flags": []}
    return {
        "findings": run([*base, "check", ".", *end], repository)["findings"],
        "flags": run([*base, "inventory", "flags", ".", *end], repository)["items"],
    }


def kept(repository: Path, jobs: int, folder: Path | None, only: str) -> dict[str, list[dict[str, object]]]:
    """The same, kept in ``folder``."""
    if folder is None:
        return ask(repository, jobs, only)
    file = folder / f"{repository.name}.json"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(ask(repository, jobs, only)), "utf-8")
    return json.loads(file.read_text("utf-8"))  # type: ignore[no-any-return]  # our own JSON


def report(repository: Path, jobs: int, folder: Path | None, only: str) -> Reported:
    found = Reported()
    said = kept(repository, jobs, folder, only)
    for finding in said["findings"]:
        if finding["status"] != "open":
            continue
        path, line, last = str(finding["path"]), _number(finding["line"]), _number(finding["end_line"])
        found.rules[str(finding["code"])].add((path, line))
        if finding["severity"] != "note":
            found.loud[str(finding["code"])].add((path, line))
        lines = range(line, (last if last - line <= LONGEST_SPAN else line) + 1)
        family = found.families[str(finding["family"])]
        family.update((path, number) for number in lines)
        related = finding["related"]
        assert isinstance(related, list)
        family.update((each["path"], each["line"]) for each in related)
    for item in said["flags"]:
        sites = item["sites"]
        assert isinstance(sites, list)
        found.families["FLG"].update((each["path"], each["line"]) for each in sites)
    return found


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value


def reports(
    corpus: Path, rows: Iterable[dict[str, object]], jobs: int, kept_in: Path | None, only: str
) -> dict[str, Reported]:
    found: dict[str, Reported] = {}
    for name in sorted({str(row["repo"]) for row in rows}):
        folder = corpus / name.replace("/", "+")
        if folder.is_dir():
            found[name] = report(folder, jobs, kept_in, only)
        else:
            print(f"not in the corpus, left out: {name}", file=sys.stderr)
    return found


@dataclass(frozen=True, slots=True)
class Judged:
    """One finding that was read. ``loud``: it was a warning or an error then."""

    repo: str
    path: str
    line: int
    code: str
    right: bool
    loud: bool
    fresh: bool


def verdicts(rows: list[dict[str, object]]) -> list[Judged]:
    """One verdict a finding. Where two readers differ and nobody settled it, it is unsure and left out."""
    by_place: dict[tuple[str, str, int, str], list[dict[str, object]]] = defaultdict(list)
    for row in rows:
        by_place[str(row["repo"]), str(row["path"]), _number(row["line"]), str(row["code"])].append(row)
    found = []
    for (repo, path, line, code), readings in by_place.items():
        settled = [each for each in readings if each["reader"] == "settled"] or readings
        said = {str(each["verdict"]) for each in settled}
        if len(said) == 1 and said <= {"right", "wrong"}:
            loud = any(each["severity"] != "note" for each in readings)
            fresh = all(each.get("fresh", False) for each in readings)
            found.append(Judged(repo, path, line, code, said == {"right"}, loud, fresh))
    return found


@dataclass(frozen=True, slots=True)
class Precision:
    """Of all judged findings of a rule, of those that were loud, and of those in fresh repositories; each with
    the number of repositories."""

    all: Part
    loud: Part
    fresh: Part

    @classmethod
    def of(cls, judged: list[Judged]) -> Precision:
        loud = [each for each in judged if each.loud]
        return cls(Part.of(judged), Part.of(loud), Part.of([each for each in loud or judged if each.fresh]))


@dataclass(frozen=True, slots=True)
class Part:
    share: Share
    repositories: int

    @classmethod
    def of(cls, judged: list[Judged]) -> Part:
        return cls(Share(sum(each.right for each in judged), len(judged)), len({each.repo for each in judged}))

    def written(self) -> str:
        low, high = self.share.interval()
        return (
            f"judged = {self.share.whole}, right = {self.share.part}, repositories = {self.repositories}, "
            f"low = {low:.2f}, high = {high:.2f}"
        )


def measure(
    judged: list[dict[str, object]], labels: list[dict[str, object]], found: dict[str, Reported]
) -> tuple[dict[str, Precision], dict[str, tuple[Share, Share]]]:
    """Per rule: precision; per family: precision and recall on the labels."""
    rules: dict[str, list[Judged]] = defaultdict(list)
    heard = {code for each in found.values() for code, places in each.loud.items() if places}
    for each in verdicts(judged):
        place = (each.path, each.line)
        if each.repo in found and place in found[each.repo].rules[each.code]:
            # What a loud rule says as a note by now was loud when it was read, and is so no longer.
            loud = each.loud and (each.code not in heard or place in found[each.repo].loud[each.code])
            rules[each.code].append(replace(each, loud=loud))
    families: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for row in labels:
        repo, letters = str(row["repo"]), FAMILIES[str(row["family"])]
        if repo in found:
            hit = (str(row["path"]), _number(row["line"])) in found[repo].families[letters]
            families[letters][str(row["label"])].append(hit)
    return (
        {code: Precision.of(each) for code, each in sorted(rules.items())},
        {
            letters: (
                Share(sum(by["yes"]), sum(by["yes"]) + sum(by["no"])),
                Share(sum(by["yes"]), len(by["yes"])),
            )
            for letters, by in sorted(families.items())
        },
    )


def write(rules: dict[str, Precision], families: dict[str, tuple[Share, Share]], target: Path) -> None:
    lines = [
        "# Written by benchmarks/accuracy/measure.py. Precision of findings that were read, recall on lines that were",
        "# labelled before any rule spoke; intervals are Wilson's at 95 %.",
    ]
    for code, found in rules.items():
        lines += ["", f"[rule.{code}]", *found.all.written().split(", ")]
        lines += [f"loud = {{ {found.loud.written()} }}"] if found.loud.share.whole else []
        lines += [f"fresh = {{ {found.fresh.written()} }}"] if found.fresh.share.whole else []
    for letters, (precision, recall) in families.items():
        lines += ["", f"[family.{letters}]"]
        for name, share in (("precision", precision), ("recall", recall)):
            low, high = share.interval()
            lines.append(
                f"{name} = {{ part = {share.part}, whole = {share.whole}, low = {low:.2f}, high = {high:.2f} }}"
            )
    target.write_text("\n".join(lines) + "\n", "utf-8")


def write_only(rules: dict[str, Precision], only: str, target: Path) -> None:
    """What was measured of some families in the place of what is written of them; all else stays."""
    alone = target.with_suffix(".part")
    write(rules, {}, alone)
    head, *measured = alone.read_text("utf-8").strip().split("\n\n")
    alone.unlink()
    written = target.read_text("utf-8").strip().split("\n\n")[1:] if target.exists() else []
    prefixes = tuple(f"[rule.{each}" for each in only.split(","))
    others = [each for each in written if not each.startswith(prefixes)]
    blocks = sorted([*others, *measured], key=lambda each: (each.startswith("[family"), each.partition("]")[0]))
    target.write_text("\n\n".join([head, *blocks]) + "\n", "utf-8")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--corpus", required=True, type=Path)
    options.add_argument("--judged", type=Path, default=HERE / "judged.jsonl")
    options.add_argument("--labels", type=Path, default=HERE / "labels.jsonl")
    options.add_argument("--reports", type=Path)
    options.add_argument("--only", default="", help="families, by their letters, separated by commas")
    options.add_argument("--jobs", type=int, default=0)
    options.add_argument("--write", action="store_true", help=f"write {TARGET.name}")
    given = options.parse_args()
    judged, labels = read_lines(given.judged), read_lines(given.labels)
    if given.only:
        judged, labels = [row for row in judged if str(row["code"])[:3] in given.only.split(",")], []
    found = reports(given.corpus, [*judged, *labels], given.jobs, given.reports, given.only)
    rules, families = measure(judged, labels, found)
    print(f"{'rule':8} {'judged findings (repositories)':40} {'when loud':40} fresh")
    for code, each in rules.items():
        parts = (f"{part.share} ({part.repositories})" for part in (each.all, each.loud, each.fresh))
        print(f"{code:8} {' '.join(f'{part:40}' for part in parts)}")
    print(f"\n{'family':8} {'precision on labelled lines':34} recall")
    for letters, (precision, recall) in families.items():
        print(f"{letters:8} {precision!s:34} {recall}")
    if given.write and given.only:
        write_only(rules, given.only, TARGET)
    elif given.write:
        write(rules, families, TARGET)


if __name__ == "__main__":
    main()
