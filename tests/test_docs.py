"""The pages that tell people what to type: every block is run as it is written."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repository import begin, git, record

ROOT = Path(__file__).resolve().parent.parent
_STEP = re.compile(
    r"<!-- (?P<what>run|append|file|edit)(?:: (?P<argument>.*?))? -->(?:\n```\w+\n(?P<text>.*?)```)?", re.DOTALL
)


def steps(page: str) -> list[tuple[str, str, str]]:
    text = (ROOT / "docs" / page).read_text("utf-8")
    found = [(each["what"], each["argument"] or "", each["text"] or "") for each in _STEP.finditer(text)]
    assert len(found) == text.count("\n<!-- ")
    return found


def perform(folder: Path, what: str, argument: str, text: str, environment: dict[str, str]) -> str:
    """Do one step; what the commands said. A ``run`` says by a number what it must end with."""
    if what == "run":
        command = ["bash", "-euo", "pipefail", "-c", text]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == int(argument or 0), f"{text}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr
    if what == "edit":
        name, _, change = argument.partition(": ")
        old, _, new = change.partition(" -> ")
        before = (folder / name).read_text("utf-8")
        assert before.count(old) == 1
        (folder / name).write_text(before.replace(old, new), "utf-8")
        return ""
    path = folder / argument
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a" if what == "append" else "w", encoding="utf-8") as file:
        file.write(text)
    return ""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """``mldebt`` by its name, on a day that the pages have in mind, with nothing of the user's settings."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "mldebt"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mldebt "$@"\n', "utf-8")
    program.chmod(0o755)
    identity = {f"GIT_{who}_{what}": "t@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return {
        **os.environ,
        **identity,
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "SOURCE_DATE_EPOCH": "1795737600",  # 2026-11-27
    }


@pytest.mark.skipif(shutil.which("bash") is None, reason="the pages are for a shell")
def test_adopting_as_it_is_written(tmp_path: Path, environment: dict[str, str]) -> None:
    root = tmp_path / "credit-service"
    shutil.copytree(ROOT / "fixtures" / "projects" / "credit-service", root)
    begin(root)
    record(root, "begin")
    record(root, "go on")
    said = [perform(root, *step, environment) for step in steps("adopting.md")]
    assert "known finding" in "".join(said)
    assert any(": fixed THR001: " in each for each in said)
    assert "nothing to fix" not in "".join(said)
    assert any("0 new" in each for each in said)
    assert git(root, "status", "--porcelain", "--untracked-files=no")


@pytest.mark.skipif(shutil.which("bash") is None, reason="the pages are for a shell")
def test_own_rules_as_they_are_written(tmp_path: Path, environment: dict[str, str]) -> None:
    root = tmp_path / "project"
    root.mkdir()
    said = [perform(root, *step, environment) for step in steps("own-rules.md")]
    assert "OWN001 client-not-model: ok" in "".join(said)
