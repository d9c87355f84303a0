"""Reads real notebooks with mldebt and with nbformat, and says where they disagree.

usage: python benchmarks/notebooks.py FOLDER [MOST]

FOLDER is searched for .ipynb files, a sample of MOST (100) of them is taken, spread over its sub-folders.
Of each: it is read, or named in a notice; the cell of every finding is the one that nbformat counts, with
its id and execution count; and the physical line of the finding holds the text of that line of the cell.
Needs nbformat. Exits 1 when something does not hold.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import nbformat

LARGEST = 4_000_000  # bytes of a notebook that is taken


def sample(folder: Path, most: int) -> list[Path]:
    """Notebooks in turn from each sub-folder, the same at each run."""
    by_folder: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(folder.rglob("*.ipynb")):
        if ".ipynb_checkpoints" not in path.parts and path.stat().st_size < LARGEST:
            by_folder[path.relative_to(folder).parts[0]].append(path)
    chance = random.Random(7)
    for paths in by_folder.values():
        chance.shuffle(paths)
    taken: list[Path] = []
    while by_folder and len(taken) < most:
        for name in sorted(by_folder):
            if len(taken) < most:
                taken.append(by_folder[name].pop())
            if not by_folder[name]:
                del by_folder[name]
    return taken


def read_by_mldebt(folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "mldebt", "check", ".", "--root", ".", "--format", "json", "--fail-on", "never"]
    done = subprocess.run([*command, "--no-cache"], cwd=folder, capture_output=True, check=False)
    loaded: dict[str, Any] = json.loads(done.stdout)
    return loaded


def cells_of(path: Path) -> list[Any]:
    """All cells as nbformat sees them, in the newest format."""
    with path.open(encoding="utf-8-sig") as file:
        return list(nbformat.read(file, as_version=4).cells)


def problems_of(finding: dict[str, Any], path: Path, cells: list[Any]) -> list[str]:
    cell = finding["cell"]
    where = f"{finding['path']}:{finding['line']} {finding['code']}"
    if cell is None:
        return [f"{where}: names no cell"]
    if not 1 <= cell["index"] <= len(cells):
        return [f"{where}: cell {cell['index']} of {len(cells)}"]
    meant = cells[cell["index"] - 1]
    found = []
    if meant.cell_type != "code":
        found.append(f"{where}: cell {cell['index']} is {meant.cell_type}")
    if meant.get("execution_count") != cell["execution_count"]:
        found.append(
            f"{where}: execution count {cell['execution_count']}, nbformat says {meant.get('execution_count')}"
        )
    lines = meant.source.split("\n")
    if cell["line"] > len(lines):
        return [*found, f"{where}: line {cell['line']} of a cell of {len(lines)}"]
    text = lines[cell["line"] - 1].replace("\r", "")
    physical = path.read_text(encoding="utf-8-sig").split("\n")[finding["line"] - 1]
    written = (json.dumps(text, ensure_ascii=False)[1:-1], json.dumps(text)[1:-1])
    if not any(each in physical for each in written):
        found.append(f"{where}: the physical line does not hold {text[:60]!r}")
    return found


def main(folder: Path, most: int) -> int:
    taken = sample(folder, most)
    with tempfile.TemporaryDirectory() as work:
        copies = {}
        for number, path in enumerate(taken):
            copy = Path(work) / f"n{number:03}.ipynb"
            shutil.copy(path, copy)
            copies[copy.name] = copy
        document = read_by_mldebt(Path(work))
        noticed = {notice["path"] for notice in document["notices"]}
        problems: list[str] = []
        valid = 0
        for name, copy in copies.items():
            try:
                cells = cells_of(copy)
            except Exception as error:  # whatever nbformat refuses it with
                if name not in noticed:
                    print(f"{name}: nbformat refuses it ({type(error).__name__}), mldebt reads it")
                continue
            valid += 1
            for finding in document["findings"]:
                if finding["path"] == name:
                    problems += problems_of(finding, copy, cells)
        unread = document["summary"]["not_analysed"]
        print(f"{len(copies)} notebooks, {valid} valid to nbformat, {unread} not analysed, {len(noticed)} in notices")
        print(f"{len(document['findings'])} findings looked at, {len(problems)} problems")
        print("\n".join(problems[:40]))
        return 1 if problems or unread > len(noticed) else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100))
