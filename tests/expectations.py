"""Fixtures carry what is expected of them on the line: ``# expect: THR001`` (several with commas)."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from mldebt.model import Confidence, Finding, Status
from mldebt.run import Outcome

MARK = re.compile(r"# expect: ([A-Z]{3}\d{3}(?:, ?[A-Z]{3}\d{3})*)")

Site = tuple[str, int, str]  # path below the root, line, code


def expected_in(path: str, text: str) -> set[Site]:
    """What the comments of one file expect."""
    return {
        (path, number, code)
        for number, line in enumerate(text.split("\n"), 1)
        for found in MARK.finditer(line)
        for code in re.split(r", ?", found[1])
    }


def blank(text: str) -> str:
    """The text without its expectations: blanks of the same length, so that no place moves."""
    return MARK.sub(lambda found: " " * len(found[0]), text)


def take(project: Path, folder: Path) -> tuple[Path, set[Site]]:
    """A copy of a fixture (a folder, or one file) under ``folder``, blanked, and what it expects."""
    copy = folder / (project.name if project.is_dir() else project.stem)
    if project.is_dir():
        shutil.copytree(project, copy, ignore=shutil.ignore_patterns("__pycache__", ".venv"))
    else:
        copy.mkdir()
        shutil.copy(project, copy / project.name)
    expected: set[Site] = set()
    for path in sorted(each for each in copy.rglob("*") if each.is_file()):
        text = path.read_bytes().decode("utf-8", "surrogateescape")
        expected |= expected_in(path.relative_to(copy).as_posix(), text)
        path.write_bytes(blank(text).encode("utf-8", "surrogateescape"))
    return copy, expected


def heard(outcome: Outcome) -> list[Finding]:
    """What a person could see: open, and not a guess."""
    return [
        finding
        for finding in outcome.run.findings
        if finding.status is Status.OPEN and finding.confidence is not Confidence.LOW
    ]


def sites(outcome: Outcome) -> set[Site]:
    """Where what a person could see stands."""
    return {(finding.place.path, finding.place.span.line, finding.code) for finding in heard(outcome)}
