"""What is imported when nothing has to be analysed: start-up is most of the time of such a run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.toy import plant

HEAVY = ("libcst", "sarif_om", "pyflakes", "yaml", "multiprocessing", "concurrent.futures", "importlib.metadata")
_PROGRAM = f"""
import sys
from mldebt.cli import main
try:
    main()
finally:
    sys.stderr.write("\\n#" + " ".join(name for name in {HEAVY!r} if name in sys.modules))
"""


def imported(cwd: Path, *arguments: str) -> set[str]:
    command = [sys.executable, "-c", _PROGRAM, *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return set(done.stderr.rpartition("#")[2].split())


@pytest.mark.parametrize(
    "arguments",
    [("check", "--show", "notes"), ("check", "app"), ("check", "--format", "full"), ("inventory", "thresholds")],
    ids=" ".join,
)
def test_a_run_from_facts_needs_no_syntax(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """A rule about the project that imports ``mldebt.engine`` brings libcst with it: take ``mldebt.project_rule``."""
    plant(tmp_path)
    assert "libcst" in imported(tmp_path, "check", "-q")
    assert imported(tmp_path, *arguments) == set()
