"""``mldebt explain``: the page of one rule."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from mldebt.cli.terminal import colored, say, width


def _complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    from mldebt import catalogue

    names = (word for spec in catalogue.load().specs for word in (spec.code, spec.name))
    return [name for name in names if name.startswith(incomplete)]


@click.command("explain")
@click.argument("rule", shell_complete=_complete)
def command(rule: str) -> None:
    """Tell what a rule finds, why it matters and what to do. RULE is a code or a name."""
    from mldebt import roots, rulebook
    from mldebt.catalogue import Catalogue
    from mldebt.report.explain import explain_text
    from mldebt.tree import WorkingTree

    book = rulebook.load(WorkingTree(roots.find_root(".", Path.cwd()).path))
    say(explain_text(Catalogue(book.specs, book.digest).find(rule), width=width(), color=colored(sys.stdout)))
