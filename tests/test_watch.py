"""``check --watch``: passes with the lines that editors wait for."""

from __future__ import annotations

import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.toy import SCORING, mldebt, plant, write

STARTED, FINISHED = "mldebt: check started", "mldebt: check finished"
SECONDS = 120


class Watching:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))

    def one_pass(self) -> list[str]:
        """What stands between the two lines of the next pass."""
        assert self._lines.get(timeout=SECONDS) == STARTED
        found = []
        while (line := self._lines.get(timeout=SECONDS)) != FINISHED:
            found.append(line)
        return found

    def is_silent(self) -> bool:
        return self._lines.empty()


@contextmanager
def watching(folder: Path, *arguments: str) -> Iterator[Watching]:
    process = subprocess.Popen(
        [sys.executable, "-m", "mldebt", "check", "--watch", "-q", *arguments], cwd=folder,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    try:
        yield Watching(process)
    finally:
        process.kill()
        process.wait()


def codes(lines: list[str]) -> list[str]:
    return [f"{line.split(':')[0]} {line.rpartition('[')[2].rstrip(']')}" for line in lines]


@pytest.mark.skipif(sys.platform == "win32", reason="signals as POSIX has them")
def test_a_pass_after_every_change(tmp_path: Path) -> None:
    toy = plant(tmp_path, git=True)
    whole = mldebt(toy, "check", "-q").out.splitlines()
    with watching(toy) as watch:
        assert watch.one_pass() == whole
        write(toy / "app" / "scoring.py", SCORING.replace("0.72", "limit"))  # an edit
        assert codes(watch.one_pass()) == [each for each in codes(whole) if each != "app/scoring.py THR001"]
        write(toy / "mldebt.toml", 'selekt = ["THR001"]\n')  # a mistake, which ends nothing
        assert watch.one_pass() == []
        write(toy / "mldebt.toml", 'select = ["THR001"]\n')
        assert {each.split()[1] for each in codes(watch.one_pass())} == {"THR001"}
        (toy / "app" / "search.py").unlink()  # a file that goes
        assert not any(each.startswith("app/search.py") for each in codes(watch.one_pass()))
        assert watch.is_silent()
        watch.process.send_signal(signal.SIGINT)
        _, errors = watch.process.communicate(timeout=SECONDS)
        assert watch.process.returncode == 0
        assert "did you mean 'select'" in errors
        assert "Traceback" not in errors


@pytest.mark.parametrize("flag", ["--fix", "--diff"])
def test_it_writes_nothing(tmp_path: Path, flag: str) -> None:
    ran = mldebt(plant(tmp_path), "check", "--watch", flag)
    assert ran.code == 2
    assert "--watch looks at files" in ran.err
