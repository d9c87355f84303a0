"""The hooks, run by pre-commit itself from a clone of this repository's last commit."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.consumers import TOP, program
from tests.toy import write

pytestmark = pytest.mark.integration

DEBT = "import torch\n\n\ndef judge(net, batch):\n    return torch.sigmoid(net(batch)).item() > 0.72\n"
CLEAN = "def double(number):\n    return number * 2\n"
CALLER = "from scoring import judge\n\n\ndef run(net, batch):\n    return judge(net, batch) > 0.31\n"
SCORING = "import torch\n\n\ndef judge(net, batch):\n    return torch.sigmoid(net(batch)).item()\n"


@dataclass(frozen=True)
class Consumer:
    """A repository that uses the hooks."""

    folder: Path
    environment: dict[str, str]

    def run(self, *command: str, code: int | None = None, **environment: str) -> str:
        done = subprocess.run(
            command, cwd=self.folder, env={**self.environment, **environment}, capture_output=True, text=True,
            encoding="utf-8", timeout=900, check=False,
        )  # fmt: skip
        said = done.stdout + done.stderr
        assert code is None or done.returncode == code, said
        return said

    def git(self, *arguments: str, code: int | None = 0, **environment: str) -> str:
        return self.run("git", *arguments, code=code, **environment)

    def hook(self, name: str, *arguments: str, code: int | None = None) -> str:
        return self.run(program("pre-commit"), "run", name, *arguments, "--verbose", code=code)

    def write(self, **files: str) -> None:
        for name, text in files.items():
            write(self.folder / f"{name}.py", text)


@pytest.fixture(scope="session")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the hooks as they are here, committed or not."""
    folder = tmp_path_factory.mktemp("hooks") / "mldebt"
    subprocess.run(["git", "clone", "--quiet", str(TOP), str(folder)], check=True)
    files = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=TOP,
        capture_output=True,
        check=True,
    ).stdout
    for name in files.decode().split("\0"):
        if name and (TOP / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((TOP / name).read_bytes())
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "core.hooksPath=/dev/null"]
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True)
    subprocess.run(["git", *identity, "commit", "-qm", "now", "--allow-empty"], cwd=folder, check=True)
    return folder


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """pre-commit's environments, made once for all tests."""
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture
def consumer(tmp_path: Path, hooks: Path, cache: Path) -> Consumer:
    folder, home = tmp_path / "consumer", tmp_path / "home"
    folder.mkdir()
    home.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {
        "HOME": str(home), "PRE_COMMIT_HOME": str(cache), "PRE_COMMIT_COLOR": "never", "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.org",
        "GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@example.org",
    }  # fmt: skip
    made = Consumer(folder, environment)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=hooks, capture_output=True, text=True, check=True)
    made.git("init", "-q")
    write(
        folder / ".pre-commit-config.yaml",
        f"repos:\n- repo: {hooks.as_uri()}\n  rev: {head.stdout.strip()}\n"
        "  hooks:\n  - id: mldebt\n  - id: mldebt-project\n",
    )
    made.write(base=CLEAN)
    made.git("add", "-A")
    made.git("commit", "-qm", "first", "--no-verify")
    return made


def findings(said: str) -> list[str]:
    return re.findall(r"^(\S+:\d+):\d+: (?:error|warning|note): .*\[\w+\]$", said, re.MULTILINE)


def test_the_manifest_is_one(tmp_path: Path) -> None:
    manifest = str(TOP / ".pre-commit-hooks.yaml")
    assert subprocess.run([program("pre-commit"), "validate-manifest", manifest], check=False).returncode == 0


def test_try_repo(consumer: Consumer, hooks: Path) -> None:
    consumer.write(debt=DEBT)
    consumer.git("add", "-A")
    said = consumer.run(program("pre-commit"), "try-repo", str(hooks), "mldebt", "--verbose", code=1)
    assert findings(said) == ["debt.py:5"]


def test_a_commit_is_blocked_until_it_is_mended_or_suppressed(consumer: Consumer) -> None:
    consumer.run(program("pre-commit"), "install", code=0)
    consumer.write(debt=DEBT)
    consumer.git("add", "-A")
    assert findings(consumer.git("commit", "-m", "debt", code=1)) == ["debt.py:5", "debt.py:5"]  # one a hook
    assert "debt" not in consumer.git("log", "--format=%s")
    suppressed = DEBT.replace("0.72\n", "0.72  # mldebt: ignore[THR001] accepted -- agreed with risk\n")
    consumer.write(debt=suppressed)
    consumer.git("add", "-A")
    consumer.git("commit", "-m", "suppressed")
    consumer.write(more=DEBT)
    consumer.git("add", "-A")
    consumer.git("commit", "-m", "skipped", SKIP="mldebt,mldebt-project")
    consumer.write(more=DEBT.replace("0.72", "threshold").replace("batch):", "batch, threshold):"))
    consumer.git("add", "-A")
    consumer.git("commit", "-m", "mended")
    assert consumer.git("log", "--format=%s").split() == ["mended", "skipped", "suppressed", "first"]


