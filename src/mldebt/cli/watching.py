"""``check --watch``: a pass at the beginning, and one after every change.

What is looked at is what a pass has read, the folders it lies in, the configuration and git's index; the store
keeps what did not change, so a pass analyses only what did. Nothing is asked of the system but stamps, several
times a second, so that it works on every file system.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mldebt.errors import UserError

if TYPE_CHECKING:
    from mldebt.run import Outcome

STARTED, FINISHED = "mldebt: check started", "mldebt: check finished"
"""The lines that background matchers of editors wait for. They never change."""
EVERY = 0.3  # seconds between two looks
QUIET = 0.2  # seconds without a further change before a pass, so that a checkout or a formatter is one change

_CONFIGURATION = ("mldebt.toml", "pyproject.toml")
Stamps = dict[str, tuple[int, int, int]]


def watch(once: Callable[[], Outcome]) -> None:
    """Make passes until interrupted. A pass that the user can mend is told, and made again after a change."""
    watched: tuple[str, ...] = tuple(str(Path.cwd() / name) for name in _CONFIGURATION)
    try:
        while True:
            began, before = time.time_ns(), _stamps(watched)
            click.echo(STARTED)
            try:
                outcome = once()
                root = Path(outcome.run.root)
                watched = tuple(_around(root, outcome.project.files))
                # What is new to us was stamped by nobody: what changed since the pass began counts as changed.
                unseen = {path: stamp for path, stamp in _stamps(watched).items() if path not in before}
                before |= {path: stamp for path, stamp in unseen.items() if stamp[0] < began or path == str(root)}
            except UserError as error:
                click.echo(f"mldebt: {error}", err=True)
            click.echo(FINISHED)
            _await_change(watched, before)
    except KeyboardInterrupt:
        click.echo("", err=True)  # the prompt begins on a line of its own


def _around(root: Path, files: Iterable[str]) -> Iterable[str]:
    """Absolute paths of what a change can be seen by."""
    folders = {str(root)}
    for path in files:
        yield str(root / path)
        folders.update(str(each) for each in (root / path).parents if root in each.parents)
    yield from sorted(folders)
    yield from (str(root / name) for name in _CONFIGURATION)
    yield from (str(each / ".git" / "index") for each in (root, *root.parents))


def _await_change(watched: tuple[str, ...], before: Stamps) -> None:
    before = {path: before[path] for path in watched if path in before}
    while (now := _stamps(watched)) == before:
        time.sleep(EVERY)
    while True:
        time.sleep(QUIET)
        later = _stamps(watched)
        if later == now:
            return
        now = later


def _stamps(paths: Iterable[str]) -> Stamps:
    found: Stamps = {}
    for path in paths:
        try:
            status = os.stat(path)
        except OSError:
            continue
        found[path] = (status.st_mtime_ns, status.st_size, status.st_ino)
    return found
