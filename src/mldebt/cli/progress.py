"""Progress on a terminal: one line that is written over, for runs that take more than a second."""

from __future__ import annotations

import os
import sys
import time
from typing import TextIO

from mldebt.observer import Observer

PATIENCE = 1.0  # seconds after which somebody who waits wants to know
_PAUSE = 0.1  # seconds between two writings


def watcher(quiet: bool) -> Observer:
    """Who shows progress: nobody in a pipe, a file or a terminal that cannot write over a line."""
    shown = not quiet and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    return ProgressLine(sys.stderr) if shown else Observer()


class ProgressLine(Observer):
    """Writes onto ``stream``, and leaves nothing there when the last file is done."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._began = self._written = time.monotonic()
        self._analysing = 0.0
        self._files = self._lines = self._size = 0
        self._of_files = self._of_size = self._remembered = 0
        self._shown = False

    def stage(self, name: str) -> None:
        self._clear()

    def todo(self, files: int, size: int, remembered: int) -> None:
        self._of_files += files
        self._of_size += size
        self._remembered += remembered
        self._analysing = self._analysing or time.monotonic()

    def analysed(self, files: int, lines: int, size: int) -> None:
        self._files += files
        self._lines += lines
        self._size += size
        now = time.monotonic()
        if self._files >= self._of_files:
            self._clear()
        elif now - self._began >= PATIENCE and now - self._written >= _PAUSE:
            self._written, self._shown = now, True
            self._stream.write(f"\r{self._said(now)}\x1b[K")
            self._stream.flush()

    def _said(self, now: float) -> str:
        said = f"analysed {self._files:,} of {self._of_files:,} files, {self._lines:,} lines"
        if self._remembered:
            said += f"; {self._remembered:,} cached"
        if self._size:
            left = (now - self._analysing) * (self._of_size - self._size) / self._size
            said += f"; {left:.0f} s left"
        return said

    def _clear(self) -> None:
        if self._shown:
            self._shown = False
            self._stream.write("\r\x1b[K")
            self._stream.flush()
