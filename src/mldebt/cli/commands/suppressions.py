"""``mldebt suppressions``: what does not count, and why."""

from __future__ import annotations

import click

from mldebt.cli.options import project_options, request
from mldebt.cli.terminal import say, say_notices


@click.command("suppressions")
@project_options
@click.option("--by", "by", type=click.Choice(["rule"]), help="Count the kinds of each rule: wrong, accepted, later.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--as-of", metavar="DATE", help="Today (YYYY-MM-DD).")
def command(**given: object) -> None:
    """List all suppressions in PATHS with kind, reason, owner, age and days left."""
    from mldebt.report import suppression_list
    from mldebt.run import execute
    from mldebt.suppression_census import take

    asked = request(given)
    outcome = execute(asked)
    told, today = take(outcome, asked.today)
    if given["by"] == "rule":
        say(suppression_list.render_by_rule(told))
    elif given["format_"] == "json":
        say(suppression_list.render_json(told, today))
    else:
        say(suppression_list.render(told, today))
    say_notices(outcome, quiet=bool(given["quiet"]))
