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


def say(text: str, *, color: bool = False) -> None:
    """Onto standard output: as the terminal wants it, else the same bytes everywhere."""
    if sys.stdout.isatty():
        click.echo(text, nl=False, color=color)
    else:
        click.echo(text.encode("utf-8", "backslashreplace"), nl=False)


def report_options(outcome: Outcome) -> ReportOptions:
    from mldebt import catalogue
    from mldebt.report import ReportOptions

    pages = catalogue.pages()
    return ReportOptions(
        show=outcome.config.show,
        path_base=Path.cwd().resolve().as_posix(),
        rules_url=outcome.config.rules_url,
        pages_url=pages.as_uri() if pages else "",
    )


def say_notices(outcome: Outcome, *, quiet: bool) -> str:
    """The notices onto standard error; returns what was said."""
    from mldebt.report.places import Paths
    from mldebt.report.printable import escape

    paths = Paths(outcome.run, report_options(outcome))
    lines = []
    for notice in outcome.run.notices:
        if notice.fatal or not quiet:
            where = f"{paths.show(notice.path)}:" if notice.path else ""
            where += f"{notice.line}:" if notice.path and notice.line else ""
            lines.append(f"{where} notice: {escape(notice.message)}".lstrip() + "\n")
    text = "".join(lines)
    click.echo(text, err=True, nl=False)
    return text


def colored(stream: TextIO, wanted: str = "auto") -> bool:
    """The flag decides, then NO_COLOR, then FORCE_COLOR, then whether a person is looking."""
    if wanted != "auto":
        return wanted == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0", "false"):
        return True
    # Emacs runs compilers at a pseudo-terminal and reads what they print.
    read_by_emacs = os.environ.get("INSIDE_EMACS", "").endswith(",compile")
    return stream.isatty() and os.environ.get("TERM") != "dumb" and not read_by_emacs


def has_hyperlinks(stream: TextIO) -> bool:
    """Does the terminal make links of OSC 8? Those that do say who they are; multiplexers between us and
    them may not pass it on. FORCE_HYPERLINK decides where it is set."""
    given = os.environ
    if "FORCE_HYPERLINK" in given:
        return given["FORCE_HYPERLINK"] not in ("", "0", "false")
    term = given.get("TERM", "")
    if not stream.isatty() or term.startswith(("dumb", "screen", "tmux")) or "CI" in given:
        return False
    vte = given.get("VTE_VERSION", "")
    return (
        given.get("TERM_PROGRAM", "") in ("iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "rio")
        or term in ("xterm-kitty", "xterm-ghostty", "alacritty", "foot", "contour")
        or any(name in given for name in ("WT_SESSION", "KONSOLE_VERSION", "DOMTERM"))
        or (vte.isdecimal() and int(vte) >= 5000)
    )


def width() -> int:
    """Columns to write to; where nobody sets a width, that of a report in a file."""
    if not sys.stdout.isatty():
        return 100
    return max(60, min(shutil.get_terminal_size((100, 24)).columns, 120))
