"""Is ``check --since`` the difference of two full runs? On real commits, each laid out in a clone.

usage: python benchmarks/adoption/since.py REPOSITORY ... [--commits 30] [--step 1]

REPOSITORY is a git repository with history. Its last commits on the first-parent line are laid out
one after the other, ``--step`` apart; each is compared with the one before it. Prints a row for each
repository, and the identities that differ, if any; exits 1 then. The seconds are of the runs with
``--since`` and of full runs over the same commits, both with a warm store.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_THERE = ("open", "superseded")
EXCLUDED = ("--exclude", "*.ipynb")  # their objects are the first that a clone lacks


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=True)
    return done.stdout.decode("utf-8", "replace")


def lay_out(root: Path, commit: str) -> None:
    """The files of a commit in the work tree, as far as their objects are here: clones may lack large ones."""
    for path in root.iterdir():
        if path.name not in (".git", ".mldebt_cache"):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    git(root, "update-ref", "--no-deref", "HEAD", commit)
    git(root, "read-tree", commit)
    rows = [row.split("\t", 1) for row in git(root, "ls-tree", "-r", "-z", commit).split("\0") if row]
    files = [(about.split()[2], path) for about, path in rows if about.startswith("100")]
    asked = "".join(f"{id_}\n" for id_, _ in files).encode()
    said = subprocess.run(["git", "cat-file", "--batch"], cwd=root, input=asked, capture_output=True, check=True).stdout
    at = 0
    for _, path in files:
        end = said.index(b"\n", at)
        head = said[at:end].split()
        if head[1] == b"missing":
            at = end + 1
            continue
        size = int(head[2])
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(said[end + 1 : end + 1 + size])
        at = end + 2 + size


def check(root: Path, *arguments: str) -> tuple[Any, float]:
    command = [sys.executable, "-m", "mldebt", "check", ".", "--root", ".", "--format", "json", *EXCLUDED, *arguments]
    began = time.perf_counter()
    done = subprocess.run(command, cwd=root, capture_output=True, check=False)
    if not done.stdout:
        raise SystemExit(f"{root.name}: {done.stderr.decode()[-2000:]}")
    return json.loads(done.stdout), time.perf_counter() - began


def identities(document: Any, statuses: Iterable[str]) -> Counter[str]:
    return Counter(each["identity"] for each in document["findings"] if each["status"] in statuses)


def compare(root: Path, commits: list[str]) -> tuple[int, int, int, float, float]:
    """Pairs compared, pairs that differ, findings that were new, and the two sums of seconds."""
    differ = new = 0
    spent = full = 0.0
    before: Any = None
    for number, commit in enumerate(commits):
        lay_out(root, commit)
        check(root)  # the store learns of what has changed
        document, seconds = check(root)
        if number:
            full += seconds
            since, taken = check(root, "--since", commits[number - 1])
            spent += taken
            found = identities(since, ("open",))
            expected = identities(document, ("open",)) - identities(before, _THERE)
            new += expected.total()
            if found != expected:
                differ += 1
                print(f"    {commit[:10]}: {(found - expected) + (expected - found)}", file=sys.stderr)
        before = document
    return len(commits) - 1, differ, new, spent, full


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repositories", nargs="+", type=Path, metavar="REPOSITORY")
    parser.add_argument("--commits", type=int, default=30)
    parser.add_argument("--step", type=int, default=1)
    given = parser.parse_args()
    print("| repository | commits compared | that differ | new findings | s with --since | s of full runs |")
    print("|---|---|---|---|---|---|")
    wrong = 0
    for source in given.repositories:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "clone"
            git(Path(folder), "clone", "-q", "--no-checkout", source.resolve().as_posix(), root.as_posix())
            history = git(root, "rev-list", "--first-parent", "HEAD").split()
            commits = history[: given.commits * given.step + 1 : given.step][::-1]
            pairs, differ, new, spent, full = compare(root, commits)
        print(f"| {source.name} | {pairs} | {differ} | {new} | {spent:.1f} | {full:.1f} |", flush=True)
        wrong += differ
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
