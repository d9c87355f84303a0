"""A store that a CI system restored: other times, other inodes, another path and another user's secret."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from mldebt import kept_run, workers
from mldebt.report import REPORTS, ReportOptions
from mldebt.run import Outcome, Request, execute
from mldebt.snapshot import STORE
from tests.toy import SCORING, commit, plant, write


@pytest.fixture
def analysed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of all files that are analysed from now on."""
    seen: list[str] = []
    original = workers.analyse_files

    def counted(job: Any, sources: Sequence[Any], *rest: Any) -> Any:
        seen.extend(each.path for each in sources)
        return original(job, sources, *rest)

    monkeypatch.setattr(workers, "analyse_files", counted)
    return seen


def run(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch, **asked: Any) -> Outcome:
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
    return execute(Request(cwd=root, root=str(root), **asked))


def test_a_restored_store_is_warm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, analysed: list[str]) -> None:
    first = plant(tmp_path / "first", git=True)
    before = run(first, tmp_path / "home1", monkeypatch)
    assert len(analysed) == before.run.summary.files > 5
    analysed.clear()

    clone = tmp_path / "elsewhere" / "clone"
    subprocess.run(["git", "clone", "-q", str(first), str(clone)], check=True)
    shutil.copytree(first / STORE, clone / STORE)
    for path in clone.rglob("*.py"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    after = run(clone, tmp_path / "home2", monkeypatch)
    assert analysed == []
    reports = [REPORTS["json"](each.run, each.specs, ReportOptions(), each.text_of) for each in (before, after)]
    assert reports[0] == reports[1]

    write(clone / "app" / "scoring.py", SCORING + "\n")
    commit(clone)
    run(clone, tmp_path / "home2", monkeypatch)
    assert analysed == ["app/scoring.py"]


def test_a_restored_store_makes_a_hurried_run_a_whole_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, analysed: list[str]
) -> None:
    monkeypatch.setattr("mldebt.run.QUICK_BYTES", 100)
    first = plant(tmp_path / "first", git=True)
    run(first, tmp_path / "home1", monkeypatch)
    analysed.clear()
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(first), str(clone)], check=True)
    shutil.copytree(first / STORE, clone / STORE)
    outcome = run(clone, tmp_path / "home2", monkeypatch, paths=("app/feed.py",), quick=True)
    assert analysed == []
    assert "quick" not in {each.kind for each in outcome.run.notices}


# --- a hook that runs a second time --------------------------------------------------------------------


def test_a_second_hook_run_is_remembered_until_the_commit_moves(tmp_path: Path) -> None:
    """What is new against HEAD is the same while HEAD and the files are; then it is found out again."""
    toy = plant(tmp_path / "toy", git=True)
    write(toy / "app" / "scoring.py", SCORING.replace("0.72", "0.73"))
    age(toy)
    arguments = ("check", "--new", "--quick", "--force-exclude", "app/scoring.py")
    first, second = hook(toy, *arguments), hook(toy, *arguments)
    assert first[0] == second[0] == 1
    assert first[1] == second[1]
    assert len(kept(toy)) == 1
    subprocess.run(["git", "add", "-A"], cwd=toy, check=True)
    commit(toy)
    assert hook(toy, *arguments)[0] == 0


def age(folder: Path) -> None:
    """As if nothing had changed for a while: what changed just now cannot be told from what changes next."""
    time.sleep(2.2)


def kept(folder: Path) -> list[Path]:
    return [path for path in (folder / STORE).iterdir() if path.suffix == kept_run.SUFFIX]


def hook(folder: Path, *arguments: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "mldebt", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout, done.stderr
