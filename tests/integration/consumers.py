"""A repository that other people's programs are shown, and what each has to find in it.

Its lines have tabs, an emoji and an accent before the place, so that a consumer that counts columns in another
unit than it was given lands on another character.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.toy import commit, write

TOP = Path(__file__).parent.parent.parent
EDITORS = TOP / "docs" / "editors"
FILE = "pkg/a.py"
SOURCE = """\
import os

import torch


def judge(net, batch):
\ts = "😀é"; p = torch.sigmoid(net(batch)).item() > 0.72
\tif os.getenv("APP_ENV") == "production":
\t\treturn None
\treturn p, s


def weights():
\treturn "é😀model", "/home/mara/exports"
"""
UNSAVED = 'q = "é😀", torch.sigmoid(weights()) < 0.31\n'
CONFIGURATION = """\
show = ["notes"]
select = ["THR001", "ENV001", "ENV006"]

[severity]
THR001 = "error"
ENV001 = "warning"
ENV006 = "note"
"""
UNITS = {"characters": "utf-32-le", "utf16": "utf-16-le", "bytes": "utf-8"}
WIDTHS = {"characters": 4, "utf16": 2, "bytes": 1}


@dataclass(frozen=True, order=True)
class Landed:
    """Where a consumer puts a finding: the line, the text that begins there, how bad it takes it."""

    line: int
    text: str
    severity: str


SAVED = (
    Landed(7, "torch.sigmoid", "error"),
    Landed(8, "os.getenv", "warning"),
    Landed(14, '"/home', "note"),
)
WITH_UNSAVED = (*SAVED, Landed(15, "torch.sigmoid", "error"))


def land(line: int, column: int, unit: str, severity: str, text: str = SOURCE + UNSAVED) -> Landed:
    """The place at the 1-based ``line`` and ``column`` for a consumer that counts in ``unit``."""
    source = text.split("\n")[line - 1].encode(UNITS[unit])
    rest = source[(column - 1) * WIDTHS[unit] :].decode(UNITS[unit])
    wanted = next((each.text for each in WITH_UNSAVED if rest.startswith(each.text)), rest[:20])
    return Landed(line, wanted, severity)


def plant(folder: Path) -> Path:
    write(folder / FILE, SOURCE)
    write(folder / "mldebt.toml", CONFIGURATION)
    commit(folder)
    return folder


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed: run .ci/integration")
    return found


def node_module(name: str) -> Path:
    folder = Path(os.environ.get("NODE_PATH", "/nowhere")) / name
    if not folder.exists():
        pytest.skip(f"{name} is not installed: run .ci/integration")
    return folder


def run(command: list[str], cwd: Path, *, stdin: str | None = None, **environment: str) -> str:
    """What the program prints; ``mldebt`` is the one of this environment, and HOME is empty."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    home = cwd.parent / "home"
    home.mkdir(exist_ok=True)
    given = {**os.environ, "PATH": path, "HOME": str(home), "LC_ALL": "C.UTF-8", **environment}
    done = subprocess.run(
        command, cwd=cwd, env=given, input=stdin, capture_output=True, text=True, encoding="utf-8", timeout=120,
        check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


def mldebt(cwd: Path, *arguments: str, stdin: str | None = None) -> str:
    """Standard output of the command."""
    command = [sys.executable, "-m", "mldebt", *arguments]
    done = subprocess.run(
        command, cwd=cwd, input=stdin, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def document(cwd: Path, *arguments: str) -> Any:
    return json.loads(mldebt(cwd, "check", "--format", "json", *arguments))


def severity(names: Mapping[str, str], told: object) -> str:
    return names[str(told)]
