"""Whatever happens to the store, the results are right: kills in the middle of a write, a full disk, a folder that
cannot be written. What cannot be kept is told."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mldebt.config import Flags
from mldebt.observer import Observer
from mldebt.report import REPORTS, ReportOptions
from mldebt.run import Request, execute
from mldebt.snapshot import SETTLED, STORE
from tests.toy import commit, plant

linux = pytest.mark.skipif(sys.platform != "linux", reason="signals and limits are asked of the system")

_PLAIN = "from mldebt.__main__ import main; main()"

_DIES_IN_THE_DATABASE = """
import os, signal
from mldebt import cache
connected = cache._connected
def watched(path):
    connection = connected(path)
    left = [{steps}]
    def step():
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
    connection.set_progress_handler(step, 1)
    return connection
cache._connected = watched
from mldebt.__main__ import main
main()
"""

_DIES_BEFORE_THE_RUN_IS_IN_PLACE = """
import os, signal
os.replace = lambda one, other: os.kill(os.getpid(), signal.SIGKILL)
from mldebt.__main__ import main
main()
"""


def run(root: Path, program: str = _PLAIN, *, limit: int = 0, prefix: tuple[str, ...] = ()) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of ``mldebt check``; no file may grow over ``limit`` bytes."""

    def begin() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [*prefix, sys.executable, "-c", program, "check", "--root", ".", "--jobs", "1"]
    done = subprocess.run(
        command, cwd=root, capture_output=True, text=True, check=False, preexec_fn=begin if limit else None
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is to be said of the project."""
    program = "import sys; sys.argv.append('--no-cache')\n" + _PLAIN
    code, out, _ = run(plant(tmp_path_factory.mktemp("toy")), program)
    assert code == 1
    assert "THR001" in out
    return out


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return plant(tmp_path / "toy")


def _settle() -> None:
    """Let what was written so far grow old enough for its run to be kept."""
    time.sleep(SETTLED / 1e9 + 0.1)


@linux
@pytest.mark.parametrize("steps", [60, 250])
def test_a_kill_in_the_middle_of_a_write(root: Path, expected: str, steps: int) -> None:
    code, _, _ = run(root, _DIES_IN_THE_DATABASE.format(steps=steps))
    assert code == -signal.SIGKILL
    assert (root / STORE / "facts.sqlite").exists()
    for _ in range(2):
        assert run(root)[:2] == (1, expected)


@linux
def test_a_kill_before_a_run_is_in_its_place(root: Path, expected: str) -> None:
    _settle()
    assert run(root, _DIES_BEFORE_THE_RUN_IS_IN_PLACE)[0] == -signal.SIGKILL
    for _ in range(2):
        assert run(root)[:2] == (1, expected)


@linux
@pytest.mark.parametrize("limit", [100, 16_000, 40_000], ids=["nothing", "facts", "run"])
def test_a_full_disk_is_told(root: Path, expected: str, limit: int) -> None:
    _settle()
    code, out, said = run(root, limit=limit)
    assert (code, out) == (1, expected)
    assert f"{STORE} cannot be" in said
    assert run(root)[:2] == (1, expected)


@linux
@pytest.mark.skipif(
    os.geteuid() == 0 and shutil.which("setpriv") is None, reason="nothing is read-only for root with all its powers"
)
@pytest.mark.parametrize("known", [False, True], ids=["empty", "filled"])
def test_a_folder_that_cannot_be_written_is_told(root: Path, expected: str, known: bool) -> None:
    if known:
        run(root)
        (root / "app" / "feed.py").write_text((root / "app" / "feed.py").read_text() + "\n# more\n")
    folders = [root, *([root / STORE] if known else [])]
    for folder in folders:
        folder.chmod(0o500)
    prefix = ("setpriv", "--bounding-set=-dac_override", "--inh-caps=-all") if os.geteuid() == 0 else ()
    try:
        code, out, said = run(root, prefix=prefix)
        assert (code, out) == (1, expected)
        assert f"{STORE} cannot be" in said
    finally:
        for folder in folders:
            folder.chmod(0o700)


class Heard(Observer):
    """How many files were analysed."""

    def __init__(self) -> None:
        self.files = 0

    def todo(self, files: int, size: int, remembered: int) -> None:
        self.files += files


def _check(root: Path) -> tuple[str, int]:
    heard = Heard()
    outcome = execute(Request(root, root=str(root), flags=Flags(jobs=1), observer=heard))
    return REPORTS["json"](outcome.run, outcome.specs, ReportOptions(), lambda path: None), heard.files


def _restored(root: Path, folder: Path, *, git: bool) -> Path:
    """A fresh checkout with a store from elsewhere: other times, other inodes, another path."""
    shutil.copytree(root, folder, copy_function=shutil.copy, ignore=shutil.ignore_patterns(".git"))
    if git:
        commit(folder)
    return folder


@pytest.mark.parametrize("git", [True, False], ids=["git", "plain"])
def test_a_store_restored_into_a_fresh_checkout_is_warm(tmp_path: Path, git: bool) -> None:
    root = plant(tmp_path / "one", git=git)
    first, analysed = _check(root)
    assert analysed > 0
    assert _check(root)[1] == 0
    assert _check(_restored(root, tmp_path / "two", git=git)) == (first, 0)


@pytest.mark.parametrize("git", [True, False], ids=["git", "plain"])
def test_on_another_machine_git_has_to_vouch(tmp_path: Path, git: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A CI system restores a store that another machine has signed; an archive brings one, too."""
    root = plant(tmp_path / "one", git=git)
    first, analysed = _check(root)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
    restored = _restored(root, tmp_path / "two", git=git)
    assert _check(restored) == (first, 0 if git else analysed)
    assert _check(restored) == (first, 0)
