"""What a run tells of itself while it goes on: for progress on a terminal, and for what took how long."""

from __future__ import annotations


class Observer:
    """Hears everything and does nothing. Nothing that a run finds depends on who listens."""

    times_rules = False
    """Is ``rule`` to be told? It takes time of its own, and keeps the work in one process."""

    def stage(self, name: str) -> None:
        """A stage begins, and the one before it has ended."""

    def todo(self, files: int, size: int, remembered: int) -> None:
        """So many files of so many bytes are to be analysed, beside those that are remembered."""

    def analysed(self, files: int, lines: int, size: int) -> None:
        """So many more have been."""

    def rule(self, name: str, seconds: float) -> None:
        """A rule (by its code), or a collector of facts, has looked at something."""


SILENT = Observer()
