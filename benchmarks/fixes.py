"""Fixes everything that can be fixed in copies of repositories, or of the bad fixtures, and looks at what is left.

usage: python benchmarks/fixes.py [FOLDER [NAME ...]]

Without FOLDER it is the fixtures, and the projects among them; with it, the folders in it, or those that are named.
A copy that has something to fix becomes a git repository. One is fixed with --fix, another with --unsafe-fixes as
well. Held are: every Python file that compiled still does; the fixed findings are gone; no rule finds more than it
did, those aside that a fixed finding on the line had spoken for; the files hold the edits and nothing else, byte for
byte, and git sees no other file changed; a second run changes nothing. A line for each such copy; then the sums, and
what was refused and why. Exits 1 when anything does not hold.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mldebt.config import Flags
from mldebt.fix import SAFE, UNSAFE, is_fixable
from mldebt.model import Confidence, Edit, Finding, Status
from mldebt.repair import Repaired, repair, write_changes
from mldebt.run import Outcome, Request, execute

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
WAYS = {"safe": SAFE, "unsafe": UNSAFE}
_MARK = re.compile(rb"# expect: [A-Z]{3}\d{3}(?:, ?[A-Z]{3}\d{3})*")


@dataclass
class Result:
    """What fixing one copy came to. ``trouble`` is what does not hold."""

    name: str
    way: str
    findings: int = 0
    fixed: Counter[str] = field(default_factory=Counter)
    rounds: int = 0
    files: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    trouble: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        fixed = " ".join(f"{code}={number}" for code, number in sorted(self.fixed.items()))
        said = (
            f"{self.findings:>6} findings {self.fixed.total():>4} fixed {self.rounds:>3} rounds {self.files:>4} files"
        )
        return f"{self.name:<58} {self.way:<6} {said} {self.refused.total():>4} refused  {fixed}"


def copies(arguments: list[str]) -> Iterator[tuple[str, Path]]:
    """What is to be fixed, by name."""
    if not arguments:
        cases = (case for case in sorted(FIXTURES.glob("*/*/bad*")) if case.suffix != ".fixed")
        for case in (*cases, *sorted(FIXTURES.glob("projects/*"))):
            yield f"{case.parent.name}/{case.name}", case
        return
    folder, names = Path(arguments[0]), arguments[1:]
    for repository in sorted(path for path in folder.iterdir() if path.is_dir()):
        if not names or repository.name in names:
            yield repository.name, repository


def planted(source: Path, root: Path) -> None:
    """A copy of a file or a folder, without the marks of fixtures."""
    root.mkdir()
    if source.is_dir():
        ignored = shutil.ignore_patterns(".git", "__pycache__", ".mldebt_cache")
        shutil.copytree(source, root, symlinks=True, dirs_exist_ok=True, ignore=ignored)
    else:
        shutil.copy(source, root)
    if FIXTURES in source.parents:
        for path in (each for each in root.rglob("*") if each.is_file()):
            path.write_bytes(_MARK.sub(lambda found: b" " * len(found[0]), path.read_bytes()))


def git(root: Path, *command: str) -> bytes:
    settings = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "core.hooksPath=/dev/null"]
    settings += ["-c", "core.autocrlf=false", "-c", "gc.auto=0"]
    return subprocess.run(["git", *settings, *command], cwd=root, check=True, capture_output=True).stdout


def compiles(data: bytes, path: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(data, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def fix(name: str, source: Path, way: str, folder: Path) -> Result:
    """Fix one copy one way, and look at it from all sides."""
    result, root = Result(name, way), folder / "copy"
    planted(source, root)
    request = Request(root, root=str(root), flags=Flags(jobs=1))
    if not any(is_fixable(each, WAYS[way]) for each in execute(request).run.findings):
        return result
    for command in (["init", "-q"], ["add", "-A", "-f", "--", ":!.mldebt_cache"], ["commit", "-q", "-m", "as it was"]):
        git(root, *command)
    before = execute(request)  # what git knows is what is read from here on
    done = repair(request, before, WAYS[way])
    result.findings, result.rounds, result.files = len(heard(before)), len(done.rounds), len(done.changes)
    result.fixed = Counter(each.finding.code for each in done.applied)
    result.refused = Counter(reason(notice.message) for notice in done.notices if notice.kind == "not-fixed")
    result.trouble += [f"crashed: {notice.message}" for notice in done.notices if notice.fatal]
    if done.changes:
        result.trouble += [f"not written: {notice.message}" for notice in write_changes(done)]
        result.trouble += [*only_edits(root, done), *still_compile(root, done), *gone(before, execute(request), done)]
        again = repair(request, execute(request), WAYS[way])
        result.trouble += [f"a second run changes {path}" for path in again.changes]
    return result


def heard(outcome: Outcome) -> list[Finding]:
    return [
        each for each in outcome.run.findings
        if each.status is Status.OPEN and each.confidence is not Confidence.LOW
    ]  # fmt: skip


def reason(message: str) -> str:
    """Why a fix was refused, without the place."""
    return re.sub(r"at \S+:\d+", "", message.partition(" is not fixed: ")[2]).strip()


def still_compile(root: Path, done: Repaired) -> Iterator[str]:
    for path, change in done.changes.items():
        if path.endswith(".py") and compiles(change.before, path) and not compiles((root / path).read_bytes(), path):
            yield f"{path} does not compile any more"


def only_edits(root: Path, done: Repaired) -> Iterator[str]:
    """Do the files hold the edits of all rounds and nothing else? The bytes are put together anew here."""
    held = {path: git(root, "show", f"HEAD:./{path}") for path in done.changes}
    for made in done.rounds:
        edits = sorted({edit for each in made.applied for edit in each.fix.edits})
        for path in sorted({edit.path for edit in edits}):
            held[path] = edited(held[path], [edit for edit in edits if edit.path == path])
    for path, data in held.items():
        if (root / path).read_bytes() != data:
            yield f"{path} holds more than the edits"
    changed = git(root, "-c", "core.quotePath=false", "status", "--porcelain", "-z", "--", ":!.mldebt_cache").split(
        b"\0"
    )
    if {line[3:].decode() for line in changed if line} != set(done.changes):
        yield "git sees other files changed"


def edited(data: bytes, edits: list[Edit]) -> bytes:
    """The bytes with edits made, in the encodings that a copy can be read in without a declaration."""
    mark = data[:3] if data.startswith(b"\xef\xbb\xbf") else b""
    encoding = "utf-8"
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError:
        encoding = "latin-1"
        text = data.decode(encoding)
    starts = [0, *(found.end() for found in re.finditer(r"\r\n?|\n", text))]
    parts, at = [], 0
    for edit in edits:
        start = starts[edit.span.line - 1] + edit.span.column - 1
        parts += [text[at:start], edit.text]
        at = starts[edit.span.end_line - 1] + edit.span.end_column - 1
    return mark + "".join([*parts, text[at:]]).encode(encoding)


def gone(before: Outcome, after: Outcome, done: Repaired) -> Iterator[str]:
    """Fixed findings that are still there, and rules that find more than is left."""
    had, has = (Counter(each.identity for each in heard(outcome)) for outcome in (before, after))
    fixed = Counter(each.finding.identity for each in done.applied)
    for identity, number in fixed.items():
        if has[identity] > max(had[identity] - number, 0):
            yield f"still there: {identity}"
    codes, found = (Counter(each.code for each in heard(outcome)) for outcome in (before, after))
    codes.subtract(each.finding.code for each in done.applied)
    families = {each.finding.family for each in done.applied}
    for code, number in found.items():
        if number > max(codes[code], 0) and code[:3] not in families:
            yield f"{code} is found {number} times, {codes[code]} were left"


def main(arguments: list[str]) -> int:
    total: dict[str, Counter[str]] = {way: Counter() for way in WAYS}
    refused: Counter[str] = Counter()
    broken = 0
    for name, source in copies(arguments):
        for way in WAYS:
            with tempfile.TemporaryDirectory() as folder:
                result = fix(name, source, way, Path(folder))
            total[way]["copies"] += 1
            total[way].update({f"{code} fixed": number for code, number in result.fixed.items()})
            refused.update(result.refused if way == "unsafe" else {})
            broken += bool(result.trouble)
            if result.fixed or result.trouble or result.refused:
                print(result, flush=True)
            for trouble in result.trouble:
                print(f"    BROKEN: {trouble}", flush=True)
    for way, counts in total.items():
        print(f"{way}: " + ", ".join(f"{number} {what}" for what, number in sorted(counts.items())))
    for why, number in refused.most_common(20):
        print(f"{number:>5} refused: {why}")
    print(f"{broken} broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
