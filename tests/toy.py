"""A small repository in debt, made anew for each test, and the command in this process.

Only the rules of ``KNOWN`` speak, so that others may come. ``app/feed.py`` and its likes owe what they
say to ``app/scoring.py``; the flag is one finding with a site in each of three files;
``requirements.txt`` is a manifest.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from mldebt.cli import main

SCORING = """\
import torch


def judge(net, batch):
    return torch.sigmoid(net(batch)).item()


def is_rude(net, batch):
    return judge(net, batch) > 0.72
"""
CALLER = """\
import os

from app.scoring import judge


def run(net, batch):
    if os.getenv("ENABLE_NEW_RANKER") == "1":
        return None
    return judge(net, batch) < 0.31
"""
KNOWN = ("FLG001", "PIN001", "PIN008", "SUP001", "SUP002", "SUP003", "THR001", "THR006")
CONFIGURATION = f"select = [{', '.join(map(repr, KNOWN))}]\n"
FILES = {
    "app/__init__.py": "",
    "app/scoring.py": SCORING,
    "app/feed.py": CALLER,
    "app/search.py": CALLER,
    "jobs/nightly.py": CALLER,
    "requirements.txt": "torch\nnumpy==2.1.0\n",
    "Dockerfile": "FROM python:3.12\nCOPY . .\nRUN pip install -r requirements.txt\n",
}


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)

    @property
    def findings(self) -> list[dict[str, Any]]:
        """Those of the rules that the tests know."""
        return [each for each in self.document["findings"] if each["code"] in KNOWN]

    @property
    def sites(self) -> set[tuple[str, int, str]]:
        return {(each["path"], each["line"], each["code"]) for each in self.findings}


def plant(folder: Path, *, git: bool = False, **changed: str) -> Path:
    """The repository in ``folder``; ``changed`` are further files (``app__x_py`` is app/x.py)."""
    files = {"mldebt.toml": CONFIGURATION, **FILES}
    files.update({name.replace("__", "/").replace("_", "."): text for name, text in changed.items()})
    for path, text in files.items():
        write(folder / path, text)
    if git:
        commit(folder)
    return folder


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def commit(folder: Path) -> None:
    """Make ``folder`` a repository that tracks all files in it. Nothing of the user's settings counts."""
    safe = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "core.hooksPath=/dev/null")
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "all", "--no-gpg-sign"]):
        subprocess.run(["git", *safe, *command], cwd=folder, env=environment, check=True, capture_output=True)


def mldebt(
    cwd: Path, *arguments: str, stdin: str | bytes | None = None, env: dict[str, str | None] | None = None
) -> Ran:
    """The command, run in ``cwd`` without another process."""
    with _inside(cwd):
        done = CliRunner().invoke(main, list(arguments), input=stdin, env=env, catch_exceptions=False)
    return Ran(done.exit_code, done.stdout, done.stderr)


def check(cwd: Path, *arguments: str, **given: Any) -> Ran:
    """``mldebt check --format json``."""
    return mldebt(cwd, "check", *arguments, "--format", "json", **given)


def in_files(findings: Sequence[dict[str, Any]], folder: str) -> list[dict[str, Any]]:
    """The findings that ``check folder`` is to show: those in it, and those of the project with a site in it."""

    def is_shown(finding: dict[str, Any]) -> bool:
        paths = [finding["path"]]
        if not finding["identity"].startswith(f"{finding['code']}|{finding['path']}|"):
            paths += [each["path"] for each in finding["related"]]
        return any(path.startswith(f"{folder}/") for path in paths)

    return [finding for finding in findings if is_shown(finding)]


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
