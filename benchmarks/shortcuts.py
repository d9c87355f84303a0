"""Analyses every Python file and notebook of some repositories with and without what makes it quick, and compares.

usage: python benchmarks/shortcuts.py FOLDER ...

As it is run, with no gate closed, and with the trees of libcst: facts, candidates that may become findings, and
notices must be the same. Per repository: files, lines, processor time in microseconds a line each way, and the
files that differ. Then what each gate opens, as the share of the lines that stand in open files, and the share of
the calls that those are told of who listen to names. Exits 1 when a file differs.

A file that libcst cannot read and Python can differs by nature, and is counted apart.
"""

from __future__ import annotations

import gc
import sys
import time
from collections import Counter
from pathlib import Path

import libcst as cst
from msgspec.structs import replace

from mldebt import catalogue, vocabulary
from mldebt.analyse import Analyser, analyse, make_analyser, settled_role
from mldebt.discover import Source
from mldebt.facts import FileFacts
from mldebt.gate import Glance
from mldebt.index import tree_of
from mldebt.settings import AnalyserSettings
from mldebt.sources import SourceText, python
from mldebt.syntax import stack
from mldebt.syntax.children import descendants
from mldebt.syntax.lean import build
from mldebt.syntax.names import last_name

WAYS = {"run": (True, True), "no gate": (True, False), "libcst": (False, True)}
KINDS = {".py": "python", ".ipynb": "notebook"}
LARGEST = 20_000  # lines


def analyser(*, lean: bool, gated: bool) -> Analyser:
    settings = AnalyserSettings(catalogue.load().specs, (), (), LARGEST, lean, gated=gated)
    return make_analyser(settings, vocabulary.load({}))


def is_unread(facts: FileFacts) -> bool:
    return any(notice.kind in {"syntax-error", "broken-cell"} for notice in facts.notices)


def compare(folder: Path, ways: dict[str, Analyser]) -> int:
    """Prints the line of one repository; the number of files that differ."""
    spent: Counter[str] = Counter()
    files = lines = unread = 0
    different: list[str] = []
    for number, path in enumerate(sorted(each for each in folder.rglob("*") if each.suffix in KINDS)):
        if not path.is_file() or path.is_symlink():
            continue
        source = Source(path.relative_to(folder).as_posix(), KINDS[path.suffix])
        data = path.read_bytes()
        found = {}
        for name, way in ways.items():
            start = time.thread_time()
            found[name] = analyse(way, source, data)
            spent[name] += time.thread_time() - start
        files += 1
        lines += found["run"].lines
        if is_unread(found["libcst"]) and not is_unread(found["run"]):
            unread += 1
        elif any(audible(ways["run"], each) != found["run"] for each in found.values()):
            different.append(source.path)
        if number % 50 == 0:
            gc.collect()
    times = " ".join(f"{name} {spent[name] / max(lines, 1) * 1e6:6.1f}" for name in ways)
    print(f"{folder.name:<40} {files:>5} files {lines:>8} lines   {times}   {len(different)} differ, {unread} unread")
    for each in different[:5]:
        print(f"    {each}")
    return len(different)


def audible(way: Analyser, found: FileFacts) -> FileFacts:
    """``found`` without the candidates of rules that are silent in files like this, which no finding comes of."""
    role = settled_role(way, found.path, found.facts)
    loud = {rule.spec.code for rule in way.rules if role is None or role in dict(rule.spec.roles)}
    return replace(found, candidates=tuple(each for each in found.candidates if each.code in loud))


def opened(folders: list[Path], gated: Analyser) -> None:
    """Prints what each gate opens."""
    lines: Counter[str] = Counter()
    told: Counter[str] = Counter()
    calls = total = 0
    listening = gated.listeners.by_kind[cst.Call]
    for path in (each for folder in folders for each in sorted(folder.rglob("*.py")) if each.is_file()):
        read = python.read(path.name, path.read_bytes())
        tree = tree_of(read.text) if isinstance(read, SourceText) else None
        if tree is None or not isinstance(read, SourceText):
            continue
        total += read.lines
        file = Glance(read.text)
        for number, (owner, gate) in enumerate(gated.listeners.gates, 1):
            lines[f"{type(owner).__name__}, gate {number}"] += read.lines * gate.admits(file)
        for node in descendants(build(tree, read.text).module):
            if type(node) is cst.Call:
                calls += 1
                name = last_name(node.func)
                told.update(each.owner.__class__.__name__ for each in listening if name in (each.called or ()))
    for name, share in lines.most_common():
        print(f"{name:<40} {share / max(total, 1):6.1%} of the lines stand in files that it opens")
    for name, share in told.most_common():
        print(f"{name:<32} {share / max(calls, 1):6.1%} of the calls are told to it")


def main(arguments: list[str]) -> int:
    folders = [Path(each) for each in arguments]
    if not folders:
        print(__doc__)
        return 2
    ways = {name: analyser(lean=lean, gated=gated) for name, (lean, gated) in WAYS.items()}
    gc.disable()
    different = sum(compare(folder, ways) for folder in folders)
    opened(folders, ways["run"])
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(stack.call(lambda: main(sys.argv[1:])))
