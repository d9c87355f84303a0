"""``mldebt baseline``: known debt as a file that is reviewed and merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mldebt.cli.options import request, root_option
from mldebt.cli.terminal import say, say_notices
from mldebt.errors import UserError

if TYPE_CHECKING:
    from mldebt.baseline import Baseline
    from mldebt.ledger import Ledger

_FILE = click.argument("file", required=False, type=click.Path())


@click.group("baseline")
def command() -> None:
    """Known debt, so that only new debt counts. FILE is what the configuration names as `baseline`, else
    mldebt-baseline.txt at the root."""


def _ledger(root: str | None, file: str | None) -> Ledger:
    """The whole project, and its baseline."""
    from mldebt.ledger import open_ledger

    ledger = open_ledger(request({"paths": (), "root": root}), file)
    say_notices(ledger.outcome, quiet=False)
    return ledger


def _known(found: Baseline) -> int:
    return sum(each.count for each in found.entries.values())


def _save(ledger: Ledger, found: Baseline) -> None:
    from mldebt import baseline
    from mldebt.report.printable import amount

    changes = baseline.changes(ledger.baseline, found)
    ledger.write(found)
    taken = sum(max(0, each.after - each.before) for each in changes)
    gone = sum(max(0, each.before - each.after) for each in changes)
    known = amount(_known(found), "known finding")
    click.echo(f"{ledger.name}: {known}; {taken:,} taken in, {gone:,} taken out", err=True)


@command.command()
@_FILE
@click.option("--force", is_flag=True, help="Write over a baseline that is there.")
@root_option
def write(file: str | None, force: bool, root: str | None) -> None:
    """Take down all findings of the project as known."""
    from mldebt import baseline

    ledger = _ledger(root, file)
    if ledger.held is not None and not force:
        raise UserError(f"{ledger.name} is there already; mldebt baseline update keeps it, --force replaces it")
    _save(ledger, baseline.taken_from(ledger.findings))
    if not ledger.is_configured:
        click.echo(f'next: put baseline = "{ledger.name}" into the configuration, and both into git', err=True)


@command.command()
@_FILE
@click.option("--rules", default="ALL", metavar="RULES", help="Take in these only; NEW: of rules newer than FILE.")
@root_option
def update(file: str | None, rules: str, root: str | None) -> None:
    """Take in what is new, take out what is paid."""
    ledger = _ledger(root, file)
    _save(ledger, ledger.updated(rules))


@command.command()
@_FILE
@root_option
def prune(file: str | None, root: str | None) -> None:
    """Take out what is paid, and nothing in."""
    ledger = _ledger(root, file)
    _save(ledger, ledger.updated(None))


@command.command()
@click.argument("old", required=False, type=click.Path())
@click.argument("new", required=False, type=click.Path())
@click.option("--since", metavar="REF", help="The old baseline is the one where HEAD left REF.")
@click.option("--format", "format_", type=click.Choice(["text", "markdown"]), default="text", show_default=True)
@click.option("--fail-if-grown", is_flag=True, help="Exit with 1 when more is known than before.")
@root_option
@click.pass_context
def diff(context: click.Context, /, **given: object) -> None:
    """Say how OLD and NEW differ. Without NEW: how the baseline differs from what is there; with --since:
    how it differs from the one then."""
    from mldebt import baseline
    from mldebt.report import baseline_changes

    before, after = _two(given)
    changes = baseline.changes(before, after)
    say(baseline_changes.render(changes, markdown=given["format_"] == "markdown"))
    context.exit(int(bool(given["fail_if_grown"]) and _known(after) > _known(before)))


def _two(given: dict[str, object]) -> tuple[Baseline, Baseline]:
    from mldebt import ledger

    old, new, since, root = (_text(given, name) for name in ("old", "new", "since", "root"))
    asked = request({"paths": (), "root": root})
    if new is None and since is None:
        found = _ledger(root, old)
        return found.baseline, found.updated()
    if new is None and since is not None:
        return ledger.baselines_since(asked, old, since)
    if old is None or new is None or since is not None:
        raise UserError("baseline diff takes two files, or --since REF, or neither")
    return ledger.read(asked.cwd / old), ledger.read(asked.cwd / new)


def _text(given: dict[str, object], name: str) -> str | None:
    value = given[name]
    return value if isinstance(value, str) else None
