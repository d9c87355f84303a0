"""A run that is remembered says the same bytes, and is only believed while everything is as it was."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from mldebt.snapshot import STORE
from tests.toy import CALLER, commit, plant, write

HEAVY = ("libcst", "sarif_om", "click", "pyflakes", "yaml", "tomli", "json", "dataclasses", "msgspec", "sqlite3")
_PROGRAM = f"""
import sys
from mldebt.__main__ import main
try:
    main()
finally:
    sys.stderr.write("\\n#" + " ".join(name for name in {HEAVY!r} if name in sys.modules))
"""


@dataclass(frozen=True)
class Ran:
    """A run in a process of its own. ``imported`` are the modules that one which is remembered does not need."""

    code: int
    out: bytes
    err: str
    imported: frozenset[str]

    @property
    def remembered(self) -> bool:
        return not self.imported

    def same(self, other: Ran) -> bool:
        return (self.code, self.out, self.err) == (other.code, other.out, other.err)


def check(cwd: Path, *arguments: str, env: dict[str, str] | None = None) -> Ran:
    command = [sys.executable, "-c", _PROGRAM, "check", *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, check=False, env={**os.environ, **(env or {})})
    err, _, imported = done.stderr.decode().rpartition("\n#")
    return Ran(done.returncode, done.stdout, err, frozenset(imported.split()))


def settle(root: Path) -> None:
    """Make what was written so far old enough for its time to tell the next change."""
    for path in root.rglob("*"):
        if path.is_file() and STORE not in path.parts:
            os.utime(path, (1_700_000_000, 1_700_000_000))
    time.sleep(2.1)  # the time of any change cannot be set


@pytest.fixture(params=[False, True], ids=["plain", "git"])
def toy(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return plant(tmp_path / "toy", git=request.param)


@pytest.mark.parametrize(
    "arguments",
    [
        (".",), ("-q", "app"), ("--format", "json", "-q"), ("--format", "full", "-q"), ("--format", "sarif", "-q"),
        ("--show", "notes", "-q", "--fail-on", "never"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_the_same_bytes(toy: Path, arguments: tuple[str, ...]) -> None:
    settle(toy)
    plain = check(toy, *arguments, "--no-cache")
    first, second = check(toy, *arguments), check(toy, *arguments)
    assert (first.remembered, second.remembered) == (False, True)
    assert second.out == first.out == plain.out
    assert second.code == first.code == plain.code
    if "-q" in arguments:
        assert second.same(first)
    else:  # how long it took
        assert second.err.split(" s\n")[1:] == first.err.split(" s\n")[1:]


def test_files_that_are_too_young_to_tell_are_known_by_their_content(toy: Path) -> None:
    os.utime(toy / "mldebt.toml", (1, 1))
    settle(toy)
    (toy / "app" / "feed.py").write_text(CALLER)
    first = check(toy, "-q")
    for _ in range(2):
        again = check(toy, "-q")
        assert again.remembered
        assert again.same(first)


def test_a_touched_and_a_replaced_file_are_known_by_their_content(toy: Path) -> None:
    settle(toy)
    first = check(toy, "-q")
    os.utime(toy / "app" / "feed.py")
    shutil.copy(toy / "app" / "search.py", toy / "app" / "search.py.new")
    (toy / "app" / "search.py.new").replace(toy / "app" / "search.py")
    again = check(toy, "-q")
    assert again.remembered
    assert again.same(first)


def _edit(toy: Path) -> None:
    path = toy / "app" / "feed.py"
    before = path.stat()
    path.write_text(CALLER.replace("0.31", "x   "))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _add(toy: Path) -> None:
    write(toy / "app" / "new.py", CALLER)
    if (toy / ".git").exists():
        commit(toy)


def _link(toy: Path) -> None:
    (toy / "app" / "search.py").unlink()
    (toy / "app" / "search.py").symlink_to("feed.py")


def _configure(toy: Path) -> None:
    (toy / "mldebt.toml").unlink()
    write(toy / "pyproject.toml", "[tool.mldebt]\nignore = ['THR001']\n")


CHANGES: dict[str, Callable[[Path], None]] = {
    "edited": _edit,
    "added": _add,
    "removed": lambda toy: (toy / "app" / "search.py").unlink(),
    "linked": _link,
    "configured": lambda toy: write(toy / "mldebt.toml", "ignore = ['THR001']\n"),
    "configured-in-pyproject": _configure,
    "ignored": lambda toy: write(toy / ".gitignore", "jobs/\n"),
    "untracked": lambda toy: write(toy / "app" / "stray.py", CALLER),
    "nested-configuration": lambda toy: write(toy / "app" / "mldebt.toml", ""),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen(toy: Path, change: str) -> None:
    settle(toy)
    check(toy, "-q")
    assert check(toy, "-q").remembered
    CHANGES[change](toy)
    after = check(toy, "-q")
    assert after.same(check(toy, "-q", "--no-cache"))


def test_a_configuration_that_comes_above_is_seen(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b" / "feed.py", "import torch\n\nbad = torch.sigmoid(x) > 0.71\n")
    settle(tmp_path)
    first = check(tmp_path / "a" / "b", "-q")
    assert first.code == 1
    assert check(tmp_path / "a" / "b", "-q").remembered
    write(tmp_path / "mldebt.toml", "ignore = ['ALL']\n")
    assert check(tmp_path / "a" / "b", "-q").code == 0


def test_other_words_are_another_run(toy: Path) -> None:
    settle(toy)
    first = check(toy, "-q")
    assert not check(toy, "-q", "--show", "notes").remembered
    assert not check(toy / "app", "-q").remembered
    assert not check(toy, "-q", env={"SOURCE_DATE_EPOCH": "1700000000"}).remembered
    assert not check(toy, "-q", env={"XDG_CACHE_HOME": str(toy.parent / "other")}).remembered
    assert check(toy, "-q").same(first)


@pytest.mark.parametrize("arguments", [("--no-cache",), ("--output", "json=out.json"), ("nowhere",)])
def test_what_is_not_kept(toy: Path, arguments: tuple[str, ...]) -> None:
    settle(toy)
    for _ in range(2):
        assert not check(toy, "-q", *arguments).remembered
    assert not list((toy / STORE).glob("*.run"))


def test_a_run_of_somebody_else_s_is_not_believed(toy: Path) -> None:
    """A repository brings a store whose run says that all is well: it is not signed by this user."""
    settle(toy)
    right = check(toy, "-q")
    (kept,) = (toy / STORE).glob("*.run")
    good = kept.read_bytes()
    assert b"THR001" in good
    for poisoned in (
        good.replace(b"THR001", b"THR002"),
        good[:-1],
        good[:100],
        b"",
        b"\0" * 4000,
        bytes(32) + good[32:],
    ):
        kept.write_bytes(poisoned)
        again = check(toy, "-q")
        assert not again.remembered
        assert again.same(right)


def test_a_linked_run_is_not_believed(toy: Path) -> None:
    settle(toy)
    right = check(toy, "-q")
    (kept,) = (toy / STORE).glob("*.run")
    kept.rename(toy.parent / "elsewhere")
    kept.symlink_to(toy.parent / "elsewhere")
    again = check(toy, "-q")
    assert not again.remembered
    assert again.same(right)


def test_only_a_few_are_kept(toy: Path) -> None:
    settle(toy)
    for number in range(11):
        check(toy, "-q", "--exclude", f"x{number}")
    assert len(list((toy / STORE).glob("*.run"))) == 8


def test_the_version_needs_no_more_than_its_number() -> None:
    program = "import sys; from mldebt.__main__ import main; main(); sys.exit('click' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program, "--version"], capture_output=True, text=True, check=True)
    long = subprocess.run(
        [sys.executable, "-c", "from mldebt.cli import main; main()", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == long.stdout
