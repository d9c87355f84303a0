"""``mldebt check``: report debt."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mldebt.cli.options import project_options, request
from mldebt.cli.profiling import Profile, measuring_flags, statistics
from mldebt.cli.progress import watcher
from mldebt.cli.recollection import keep_run
from mldebt.cli.repairs import refuse_nonsense, repair_flags, repaired, with_edits
from mldebt.cli.reports import read_outputs, report_flags, write_reports
from mldebt.cli.watching import watch
from mldebt.errors import UserError

if TYPE_CHECKING:
    from mldebt.run import Outcome, Request

_SEVERITIES = ["error", "warning", "note", "never"]
_SHOW = ["errors", "warnings", "notes", "error", "warning", "note"]


@click.command("check")
@project_options
@click.option("--select", multiple=True, metavar="RULES", help="Only these: codes, prefixes, names, families.")
@click.option("--extend-select", multiple=True, metavar="RULES", help="These as well.")
@click.option("--ignore", multiple=True, metavar="RULES", help="Not these.")
@click.option("--profile", metavar="NAME", help="For whom: research, default, strict or serving.")
@click.option("--fail-on", type=click.Choice(_SEVERITIES), help="The least severity that makes the exit code 1.")
@click.option("--show", multiple=True, type=click.Choice(_SHOW), help="List these severities as well.")
@click.option("--strict", is_flag=True, default=None, help="Exit with 2 when a file could not be analysed.")
@report_flags
@click.option("--stdin-filename", metavar="PATH", help="With `-`: the file that standard input stands in for.")
@click.option("--across-components", is_flag=True, default=None, help="Join sites of components that share no code.")
@click.option("--no-index", is_flag=True, help="Do not read the rest of the project; rules that need it are left out.")
@click.option("--quick", is_flag=True, help="As --no-index where most of the project was never analysed: for hooks.")
@click.option("--new", is_flag=True, help="Only what HEAD does not owe: for commit hooks.")
@click.option("--since", metavar="REF", help="Only what was not owed where HEAD left REF: for pull requests.")
@click.option("--baseline", metavar="FILE", help="What is in this baseline is known.")
@click.option("--no-baseline", is_flag=True, help="Leave the configured baseline out.")
@click.option("--watch", is_flag=True, help="Run again after every change, until interrupted.")
@click.option("--as-of", metavar="DATE", help="Today, for suppressions that end (YYYY-MM-DD).")
@measuring_flags
@repair_flags
@click.pass_context
def command(context: click.Context, /, **given: object) -> None:
    """Report debt in PATHS (default: this folder). `-` reads one file from standard input."""
    outputs = read_outputs(given)
    asked = request(given, Profile() if given["profile_rules"] else watcher(bool(given["quiet"])))
    refuse_nonsense(asked, given)
    if given["watch"]:
        if asked.stdin is not None or given["fix"] or given["diff"]:
            raise UserError("--watch looks at files and writes none: leave out `-`, --fix and --diff")
        watch(lambda: _check(asked, outputs, given)[0])
        context.exit(0)
    context.exit(_check(asked, outputs, given)[1])


def _check(asked: Request, outputs: Sequence[tuple[str, Path]], given: dict[str, object]) -> tuple[Outcome, int]:
    """One run with its reports; the run, and the exit code it comes to."""
    from mldebt.run import execute, exit_code  # the rest of mldebt is not needed for --help and --version

    outcome, instead = execute(asked), None
    if given["fix"] or given["diff"]:
        outcome, instead = repaired(asked, outcome, given)
    asked.observer.stage("report")
    outcome = with_edits(outcome, outputs, given)
    said = write_reports(outcome, outputs, given, instead)
    code = exit_code(outcome)
    more = statistics(outcome) if given["statistics"] else ""
    if isinstance(asked.observer, Profile):
        more += asked.observer.said()
    click.echo(more, err=True, nl=False)
    if not (outputs or instead is not None or given["fix"] or given["watch"] or more):
        keep_run(outcome, said, code, sys.argv[1:])
    return outcome, code
