"""``mldebt rules``: all rules."""

from __future__ import annotations

import click

from mldebt.cli.terminal import say


@click.command("rules")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(format_: str) -> None:
    """List all rules."""
    from mldebt import catalogue
    from mldebt.report.rules import rules_json, rules_text

    specs = catalogue.load().specs
    say(rules_json(specs) if format_ == "json" else rules_text(specs))
