"""Does a baseline hold on an old repository? Harmless edits must raise nothing, debts all, payments be seen.

usage: python benchmarks/adoption/measure.py REPOSITORY ... [--edits 200] [--debts 50] [--paid 20] [--seed 1]

REPOSITORY is a folder with sources; it is copied, and only the copy is changed. For each a row: the
findings in the baseline; the harmless edits by kind and the findings that were new after them; the
debts that were added, how many of them were new and named at their place, and what else was new; the
findings that were removed, and how many of them were paid. Exits 1 when a row is not as it must be.

Something else may be new after debts were added: a file that now asks a model is one of machine learning,
and what rules for such files say of it and of its neighbours counts from then on.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from edits import DEBTS, HARMLESS, Edit, Repository, indebt, repay

BASELINE = "mldebt-baseline.txt"
_QUIET = re.compile(r"test|example|docs?/|vendor|third.?party|migrations|/versions/|_pb2")
AT_ONCE = 10  # edits between two runs


def mldebt(root: Path, *arguments: str) -> bytes:
    done = subprocess.run([sys.executable, "-m", "mldebt", *arguments], cwd=root, capture_output=True, check=False)
    if done.returncode == 2:
        raise SystemExit(f"mldebt {' '.join(arguments)}: {done.stderr.decode()[-2000:]}")
    return done.stdout


def check(root: Path) -> Any:
    return json.loads(mldebt(root, "check", ".", "--root", ".", "--baseline", BASELINE, "--format", "json"))


def new(document: Any) -> list[dict[str, Any]]:
    return [each for each in document["findings"] if each["novelty"] in ("new", "returned")]


def tell(found: list[dict[str, Any]], edits: list[Edit]) -> None:
    for each in found:
        print(f"    new: {each['path']}:{each['line']} {each['identity']}", file=sys.stderr)
    for edit in edits:
        print(f"      after {edit.kind} {edit.path}", file=sys.stderr)


def harmless(repository: Repository, count: int, random: Random, owing: list[str]) -> tuple[Counter[str], int]:
    """Edits of all kinds in turn, most of them in files that owe something; and the findings that came up."""
    done: Counter[str] = Counter()
    raised: set[str] = set()
    since: list[Edit] = []
    kinds = list(HARMLESS)
    attempts = 0
    while done.total() < count and attempts < count * 30:
        attempts += 1
        files = repository.python()
        pool = [path for path in owing if path in files] if random.random() < 0.7 else files
        kind = kinds[done.total() % len(kinds)] if attempts % 10 else random.choice(kinds)
        path = random.choice(pool or files)
        if not HARMLESS[kind](repository, path, random):
            if attempts % 10 == 9:  # nothing of this kind may be left to do
                kinds = [*kinds[1:], kinds[0]]
            continue
        done[kind] += 1
        since.append(Edit(kind, path))
        if len(since) == AT_ONCE or done.total() == count:
            found = [each for each in new(check(repository.root)) if each["identity"] not in raised]
            tell(found, since if found else [])
            raised.update(each["identity"] for each in found)
            since = []
    return done, len(raised)


def indebted(repository: Repository, count: int, random: Random, files: list[str]) -> tuple[int, int, int]:
    """Debts added; those of them that are new and named; what else is new."""
    made: list[Edit] = []
    while len(made) < count:
        edit = indebt(repository, random.choice(files), 11 + len(made), DEBTS[len(made) % len(DEBTS)])
        if edit is not None:
            made.append(edit)
    found = new(check(repository.root))
    named = [
        edit
        for edit in made
        if any(
            each["code"] == edit.code and each["path"] == edit.path and edit.lines[0] <= each["line"] <= edit.lines[1]
            for each in found
        )
    ]
    tell([], [edit for edit in made if edit not in named])
    inside = [
        each
        for each in found
        if any(each["path"] == edit.path and edit.lines[0] <= each["line"] <= edit.lines[1] for edit in made)
    ]
    others = [each for each in found if each not in inside]
    tell(others, [])
    return len(made), len(named), len(others)


def repaid(repository: Repository, count: int, random: Random) -> tuple[int, int, int]:
    """Findings removed, those of them that are paid, and what is new after it."""
    removed: list[str] = []
    failed: set[str] = set()
    while len(removed) < count:
        known = [each for each in check(repository.root)["findings"] if _can_be_repaid(each, failed)]
        random.shuffle(known)
        by_file = {each["path"]: each for each in known}  # one a file, then their lines are other ones
        for each in list(by_file.values())[: count - len(removed)]:
            if repay(repository, each["path"], each["line"], each["end_line"]):
                removed.append(each["identity"])
            else:
                failed.add(each["identity"])
        if not by_file:
            break
    after = check(repository.root)
    # The baseline has files that were renamed above, and owe nothing any more, under their old names.
    paid = {_unnamed(each["identity"]) for each in after["comparison"]["paid"]}
    fresh = new(after)
    tell(fresh, [])
    for identity in removed:
        if _unnamed(identity) not in paid:
            print(f"    not paid: {identity}", file=sys.stderr)
    return len(removed), sum(_unnamed(each) in paid for each in removed), len(fresh)


def _unnamed(identity: str) -> str:
    """An identity with the name that a file had before ``rename``."""
    return re.sub(r"(?<=[/|])(?:our_)+(?=[^/|]*\.py\|)", "", identity)


def _can_be_repaid(finding: dict[str, Any], failed: set[str]) -> bool:
    """Is it a known one of a file that ends with the statement it stands in? Code that can never run does not."""
    path, identity = finding["path"], finding["identity"]
    of_file = path.endswith(".py") and f"|{path}|" in identity and finding["code"] != "FLG008"
    return finding["novelty"] == "known" and of_file and identity not in failed


def measure(source: Path, given: argparse.Namespace, folder: Path) -> tuple[str, bool]:
    root = folder / source.name
    shutil.copytree(source, root, symlinks=True, ignore=shutil.ignore_patterns(".git", ".mldebt_cache"))
    repository = Repository(root)
    repository.git("init", "-q")
    repository.git("add", "-A")
    commit = ["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "all", "--no-verify"]
    repository.git(*commit)
    random = Random(f"{given.seed} {source.name}")
    mldebt(root, "baseline", "write", BASELINE, "--root", ".")
    before = check(root)
    known = before["comparison"]["known"]
    owing = sorted({each["path"] for each in before["findings"] if each["path"].endswith(".py")})
    done, raised = harmless(repository, given.edits, random, owing)
    repository.git("add", "-A")
    repository.git(*commit)
    # Generated and vendored files are not analysed; tests, examples and what makes documentation are quiet.
    quiet = {each["path"] for each in before["findings"] if each["role"] in ("test", "example")}
    files = [
        path
        for path in repository.python()
        if path not in quiet
        and not re.search(r"test|example|docs?/|vendor|third.?party|migrations|/versions/|_pb2", path)
    ]
    added, named, others = indebted(repository, given.debts, random, files)
    repository.git("checkout", "-q", ".")
    removed, paid, fresh = repaid(repository, given.paid, random)
    kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(done.items()))
    row = (
        f"| {source.name} | {known} | {done.total()} ({kinds}) | {raised} | {named} of {added} | {others} "
        f"| {paid} of {removed} | {fresh} |"
    )
    right = done.total() >= given.edits and not raised and named == added and paid == removed
    return row, right and removed == given.paid and not fresh


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repositories", nargs="+", type=Path, metavar="REPOSITORY")
    for name, default in (("edits", 200), ("debts", 50), ("paid", 20), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args()
    print("| repository | known | harmless edits | new after them | debts new and named | else new | paid | new then |")
    print("|---|---|---|---|---|---|---|---|")
    rights = []
    for source in given.repositories:
        with tempfile.TemporaryDirectory() as folder:
            row, right = measure(source.resolve(), given, Path(folder))
        print(row, flush=True)
        rights.append(right)
    return int(not all(rights))


if __name__ == "__main__":
    sys.exit(main())