def test_what_is_staged_is_what_is_checked(consumer: Consumer) -> None:
    """A line that is not staged is not seen, and no file that git does not track, by either hook."""
    consumer.write(staged=CLEAN)
    consumer.git("add", "-A")
    consumer.write(staged=CLEAN + DEBT, untracked=DEBT)
    for hook in ("mldebt", "mldebt-project"):
        said = consumer.hook(hook, code=0)
        assert "Passed" in said
        assert findings(said) == []
    assert (consumer.folder / "staged.py").read_text() == CLEAN + DEBT


def test_all_files(consumer: Consumer) -> None:
    consumer.write(debt=DEBT)
    consumer.git("add", "-A")
    consumer.git("commit", "-qm", "old", "--no-verify")
    assert "Skipped" in consumer.hook("mldebt", code=0)
    assert findings(consumer.hook("mldebt-project", "--all-files", code=1)) == ["debt.py:5"]


def test_what_another_file_says_is_heard(consumer: Consumer) -> None:
    consumer.write(scoring=SCORING)
    consumer.git("add", "-A")
    consumer.git("commit", "-qm", "scores", "--no-verify")
    consumer.write(caller=CALLER)
    consumer.git("add", "-A")
    assert findings(consumer.hook("mldebt", code=1)) == ["caller.py:5"]


def test_many_files_in_several_calls_are_as_one_call(consumer: Consumer) -> None:
    """More than 128 KiB of names are split by pre-commit; each call sees the whole project."""
    folder = "/".join(["d" * 60] * 3)
    for number in range(900):
        write(consumer.folder / folder / f"caller_{number:03}.py", CALLER if number % 90 == 0 else CLEAN)
    consumer.write(scoring=SCORING)
    consumer.git("add", "-A")
    said = consumer.hook("mldebt", code=1)
    calls = said.count("next: mldebt")
    assert calls > 1, "the names were not split: make them longer"
    single = subprocess.run(
        [sys.executable, "-m", "mldebt", "check", "-q"],
        cwd=consumer.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert sorted(findings(said)) == sorted(findings(single.stdout))
    assert len(findings(said)) == 10


def test_a_run_that_cannot_be_trusted_fails(consumer: Consumer) -> None:
    write(consumer.folder / "mldebt.toml", "selekt = []\n")
    consumer.write(fine=CLEAN)
    consumer.git("add", "-A")
    said = consumer.hook("mldebt", code=1)
    assert "exit code: 2" in said
    assert "did you mean 'select'" in said


def test_exclusions_hold_for_staged_files(consumer: Consumer) -> None:
    write(consumer.folder / "mldebt.toml", 'exclude = ["legacy_*.py"]\n')
    consumer.write(legacy_debt=DEBT)
    consumer.git("add", "-A")
    assert findings(consumer.hook("mldebt", code=0)) == []


def test_requirements_call_the_hook(consumer: Consumer) -> None:
    write(consumer.folder / "requirements.txt", "torch\n")
    write(consumer.folder / "Dockerfile", "FROM python:3.12\nRUN pip install -r requirements.txt\n")
    consumer.git("add", "-A")
    assert findings(consumer.hook("mldebt", code=1)) == ["requirements.txt:1"]


RUFF = """\
- repo: local
  hooks:
  - id: ruff
    name: ruff
    entry: ruff check --force-exclude --exit-zero
    language: python
    additional_dependencies: ["ruff"]
    types_or: [python]
    require_serial: true
"""
ROUNDS = 7


def test_a_second_run_takes_no_longer_than_twice_ruffs(consumer: Consumer, capsys: pytest.CaptureFixture[str]) -> None:
    """Both by pre-commit, in the same repository, over the same staged file, after a first run of each."""
    path = consumer.folder / ".pre-commit-config.yaml"
    write(path, path.read_text("utf-8") + RUFF)
    consumer.write(debt=DEBT)
    consumer.git("add", "-A")
    consumer.git("commit", "-qm", "old", "--no-verify")
    consumer.write(debt=DEBT + "\n\nx = 1\n")
    consumer.git("add", "-A")
    time.sleep(3)  # what changed just now cannot be told from what changes next, and is run again
    for name in ("mldebt", "ruff"):
        consumer.hook(name, code=0)
    times = {name: [took(consumer, name) for _ in range(ROUNDS)] for name in ("mldebt", "ruff")}
    mine, theirs = (statistics.median(times[name]) for name in ("mldebt", "ruff"))
    with capsys.disabled():
        sys.stdout.write(f"\nsecond hook run, median of {ROUNDS}: mldebt {mine:.2f} s, ruff {theirs:.2f} s\n")
    assert mine <= 2 * theirs


def took(consumer: Consumer, hook: str) -> float:
    began = time.perf_counter()
    consumer.run(program("pre-commit"), "run", hook, code=0)
    return time.perf_counter() - began
