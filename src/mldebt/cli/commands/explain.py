"""``mldebt explain``: the page of one rule."""

from __future__ import annotations

import sys

import click

from mldebt.cli.terminal import colored, say, width


@click.command("explain")
@click.argument("rule")
def command(rule: str) -> None:
    """Tell what a rule finds, why it matters and what to do. RULE is a code or a name."""
    from mldebt import catalogue
    from mldebt.report.explain import explain_text

    say(explain_text(catalogue.load().find(rule), width=width(), color=colored(sys.stdout)))
