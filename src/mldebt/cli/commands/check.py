"""``mldebt check``: report debt."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mldebt.cli.options import project_options, request
from mldebt.cli.terminal import colored, report_options, say, say_notices, width
from mldebt.errors import UserError

if TYPE_CHECKING:
    from mldebt.run import Outcome

_SEVERITIES = ["error", "warning", "note", "never"]
_SHOW = ["errors", "warnings", "notes", "error", "warning", "note"]
_FORMATS = ["text", "full", "json", "sarif"]


@click.command("check")
@project_options
@click.option("--select", multiple=True, metavar="RULES", help="Only these: codes, prefixes, names, families.")
@click.option("--extend-select", multiple=True, metavar="RULES", help="These as well.")
@click.option("--ignore", multiple=True, metavar="RULES", help="Not these.")
@click.option("--fail-on", type=click.Choice(_SEVERITIES), help="The least severity that makes the exit code 1.")
@click.option("--show", multiple=True, type=click.Choice(_SHOW), help="List these severities as well.")
@click.option("--strict", is_flag=True, default=None, help="Exit with 2 when a file could not be analysed.")
@click.option("--format", "format_", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option("--output", "outputs", multiple=True, metavar="FORMAT=PATH", help="Write a report to a file, any number.")
@click.option("--column-unit", type=click.Choice(["characters", "utf16", "bytes"]), default="characters")
@click.option("--stdin-filename", metavar="PATH", help="With `-`: the file that standard input stands in for.")
@click.option("--across-components", is_flag=True, default=None, help="Join sites of components that share no code.")
@click.option("--no-index", is_flag=True, help="Do not read the rest of the project; rules that need it are left out.")
@click.option("--as-of", metavar="DATE", help="Today, for suppressions that end (YYYY-MM-DD).")
@click.option("--sarif-category", default="", metavar="NAME", help="The category of the SARIF run, for monorepos.")
@click.option("--include-suppressed", is_flag=True, help="Keep suppressed findings in SARIF, marked as such.")
@click.pass_context
def command(context: click.Context, /, **given: object) -> None:
    """Report debt in PATHS (default: this folder). `-` reads one file from standard input."""
    from mldebt.run import execute, exit_code  # the rest of mldebt is not needed for --help and --version

    outputs = [_output(each) for each in _many(given["outputs"])]
    outcome = execute(request(given))
    _write_reports(outcome, outputs, given)
    context.exit(exit_code(outcome))


def _write_reports(outcome: Outcome, outputs: Sequence[tuple[str, Path]], given: dict[str, object]) -> None:
    """The files first, so that what is printed was written, too."""
    from mldebt.report import REPORTS, ColumnUnit, summarise

    plain = replace(
        report_options(outcome),
        column_unit=ColumnUnit(str(given["column_unit"])),
        include_suppressed=bool(given["include_suppressed"]),
        sarif_category=str(given["sarif_category"]),
    )
    run, specs, read = outcome.run, outcome.specs, outcome.text_of
    for format_, path in outputs:
        _write(path, REPORTS[format_](run, specs, plain, read))
    terminal = replace(plain, color=colored(sys.stdout), width=width())
    say(REPORTS[str(given["format_"])](run, specs, terminal, read))
    say_notices(outcome, quiet=bool(given["quiet"]))
    if not given["quiet"]:
        click.echo(summarise(run, specs, replace(terminal, color=colored(sys.stderr))), err=True, nl=False)


def _output(given: str) -> tuple[str, Path]:
    format_, separator, path = given.partition("=")
    if not separator or not path or format_ not in _FORMATS:
        raise UserError(f"--output {given}: write it as FORMAT=PATH, with a format of {', '.join(_FORMATS)}")
    return format_, Path(path)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UserError(f"--output: cannot write {path}: {error.strerror or error}") from None


def _many(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, tuple) else ()
