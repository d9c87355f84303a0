"""Progress is for people at a terminal; statistics and profiles are told on standard error, and change no result."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mldebt.cli import progress
from mldebt.cli.progress import ProgressLine
from tests.toy import check, mldebt, plant, write


def test_a_line_that_is_written_over_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    monkeypatch.setattr(progress, "_PAUSE", 0.0)
    stream = io.StringIO()
    line = ProgressLine(stream)
    line.stage("discover")
    line.todo(3, 3_000, 1_200)
    line.analysed(1, 10_000, 1_000)
    line.analysed(1, 1, 1_000)
    said = stream.getvalue()
    assert said.startswith("\ranalysed 1 of 3 files, 10,000 lines; 1,200 cached; ")
    assert "\ranalysed 2 of 3 files, 10,001 lines; 1,200 cached; " in said
    assert " s left" in said
    line.analysed(1, 1, 1_000)
    line.stage("store")
    assert stream.getvalue()[len(said) :] == "\r\x1b[K"


def test_nothing_is_said_within_a_second() -> None:
    stream = io.StringIO()
    line = ProgressLine(stream)
    line.todo(2, 2, 0)
    line.analysed(1, 1, 1)
    line.analysed(1, 1, 1)
    assert stream.getvalue() == ""


def test_nothing_in_a_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    assert "\r" not in check(plant(tmp_path)).err


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize(("term", "shown"), [("xterm", True), ("dumb", False)])
def test_a_terminal_sees_it(tmp_path: Path, term: str, shown: bool) -> None:
    import pty

    for number in range(30):
        write(tmp_path / f"m{number}.py", "import torch\nbad = torch.sigmoid(x) > 0.72\n")
    program = "from mldebt.cli import main, progress; progress.PATIENCE = progress._PAUSE = 0.0; main()"
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", program, "check", "--root", ".", "--no-cache", "--jobs", "1"]
    process = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=theirs, env={**os.environ, "TERM": term}
    )
    os.close(theirs)
    said = b""
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:  # how Linux says that the other side is closed
            break
        if not chunk:
            break
        said += chunk
    process.wait()
    os.close(ours)
    assert (b"of 30 files" in said) is shown
    assert b"read 30 files" in said


@pytest.mark.parametrize("flags", [("--statistics",), ("--profile-rules",), ("--statistics", "--profile-rules")])
def test_what_is_measured_changes_no_result(tmp_path: Path, flags: tuple[str, ...]) -> None:
    plain = check(plant(tmp_path))
    measured = check(tmp_path, *flags)
    assert (measured.code, measured.out) == (plain.code, plain.out)
    again = check(tmp_path, *flags)
    assert (again.code, again.out) == (plain.code, plain.out)


def test_statistics_count_by_rule(tmp_path: Path) -> None:
    plant(tmp_path)
    said = mldebt(tmp_path, "check", "-q", "--statistics").err.splitlines()
    assert said[0].split() == ["rule", "findings", "listed"]
    counts = {line.split()[0]: tuple(line.split()[1:3]) for line in said[1:]}
    assert counts["THR001"] == ("4", "4")
    assert "hard-coded-score-threshold" in next(line for line in said if line.startswith("THR001"))


def test_a_profile_has_stages_and_rules(tmp_path: Path) -> None:
    plant(tmp_path)
    said = mldebt(tmp_path, "check", "-q", "--profile-rules").err.splitlines()
    first = [line.split()[0] for line in said if line.strip()]
    assert first[:2] == ["stage", "start"]
    assert {"discover", "analyse", "link", "filter", "report", "rule", "THR001", "FLG001"} <= set(first)
