"""The flags that shape reports, and the writing of reports to files and to standard output."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click
from msgspec.structs import replace

from mldebt.cli.terminal import colored, has_hyperlinks, report_options, say, say_notices, width
from mldebt.errors import UserError

if TYPE_CHECKING:
    from mldebt.run import Outcome

FORMATS = ("text", "full", "json", "sarif", "github", "gitlab", "rdjson", "junit", "markdown")
"""The names of ``report.REPORTS``, which takes longer to import than ``--help`` may."""


def report_flags(command: Callable[..., None]) -> Callable[..., None]:
    """The flags that say how a run is shown and where it is written."""
    decorators = [
        click.option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True),
        click.option(
            "--output", "outputs", multiple=True, metavar="FORMAT=PATH", help="Write a report to a file, too."
        ),
        click.option("--absolute-paths", is_flag=True, help="Absolute paths in text, for programs that run elsewhere."),
        click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True),
        click.option("--column-unit", type=click.Choice(["characters", "utf16", "bytes"]), default="characters"),
        click.option("--sarif-category", default="", metavar="NAME", help="The category of the SARIF run."),
        click.option("--include-suppressed", is_flag=True, help="Keep suppressed findings in SARIF, marked as such."),
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def read_outputs(given: dict[str, object]) -> tuple[tuple[str, Path], ...]:
    """What ``--output`` asks for. Raises ``UserError``, so call it before the work."""
    outputs = given["outputs"]
    return tuple(_output(str(each)) for each in outputs) if isinstance(outputs, tuple) else ()


class Said(NamedTuple):
    """What a run said: on standard output, and its notices and its summary on standard error."""

    out: str
    notices: str
    summary: str


def write_reports(
    outcome: Outcome, outputs: Sequence[tuple[str, Path]], given: dict[str, object], instead: str | None = None
) -> Said:
    """The files first, so that what is printed was written, too; then standard output (``instead`` of the
    report, where that is given), notices, summary."""
    from mldebt.report import REPORTS, ColumnUnit, summarise

    plain = replace(
        report_options(outcome),
        column_unit=ColumnUnit(str(given["column_unit"])),
        absolute_paths=bool(given["absolute_paths"]),
        include_suppressed=bool(given["include_suppressed"]),
        sarif_category=str(given["sarif_category"]),
    )
    run, specs, read = outcome.run, outcome.specs, outcome.text_of
    for format_, path in outputs:
        _write(path, REPORTS[format_](run, specs, plain, read))
    wanted = str(given["color"])
    color = colored(sys.stdout, wanted)
    terminal = replace(plain, color=color, hyperlinks=color and has_hyperlinks(sys.stdout), width=width())
    report = REPORTS[str(given["format_"])](run, specs, terminal, read) if instead is None else instead
    say(report, color=color)
    notices, summary = say_notices(outcome, quiet=bool(given["quiet"])), ""
    if not given["quiet"]:
        told = replace(plain, color=colored(sys.stderr, wanted), width=width())
        summary = summarise(run, specs, told)
        click.echo(summary, err=True, nl=False, color=told.color)
    return Said(report, notices, summary)


def _output(given: str) -> tuple[str, Path]:
    format_, separator, path = given.partition("=")
    if not separator or not path or format_ not in FORMATS:
        raise UserError(f"--output {given}: write it as FORMAT=PATH, with a format of {', '.join(FORMATS)}")
    return format_, Path(path)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UserError(f"--output: cannot write {path}: {error.strerror or error}") from None
