"""What is remembered changes nothing but the time: not when files change, runs collide or the store is not ours."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest

from mldebt.cache import DATABASE
from mldebt.config import Flags
from mldebt.facts import FileFacts
from mldebt.report import REPORTS, ReportOptions
from mldebt.run import Request, execute, exit_code
from mldebt.sealed import seal
from mldebt.snapshot import STORE as FOLDER

PROJECT = Path(__file__).parent.parent / "fixtures" / "projects" / "credit-service"
BAD = "import torch\n\n\ndef f(net, x):\n    return torch.sigmoid(net(x)) > 0.72\n"
GOOD = BAD.replace("0.72", "y")


def run(root: Path, jobs: int = 1, cached: bool = True) -> tuple[int, str, str]:
    """Exit code, JSON and notices of a run."""
    outcome = execute(Request(root, root=str(root), flags=Flags(jobs=jobs), cached=cached))
    document = REPORTS["json"](outcome.run, outcome.specs, ReportOptions(), lambda path: None)
    return exit_code(outcome), document, "\n".join(notice.message for notice in outcome.run.notices)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(PROJECT, tmp_path / "p", ignore=shutil.ignore_patterns("__pycache__", FOLDER))
    return tmp_path / "p"


def age(root: Path) -> None:
    """Make every file old enough for its time to tell whether it changed."""
    for path in root.rglob("*"):
        if path.is_file() and FOLDER not in path.parts:
            os.utime(path, (1_700_000_000, 1_700_000_000))


def test_cold_warm_and_without_a_store_are_the_same(project: Path) -> None:
    age(project)
    cold = run(project)
    assert run(project) == cold
    assert run(project, jobs=2) == cold
    assert run(project, cached=False) == cold
    assert (project / FOLDER / ".gitignore").read_text().endswith("*\n")


def test_a_run_without_the_cache_leaves_nothing(project: Path) -> None:
    run(project, cached=False)
    assert not (project / FOLDER).exists()


@pytest.mark.parametrize("old", [True, False], ids=["long-ago", "just-now"])
def test_a_change_is_seen_though_size_and_time_stay(old: bool, tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(BAD)
    if old:
        age(tmp_path)
    before = path.stat()
    assert run(tmp_path)[0] == 1
    path.write_text(BAD.replace("0.72", "y   "))
    if not old:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert run(tmp_path)[0] == 0


def test_a_touched_file_is_known_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    age(tmp_path)
    first = run(tmp_path)
    connection = sqlite3.connect(tmp_path / FOLDER / DATABASE)
    connection.execute("update files set digest = digest")  # the store is readable as what it is
    stored = connection.execute("select path, length(facts) from files").fetchall()
    connection.close()
    os.utime(tmp_path / "a.py")
    assert run(tmp_path) == first
    assert [path for path, _ in stored] == ["a.py"]


def test_what_decides_the_facts_is_in_the_key(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    age(tmp_path)
    assert run(tmp_path)[0] == 1
    (tmp_path / "mldebt.toml").write_text("[rules.THR001]\nallowed-literals = [0.72]\n")
    assert run(tmp_path)[0] == 0
    (tmp_path / "mldebt.toml").write_text("ignore = ['THR001']\n")
    assert run(tmp_path)[0] == 0
    (tmp_path / "mldebt.toml").unlink()
    assert run(tmp_path)[0] == 1


def test_a_removed_and_a_new_file_are_seen(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    assert run(tmp_path)[0] == 1
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    findings = json.loads(run(tmp_path)[1])["findings"]
    assert {each["path"] for each in findings} == {"b.py"}


def test_an_unsaved_buffer_is_not_remembered(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(GOOD)
    command = [sys.executable, "-m", "mldebt", "check", "-", "--stdin-filename", "a.py", "--root", "."]
    done = subprocess.run(command, cwd=tmp_path, input=BAD.encode(), capture_output=True, check=False)
    assert done.returncode == 1
    assert run(tmp_path)[0] == 0


POISON = "every finding is gone"


def poison(root: Path) -> None:
    """A store that says of every file that nothing is in it."""
    run(root)
    connection = sqlite3.connect(root / FOLDER / DATABASE)
    connection.execute("update files set facts = ?", (seal(FileFacts("a.py", "python", 5, True)),))
    connection.commit()
    connection.close()


def test_a_store_that_git_tracks_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    age(tmp_path)
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@index.example.org"]
    for arguments in (["init", "-q"], ["add", "a.py"], ["commit", "-qm", "x"]):
        subprocess.run([*git, *arguments], cwd=tmp_path, check=True)
    poison(tmp_path)
    assert run(tmp_path)[0] == 0, "the poison works while nothing forbids it"
    for arguments in (["add", "-f", FOLDER], ["commit", "-qm", "x"]):
        subprocess.run([*git, *arguments], cwd=tmp_path, check=True)
    code, _, said = run(tmp_path)
    assert code == 1
    assert "git tracks it" in said


def test_a_store_in_an_archive_is_not_believed(tmp_path: Path) -> None:
    """No git, and the receiver owns the store: only what this user's mldebt has signed is true."""
    (tmp_path / "a.py").write_text(BAD)
    age(tmp_path)
    expected = run(tmp_path)
    poison(tmp_path)
    assert run(tmp_path) == expected


