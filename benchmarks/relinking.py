"""Edits copies of repositories at random and compares every run with one that links from the beginning.

usage: python benchmarks/relinking.py FOLDER ... [--edits N] [--seed N]

Per repository: the edits, after how many of them nothing, something or all was linked again, and the median of the
seconds of processor time of both runs. Exits 1 at the first edit after which they do not say the same.
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from mldebt.cache import DATABASE
from mldebt.observer import Observer
from mldebt.report import REPORTS, ReportOptions
from mldebt.run import Request, execute
from mldebt.snapshot import STORE
from tests.random_edits import Edits


class Listening(Observer):
    def __init__(self) -> None:
        self.rules = 0

    def rule(self, name: str, seconds: float) -> None:
        self.rules += 1


def run(root: Path) -> tuple[str, int, float]:
    """What a run says, how many rules about the project looked for something, and its processor time."""
    heard, began = Listening(), time.process_time()
    outcome = execute(Request(root, root=str(root), observer=heard))
    spent = time.process_time() - began
    return REPORTS["json"](outcome.run, outcome.specs, ReportOptions(), lambda path: None), heard.rules, spent


def compare(folder: Path, edits: int, seed: int) -> bool:
    """Prints the line of one repository."""
    with tempfile.TemporaryDirectory() as holder:
        root = Path(holder, "copy")
        shutil.copytree(folder, root, symlinks=True, ignore=shutil.ignore_patterns(".git", STORE))
        subprocess.run(["git", "init", "-q", root], check=True)
        editing, counted = Edits(root, seed), Counter[str]()
        again, anew = [], []
        _, all_rules, _ = run(root)
        for number in range(edits):
            edit = editing.one()
            found, rules, spent = run(root)
            again.append(spent)
            counted["all" if rules == all_rules else "something" if rules else "nothing"] += 1
            database = sqlite3.connect(root / STORE / DATABASE)
            kept = list(database.execute("select * from linked"))
            with database:
                database.execute("delete from linked")
            right, _, spent = run(root)
            anew.append(spent)
            with database:
                database.execute("delete from linked")
                database.executemany("insert into linked values (?, ?, ?, ?)", kept)
            database.close()
            if found != right:
                print(f"{folder.name}: differs after edit {number}: {edit}")
                return False
        seconds = f"{statistics.median(again):.2f} s, {statistics.median(anew):.2f} s from the beginning"
        print(f"{folder.name}: {edits} edits, {dict(counted)}, {seconds}", flush=True)
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--edits", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    return int(not all(compare(folder, asked.edits, asked.seed) for folder in asked.folders))


if __name__ == "__main__":
    sys.exit(main())
