"""``mldebt evidence``: what the code shows for the tests of the ML Test Score, and one row a model."""

from __future__ import annotations

from datetime import date

import click

from mldebt.cli.options import project_options, request
from mldebt.cli.terminal import say, say_notices

_FORMATS = ["text", "json", "markdown"]


@click.command("evidence")
@project_options
@click.option("--format", "format_", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.option("--as-of", metavar="DATE", help="Today, for declarations that end (YYYY-MM-DD).")
@click.pass_context
def command(context: click.Context, /, **given: object) -> None:
    """Show the evidence for each test of the ML Test Score, and for each model."""
    from mldebt.evidence import evidence
    from mldebt.report.evidence import EVIDENCE_REPORTS
    from mldebt.run import execute

    asked = request(given)
    outcome = execute(asked)
    sheet = evidence(outcome.project, outcome.run.findings, asked.today or date.today())
    say(EVIDENCE_REPORTS[str(given["format_"])](sheet))
    say_notices(outcome, quiet=bool(given["quiet"]))
    context.exit(2 if any(notice.fatal for notice in outcome.run.notices) else 0)