def test_what_is_signed_for_one_file_is_not_true_of_another(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(GOOD)
    (tmp_path / "b.py").write_text(BAD)
    age(tmp_path)
    expected = run(tmp_path)
    connection = sqlite3.connect(tmp_path / FOLDER / DATABASE)
    row = connection.execute("select facts, signature from files where path = 'a.py'").fetchone()
    connection.execute("update files set facts = ?, signature = ? where path = 'b.py'", row)
    connection.commit()
    connection.close()
    assert run(tmp_path) == expected


def test_a_store_that_is_a_link_is_refused(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    for folder in (inside, outside):
        folder.mkdir()
        (folder / "a.py").write_text(BAD)
        age(folder)
    poison(outside)
    (inside / FOLDER).symlink_to(outside / FOLDER, target_is_directory=True)
    code, _, said = run(inside)
    assert (code, "is a link" in said) == (1, True)
    (inside / FOLDER).unlink()
    (inside / FOLDER).mkdir()
    (inside / FOLDER / DATABASE).symlink_to(outside / FOLDER / DATABASE)
    code, _, said = run(inside)
    assert (code, "is a link" in said) == (1, True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_store_of_another_user_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    age(tmp_path)
    poison(tmp_path)
    os.chown(tmp_path / FOLDER / DATABASE, 12345, 12345)
    code, _, said = run(tmp_path)
    assert (code, "belongs to another user" in said) == (1, True)


@pytest.mark.parametrize("data", [b"", b"nonsense" * 1000, b"SQLite format 3\0" + b"\0" * 5000])
def test_a_broken_store_is_begun_anew(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    first = run(tmp_path)
    (tmp_path / FOLDER / DATABASE).write_bytes(data)
    assert run(tmp_path)[:2] == first[:2]
    assert run(tmp_path) == first


def test_rows_that_are_not_ours_are_not_believed(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    age(tmp_path)
    first = run(tmp_path)
    for facts in (b"", b"x", zlib.compress(b"[]"), zlib.compress(b'{"Span":[1,2,3,4]}'), zlib.compress(b'["a.py"]')):
        connection = sqlite3.connect(tmp_path / FOLDER / DATABASE)
        connection.execute("update files set facts = ?", (facts,))
        connection.commit()
        connection.close()
        assert run(tmp_path) == first


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_folder_that_cannot_be_written_is_a_notice(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    tmp_path.chmod(0o500)
    code, _, said = run(tmp_path)
    assert (code, "cannot be used" in said) == (1, True)


def test_a_file_in_the_store_s_place_is_a_notice(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    (tmp_path / FOLDER).write_text("")
    code, _, said = run(tmp_path)
    assert (code, FOLDER in said) == (1, True)


def test_runs_side_by_side_are_right(project: Path) -> None:
    command = [sys.executable, "-m", "mldebt", "check", ".", "--root", ".", "--format", "json", "-q"]
    alone = subprocess.run([*command, "--no-cache"], cwd=project, capture_output=True, text=True, check=False)
    expected = alone.stdout
    runs = [subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [each.communicate(timeout=120)[0] for each in runs] == [expected] * 3


def test_a_killed_run_harms_nothing(project: Path) -> None:
    expected = run(project, cached=False)[1]
    for wait in (0.3, 0.6, 0.9):
        command = [sys.executable, "-m", "mldebt", "check", ".", "--root", ".", "-q"]
        killed = subprocess.Popen(command, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(wait)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        assert run(project)[1] == expected


def test_show_and_clear(project: Path) -> None:
    def said(word: str) -> str:
        command = [sys.executable, "-m", "mldebt", "cache", word, "--root", "."]
        return subprocess.run(command, cwd=project, capture_output=True, text=True, check=True).stdout

    assert "nothing stored" in said("show")
    run(project)
    assert "bytes" in said("show")
    assert "removed" in said("clear")
    assert not (project / FOLDER).exists()
    assert "nothing stored" in said("clear")
