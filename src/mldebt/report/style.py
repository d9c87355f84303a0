"""Colour for terminals, or none."""

from __future__ import annotations

from msgspec import Struct

from mldebt.model import Severity

_CODES = {"bold": "1", "dim": "2", "red": "1;31", "yellow": "1;33", "cyan": "1;36", "green": "32"}
_SEVERITIES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


class Style(Struct, frozen=True):
    """Wraps text in ANSI sequences when ``color`` is on; the text itself must be escaped already."""

    color: bool

    def paint(self, text: str, name: str) -> str:
        return f"\x1b[{_CODES[name]}m{text}\x1b[0m" if self.color and text else text

    def severity(self, text: str, severity: Severity) -> str:
        return self.paint(text, _SEVERITIES[severity])
