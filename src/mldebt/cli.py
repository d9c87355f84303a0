"""The command line: flags in, run, print, exit code. Nothing else prints or exits."""

from __future__ import annotations

import os
import shutil
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from mldebt import __version__
from mldebt.errors import UserError

if TYPE_CHECKING:
    from mldebt.model import InventoryItem
    from mldebt.report import ReportOptions
    from mldebt.run import Outcome, Request

_SEVERITIES = ["error", "warning", "note", "never"]
_SHOW = ["errors", "warnings", "notes", "error", "warning", "note"]
_FORMATS = ["text", "full", "json", "sarif"]
_INVENTORY_FORMATS = ["text", "json", "markdown"]
_KINDS = ["thresholds", "flags", "environments", "versions", "models"]


class _Commands(click.Group):
    """Whatever ends a command early is told on standard error, with exit code 2: 1 means findings."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except UserError as error:
            click.echo(f"mldebt: {error}", err=True)
        except BrokenPipeError:
            # Whoever read our output has gone; there is nobody to tell.
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - the interpreter closes it at exit
        except (KeyboardInterrupt, click.Abort):
            click.echo("mldebt: interrupted", err=True)
        except Exception as error:
            traceback.print_exc()
            click.echo(f"mldebt: crashed ({type(error).__name__}); please report it with the lines above", err=True)
        return context.exit(2)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mldebt", message="%(prog)s %(version)s")
def main() -> None:
    """Find technical debt in machine-learning systems: thresholds, business rules, environment
    branches, flags and versions that make a model costlier to change, reproduce and operate."""


def _project_options(command: Callable[..., None]) -> Callable[..., None]:
    """The flags that say which project is meant and which rules speak."""
    decorators = [
        click.argument("paths", nargs=-1, type=click.Path()),
        click.option("--root", metavar="DIR", help="The project's root, instead of looking for a configuration."),
        click.option("--exclude", multiple=True, metavar="PATTERN", help="Leave out what meets a gitignore pattern."),
        click.option("--force-exclude", is_flag=True, help="Exclusions hold for files named on the command line, too."),
        click.option("--jobs", type=click.IntRange(0), metavar="N", help="Worker processes; 0 decides by the work."),
        click.option("--no-cache", is_flag=True, help="Analyse everything anew."),
        click.option("-q", "--quiet", is_flag=True, help="No summary; of notices, those that make the exit code 2."),
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


@main.command()
@_project_options
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
def check(context: click.Context, /, **given: object) -> None:
    """Report debt in PATHS (default: this folder). `-` reads one file from standard input."""
    from mldebt.run import execute, exit_code  # the rest of mldebt is not needed for --help and --version

    outputs = [_output(each) for each in _many(given["outputs"])]
    outcome = execute(_request(given))
    _write_reports(outcome, outputs, given)
    context.exit(exit_code(outcome))


@main.command()
@click.argument("kind", type=click.Choice(_KINDS))
@_project_options
@click.option("--format", "format_", type=click.Choice(_INVENTORY_FORMATS), default="text", show_default=True)
@click.pass_context
def inventory(context: click.Context, /, kind: str, **given: object) -> None:
    """List every threshold, flag, environment variable, version or model, with all its places."""
    from mldebt.inventories import KINDS, take_inventory
    from mldebt.report.inventory import INVENTORY_REPORTS
    from mldebt.run import execute

    outcome = execute(_request(given))
    items = take_inventory(KINDS[kind], outcome.project, outcome.shown)
    if given["format_"] == "text":
        items = tuple(_from_here(item, outcome) for item in items)
    _say(INVENTORY_REPORTS[str(given["format_"])](items))
    _say_notices(outcome, quiet=bool(given["quiet"]))
    context.exit(2 if any(notice.fatal for notice in outcome.run.notices) else 0)


@main.group(name="cache")
def cache_commands() -> None:
    """The facts remembered in .mldebt_cache/, so that a run analyses only what has changed."""


def _root_option(command: Callable[..., None]) -> Callable[..., None]:
    return click.option("--root", metavar="DIR", help="The project's root.")(command)


@cache_commands.command()
@_root_option
def show(root: str | None) -> None:
    """Say where the store is and how large."""
    from mldebt import cache, discover, roots

    folder = roots.find_root(".", Path.cwd(), root).path / discover.STORE
    size = cache.size_of(folder.parent)
    click.echo(f"{folder}: {'nothing stored' if size is None else f'{size:,} bytes'}")


@cache_commands.command()
@_root_option
def clear(root: str | None) -> None:
    """Remove the store."""
    from mldebt import cache, discover, roots

    found = roots.find_root(".", Path.cwd(), root).path
    click.echo(f"{found / discover.STORE}: {'removed' if cache.remove(found) else 'nothing stored'}")


@main.command()
@click.argument("rule")
def explain(rule: str) -> None:
    """Tell what a rule finds, why it matters and what to do. RULE is a code or a name."""
    from mldebt import catalogue
    from mldebt.report.explain import explain_text

    _say(explain_text(catalogue.load().find(rule), width=_width(), color=_colored(sys.stdout)))


@main.command()
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def rules(format_: str) -> None:
    """List all rules."""
    from mldebt import catalogue
    from mldebt.report.rules import rules_json, rules_text

    specs = catalogue.load().specs
    _say(rules_json(specs) if format_ == "json" else rules_text(specs))


def _request(given: dict[str, object]) -> Request:
    from mldebt.invocation import read_flags

    return read_flags(given, Path.cwd(), os.environ, sys.stdin.buffer.read)


def _write_reports(outcome: Outcome, outputs: Sequence[tuple[str, Path]], given: dict[str, object]) -> None:
    """The files first, so that what is printed was written, too."""
    from mldebt.report import REPORTS, ColumnUnit, summarise

    plain = replace(
        _report_options(outcome),
        column_unit=ColumnUnit(str(given["column_unit"])),
        include_suppressed=bool(given["include_suppressed"]),
        sarif_category=str(given["sarif_category"]),
    )
    run, specs, read = outcome.run, outcome.specs, outcome.text_of
    for format_, path in outputs:
        _write(path, REPORTS[format_](run, specs, plain, read))
    terminal = replace(plain, color=_colored(sys.stdout), width=_width())
    _say(REPORTS[str(given["format_"])](run, specs, terminal, read))
    _say_notices(outcome, quiet=bool(given["quiet"]))
    if not given["quiet"]:
        click.echo(summarise(run, specs, replace(terminal, color=_colored(sys.stderr))), err=True, nl=False)


def _report_options(outcome: Outcome) -> ReportOptions:
    from mldebt.report import ReportOptions

    return ReportOptions(show=outcome.config.show, path_base=Path.cwd().resolve().as_posix())


def _say(text: str) -> None:
    """Onto standard output: as the terminal wants it, else the same bytes everywhere."""
    click.echo(text if sys.stdout.isatty() else text.encode("utf-8", "backslashreplace"), nl=False)


def _say_notices(outcome: Outcome, *, quiet: bool) -> None:
    from mldebt.report.places import Paths
    from mldebt.report.printable import escape

    paths = Paths(outcome.run, _report_options(outcome))
    for notice in outcome.run.notices:
        if notice.fatal or not quiet:
            where = f"{paths.show(notice.path)}:" if notice.path else ""
            where += f"{notice.line}:" if notice.path and notice.line else ""
            click.echo(f"{where} notice: {escape(notice.message)}".lstrip(), err=True)


def _from_here(item: InventoryItem, outcome: Outcome) -> InventoryItem:
    """The item with paths as seen from the working directory."""
    from mldebt.report.places import Paths

    paths = Paths(outcome.run, _report_options(outcome))
    return replace(item, sites=tuple(replace(site, path=paths.show(site.path)) for site in item.sites))


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


def _colored(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _width() -> int:
    """Columns to write to; where nobody sets a width, that of a report in a file."""
    if not sys.stdout.isatty():
        return 100
    return max(60, min(shutil.get_terminal_size((100, 24)).columns, 120))
