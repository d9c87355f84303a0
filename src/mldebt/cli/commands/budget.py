"""``mldebt budget``: how much debt the parts of the project may have, and have."""

from __future__ import annotations

import click

from mldebt.cli.options import request, root_option
from mldebt.cli.terminal import say, say_notices


@click.group("budget", invoke_without_command=True)
@root_option
@click.pass_context
def command(context: click.Context, root: str | None) -> None:
    """Say what each budget of the configuration allows, and what is spent of it."""
    if context.invoked_subcommand is not None:
        return
    from mldebt.report import budget_table
    from mldebt.spending import take

    spending = take(request({"paths": (), "root": root}))
    say(budget_table.render(spending.spent) if spending.spent else budget_table.suggestion(spending.owed))
    say_notices(spending.outcome, quiet=False)


@command.command()
@root_option
def lower(root: str | None) -> None:
    """Write today's figures where they are lower than what is allowed."""
    from mldebt.spending import lower as lower_budgets
    from mldebt.spending import take

    spending = take(request({"paths": (), "root": root}))
    for spent in lower_budgets(spending):
        click.echo(f"{spent.limit.name}: {spent.limit.most:,} -> {len(spent.findings):,}", err=True)
