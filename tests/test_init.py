"""``mldebt init``: what it writes, what it leaves alone, and that the check is green after it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from tests.expectations import take
from tests.toy import check, commit, mldebt, plant

PROJECTS = Path(__file__).parent.parent / "fixtures" / "projects"


def contents(folder: Path) -> dict[str, bytes]:
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and ".git/" not in f"{path}/" and ".mldebt_cache" not in path.parts:
            found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return found


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """An old repository that knows nothing of mldebt."""
    toy = plant(tmp_path / "old")
    (toy / "mldebt.toml").unlink()
    for folder in (".vscode", ".idea"):
        (toy / folder).mkdir()
    commit(toy)
    return toy


def test_an_old_repository_is_green_afterwards(old: Path) -> None:
    before = contents(old)
    assert check(old).code == 1
    ran = mldebt(old, "init")
    assert ran.code == 0
    written = {line.split(" ")[1].rstrip(":") for line in ran.out.splitlines() if line.startswith("wrote ")}
    assert written == {
        "mldebt-baseline.txt", "mldebt.toml", ".pre-commit-config.yaml", ".github/workflows/mldebt.yml",
        ".vscode/tasks.json", ".idea/watcherTasks.xml",
    }  # fmt: skip
    after = contents(old)
    assert set(after) - set(before) == written
    assert {path: after[path] for path in before} == before
    assert check(old).code == 0
    hooks = yaml.safe_load(after[".pre-commit-config.yaml"])["repos"][0]["hooks"]
    assert [hook["id"] for hook in hooks] == ["mldebt"]
    assert yaml.safe_load(after[".github/workflows/mldebt.yml"])["jobs"]
    assert json.loads(after[".vscode/tasks.json"])["tasks"]
    assert ElementTree.fromstring(after[".idea/watcherTasks.xml"]).tag == "project"
    commit_all(old)
    assert check(old).code == 0  # nothing that was written owes anything


def commit_all(folder: Path) -> None:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "core.hooksPath=/dev/null")
    subprocess.run(["git", "add", "-A"], cwd=folder, env=environment, check=True)
    subprocess.run(["git", *identity, "commit", "-qm", "init"], cwd=folder, env=environment, check=True)


def test_a_second_time_changes_nothing(old: Path) -> None:
    mldebt(old, "init")
    before = contents(old)
    ran = mldebt(old, "init")
    assert ran.code == 0
    assert contents(old) == before
    assert "wrote" not in ran.out
    assert "kept .pre-commit-config.yaml: it is there; add this" in ran.out


def test_a_dry_run_writes_nothing_and_shows_everything(old: Path) -> None:
    before = contents(old)
    ran = mldebt(old, "init", "--dry-run")
    assert ran.code == 0
    assert contents(old) == before
    assert ran.out.count("would write ") == 6
    assert '    baseline = "mldebt-baseline.txt"' in ran.out
    assert "          entry: mldebt check --new --quick --force-exclude" in ran.out


def test_without_a_baseline_the_check_says_what_counts(old: Path) -> None:
    ran = mldebt(old, "init", "--no-baseline")
    assert ran.code == 1
    assert not (old / "mldebt-baseline.txt").exists()
    assert "exit code 1" in ran.out


def test_what_is_there_is_kept(old: Path) -> None:
    """Also where it is a link to somewhere else, or speaks of mldebt already."""
    (old / ".pre-commit-config.yaml").symlink_to(old.parent / "elsewhere.yaml")
    (old / ".gitlab-ci.yml").write_text("stages: [test]\n")
    (old / "pyproject.toml").write_text("[tool.mldebt]\nfail-on = 'never'\n")
    ran = mldebt(old, "init")
    assert ran.code == 0
    assert not (old.parent / "elsewhere.yaml").exists()
    assert not (old / "mldebt.toml").exists()
    assert not (old / ".github").exists()
    assert "kept pyproject.toml: [tool.mldebt] is there" in ran.out
    assert "kept .gitlab-ci.yml: it is there; add this job" in ran.out


def test_a_folder_that_leads_elsewhere_is_not_written_to(old: Path) -> None:
    (old.parent / "elsewhere").mkdir()
    (old / ".github").symlink_to(old.parent / "elsewhere")
    ran = mldebt(old, "init")
    assert ran.code == 2
    assert "leads out of the repository" in ran.err
    assert list((old.parent / "elsewhere").iterdir()) == []


def test_a_clean_repository_needs_no_baseline(tmp_path: Path) -> None:
    root, _ = take(PROJECTS / "clean-service", tmp_path)
    for name in ("mldebt.toml",):
        (root / name).unlink(missing_ok=True)
    commit(root)
    ran = mldebt(root, "init")
    assert ran.code == 0
    assert not (root / "mldebt-baseline.txt").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(tmp_path: Path, shell: str) -> None:
    assert "_MLDEBT_COMPLETE" in mldebt(tmp_path, "completion", shell).out


@pytest.mark.parametrize(
    ("words", "wanted"),
    [("mldebt expl", "explain"), ("mldebt explain THR00", "THR001"), ("mldebt check --form", "--format")],
)
def test_a_shell_completes(tmp_path: Path, words: str, wanted: str) -> None:
    given = words.split()
    env = {"COMP_WORDS": words, "COMP_CWORD": str(len(given) - 1), "_MLDEBT_COMPLETE": "bash_complete"}
    code = "from mldebt.cli import main; main(prog_name='mldebt')"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **env}, capture_output=True, text=True, timeout=60, check=False
    )
    assert f"plain,{wanted}" in done.stdout.split("\n")
