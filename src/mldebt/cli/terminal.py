"""What is said on standard output and standard error, and how wide and coloured it may be."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from mldebt.report import ReportOptions
    from mldebt.run import Outcome


def say(text: str) -> None:
    """Onto standard output: as the terminal wants it, else the same bytes everywhere."""
    click.echo(text if sys.stdout.isatty() else text.encode("utf-8", "backslashreplace"), nl=False)


def report_options(outcome: Outcome) -> ReportOptions:
    from mldebt.report import ReportOptions

    return ReportOptions(show=outcome.config.show, path_base=Path.cwd().resolve().as_posix())


def say_notices(outcome: Outcome, *, quiet: bool) -> None:
    from mldebt.report.places import Paths
    from mldebt.report.printable import escape

    paths = Paths(outcome.run, report_options(outcome))
    for notice in outcome.run.notices:
        if notice.fatal or not quiet:
            where = f"{paths.show(notice.path)}:" if notice.path else ""
            where += f"{notice.line}:" if notice.path and notice.line else ""
            click.echo(f"{where} notice: {escape(notice.message)}".lstrip(), err=True)


def colored(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Columns to write to; where nobody sets a width, that of a report in a file."""
    if not sys.stdout.isatty():
        return 100
    return max(60, min(shutil.get_terminal_size((100, 24)).columns, 120))
