"""Edits of a repository, each of one file: some leave its debt alone, some add to it, some repay.

Everything is drawn from a ``random.Random`` that is given, so that a run can be repeated.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Edit:
    """What was done. ``lines`` are the first and last that were added, for debts; (0, 0) else."""

    kind: str
    path: str
    code: str = ""
    lines: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Repository:
    """A work tree of git, and the Python files in it that parse, own and no larger than a person reads."""

    root: Path

    def python(self) -> list[str]:
        listed = subprocess.run(["git", "ls-files", "-z", "*.py"], cwd=self.root, capture_output=True, check=True)
        return sorted(path for path in listed.stdout.decode().split("\0") if path and (self.root / path).is_file())

    def read(self, path: str) -> str | None:
        try:
            text = (self.root / path).read_bytes().decode("utf-8")
            ast.parse(text)
        except (OSError, ValueError, SyntaxError, RecursionError):
            return None
        return text if "\r" not in text and "\f" not in text and len(text) < 200_000 else None

    def write(self, path: str, text: str) -> None:
        (self.root / path).write_bytes(text.encode("utf-8"))

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.root, check=True, capture_output=True)


# --- edits that touch no debt ----------------------------------------------------------------------


def reformat(repository: Repository, path: str, random: Random) -> bool:
    """ruff format, with a random width and quote style."""
    width, quotes = random.choice([60, 79, 88, 100, 140]), random.choice(["double", "single"])
    options = [f"line-length={width}", f'format.quote-style="{quotes}"', 'target-version="py310"']
    command = [sys.executable, "-m", "ruff", "format", "--quiet", "--isolated", "--no-cache"]
    for option in options:
        command += ["--config", option]
    before = repository.read(path)
    done = subprocess.run([*command, path], cwd=repository.root, capture_output=True, check=False)
    return done.returncode == 0 and repository.read(path) != before


def loosen(repository: Repository, path: str, random: Random) -> bool:
    """Blank lines and comments between the statements at the top."""
    text = repository.read(path)
    if text is None:
        return False
    lines = text.split("\n")
    for statement in reversed(ast.parse(text).body):
        if random.random() < 0.3:
            first = _first_line(statement) - 1
            lines[first:first] = random.choice([[""], ["", "", ""], ["", "# a remark", ""]])
    changed = "\n".join(lines)
    if changed == text or not _holds_docstring(text, changed) or not _same_program(text, changed):
        return False
    repository.write(path, changed)
    return True


def move(repository: Repository, path: str, random: Random) -> bool:
    """Two functions or classes that follow each other change places."""
    text = repository.read(path)
    if text is None:
        return False
    body = ast.parse(text).body
    pairs = [
        (one, other)
        for one, other in pairwise(body)
        if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))
        and isinstance(other, (ast.FunctionDef, ast.AsyncFunctionDef))
        and one.name != other.name
        and not other.decorator_list
        and not one.decorator_list
    ]
    if not pairs:
        return False
    one, other = random.choice(pairs)
    lines = text.split("\n")
    a, b = one.lineno - 1, one.end_lineno or one.lineno
    c, d = other.lineno - 1, other.end_lineno or other.lineno
    changed = "\n".join([*lines[:a], *lines[c:d], *lines[b:c], *lines[a:b], *lines[d:]])
    if sorted(ast.dump(each) for each in ast.parse(changed).body) != sorted(ast.dump(each) for each in body):
        return False
    repository.write(path, changed)
    return True


def rename(repository: Repository, path: str, random: Random) -> bool:
    """Another name for a module that no other file speaks of."""
    old = Path(path)
    if old.name.startswith(("test", "__", "conftest", "setup")) or repository.read(path) is None:
        return False
    for other in repository.python():
        if other != path and re.search(
            rf"\b{re.escape(old.stem)}\b", (repository.root / other).read_text("utf-8", "replace")
        ):
            return False
    new = old.with_name(f"our_{old.name}")
    if (repository.root / new).exists():
        return False
    repository.git("mv", path, new.as_posix())
    return True


def reorder(repository: Repository, path: str, random: Random) -> bool:
    """The imports at the top of a file in another order."""
    text = repository.read(path)
    if text is None:
        return False
    body = ast.parse(text).body
    run: list[ast.stmt] = []
    for statement in body:
        named = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        if isinstance(statement, (ast.Import, ast.ImportFrom)) and not named:
            if run and statement.lineno != (run[-1].end_lineno or 0) + 1:
                break
            run.append(statement)
        elif run:
            break
    if len(run) < 2:
        return False
    lines = text.split("\n")
    pieces = [lines[each.lineno - 1 : each.end_lineno] for each in run]
    first, last = run[0].lineno - 1, run[-1].end_lineno or 0
    random.shuffle(pieces)
    changed = "\n".join([*lines[:first], *(line for piece in pieces for line in piece), *lines[last:]])
    if changed == text:
        return False
    repository.write(path, changed)
    return True


HARMLESS: Mapping[str, Callable[[Repository, str, Random], bool]] = {
    "reformat": reformat,
    "loosen": loosen,
    "move": move,
    "rename": rename,
    "reorder": reorder,
}


def _first_line(statement: ast.stmt) -> int:
    decorators = statement.decorator_list if isinstance(statement, _DEFINITIONS) else []
    return min([statement.lineno, *(each.lineno for each in decorators)])


def _holds_docstring(before: str, after: str) -> bool:
    return ast.get_docstring(ast.parse(before)) == ast.get_docstring(ast.parse(after))


def _same_program(before: str, after: str) -> bool:
    return ast.dump(ast.parse(before)) == ast.dump(ast.parse(after))


# --- edits that add debt, and that repay it --------------------------------------------------------

_DEBTS: Mapping[str, tuple[str, str]] = {
    "threshold": (
        "THR001",
        """

