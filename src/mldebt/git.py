"""What git knows, asked in a way that nothing of the repository under review can run."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from msgspec import Struct

from mldebt import git_command
from mldebt.model import Notice

SECONDS = 60


class GitError(Exception):
    """Git could not be asked, or refused; says why, in a few words. ``silent``: it gave no reason, which is
    how it says that there is no such thing."""

    def __init__(self, reason: str, *, silent: bool = False) -> None:
        super().__init__(reason)
        self.silent = silent


class Listing(Struct, frozen=True):
    """Paths relative to the folder that was asked about. Tracked ones may be gone from the disk, be
    links, or be submodules' folders; untracked ones are those that no ignore file covers. ``raw`` is what
    ``program`` answered."""

    tracked: tuple[str, ...]
    untracked: tuple[str, ...]
    program: str
    raw: bytes


def list_files(folder: Path) -> Listing | Notice:
    """``git ls-files`` below ``folder``; a notice when git is not there, refuses or takes too long."""
    try:
        said = ask(folder, *git_command.LISTING)
    except GitError as problem:
        return Notice("git-unavailable", f"{problem}; all files of the folder were listed instead")
    entries = [os.fsdecode(entry) for entry in said.split(b"\0") if entry]
    return Listing(
        tuple(dict.fromkeys(entry[2:] for entry in entries if not entry.startswith("? "))),
        tuple(entry[2:] for entry in entries if entry.startswith("? ")),
        _program(folder) or "",
        said,
    )


def ask(folder: Path, *arguments: str, given: bytes = b"") -> bytes:
    """What ``git ARGUMENTS`` says in ``folder``, with ``given`` on its standard input. Raises ``GitError``
    when git is not there, refuses or takes too long.

    A repository's own configuration may name programs: a file system monitor, hooks, a transport for
    objects that a partial clone lacks. None of them is run, nor may a command be asked that reads files of
    the work tree, whose filters are programs, too.
    """
    program = _program(folder)
    if program is None:
        raise GitError("git is not installed")
    try:
        done = subprocess.run(
            git_command.command(program, str(folder), *arguments),
            env=git_command.environment(),
            input=given,
            capture_output=True,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise GitError(f"git took more than {SECONDS} seconds") from None
    except (OSError, ValueError) as problem:
        raise GitError(f"git could not be run: {problem}") from None
    if done.returncode != 0:
        errors = done.stderr.decode("utf-8", "replace")
        raise GitError(_reason(errors), silent=not errors.strip())
    return done.stdout


def _program(folder: Path) -> str | None:
    """Git's own path; never a ``git`` that lies in the folder under review."""
    found = shutil.which("git")
    if found is None:
        return None
    real = os.path.realpath(found)
    return None if real.startswith(str(folder).rstrip(os.sep) + os.sep) else os.path.abspath(found)


def _reason(errors: str) -> str:
    if "dubious ownership" in errors:
        return "git refuses a folder that another user owns (see git's safe.directory)"
    line = next((line.strip() for line in errors.splitlines() if line.strip()), "it gave no reason")
    return f"git failed: {line.removeprefix('fatal: ')[:200]}"
