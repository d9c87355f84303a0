"""Git repositories that tests make: nothing of the user's settings counts."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_SETTINGS = (
    "user.name=t",
    "user.email=t@example.org",
    "core.hooksPath=/dev/null",
    "core.autocrlf=false",
    "commit.gpgsign=false",
    "protocol.file.allow=always",
)
_SAFE = [text for setting in _SETTINGS for text in ("-c", setting)]
_DAY = "2026-11-20T12:00:00+0000"


def git(folder: Path, *arguments: str) -> str:
    """What git says. Commits are made on one day."""
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_DATE": _DAY,
        "GIT_COMMITTER_DATE": _DAY,
    }
    done = subprocess.run(
        ["git", *_SAFE, *arguments], cwd=folder, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def begin(folder: Path) -> Path:
    """An empty repository whose branch is called main."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main")
    return folder


def record(folder: Path, message: str = "change") -> str:
    """Commit everything; the commit's id."""
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)
    return git(folder, "rev-parse", "HEAD")