def accepts_{n}(classifier, rows):
    probability_{n} = classifier.predict_proba(rows)[0, 1]
    return probability_{n} > 0.{n}
""",
    ),
    "artefact": (
        "PIN008",
        """

def load_{n}():
    from transformers import AutoModel

    return AutoModel.from_pretrained("acme/encoder-{n}")
""",
    ),
    "flag": (
        "FLG004",
        """

USE_BLENDING_{n} = False


def blend_{n}(rows):
    if USE_BLENDING_{n}:
        return rows * {n}
    return rows
""",
    ),
    "environment": (
        "ENV001",
        """

def endpoint_{n}(rows):
    import os

    if os.environ["APP_ENV"] == "production":
        return send_{n}(rows)
    return rows
""",
    ),
}


def indebt(repository: Repository, path: str, number: int, kind: str) -> Edit | None:
    """A debt at the end of a file, in a function of its own."""
    text = repository.read(path)
    if text is None:
        return None
    code, template = _DEBTS[kind]
    text = text.rstrip("\n") + "\n"
    added = template.format(n=number)
    first = text.count("\n") + 1
    repository.write(path, text + added)
    return Edit(kind, path, code, (first, first + added.count("\n")))


DEBTS = tuple(_DEBTS)


def repay(repository: Repository, path: str, line: int, end_line: int) -> bool:
    """Put ``pass`` in the place of the smallest statement around a finding."""
    text = repository.read(path)
    if text is None:
        return False
    around = [
        each
        for each in ast.walk(ast.parse(text))
        if isinstance(each, ast.stmt)
        and not isinstance(each, (*_DEFINITIONS, ast.Import, ast.ImportFrom))
        and each.lineno <= line
        and (each.end_lineno or 0) >= end_line
    ]
    if not around:
        return False
    smallest = max(around, key=lambda each: (each.lineno, -(each.end_lineno or 0)))
    lines = text.split("\n")
    indent = lines[smallest.lineno - 1][: smallest.col_offset]
    changed = [*lines[: smallest.lineno - 1], f"{indent}pass", *lines[smallest.end_lineno or smallest.lineno :]]
    if indent.strip():
        return False
    repository.write(path, "\n".join(changed))
    if repository.read(path) is None:
        repository.write(path, text)
        return False
    return True
