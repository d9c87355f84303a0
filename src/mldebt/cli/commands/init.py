"""``mldebt init``: set up a repository, and leave alone what is there."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mldebt.cli.options import request, root_option
from mldebt.errors import UserError

if TYPE_CHECKING:
    from mldebt.setup import Proposal


@click.command("init")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("--baseline/--no-baseline", default=None, help="Take down what is found now as known (asked else).")
@root_option
@click.pass_context
def command(context: click.Context, dry_run: bool, baseline: bool | None, root: str | None) -> None:
    """Write a configuration, the pre-commit hook, a workflow and editor tasks, as far as the repository has room
    for them. Nothing that is there is changed. Ends with the exit code of `mldebt check`."""
    from mldebt import baseline as baselines
    from mldebt.ledger import open_ledger
    from mldebt.report.printable import amount
    from mldebt.run import execute, exit_code
    from mldebt.setup import propose

    ledger = open_ledger(request({"paths": (), "root": root}), None)
    run = ledger.outcome.run
    top = Path(run.root)
    counted = len([each for each in ledger.findings if each.listed])
    click.echo(f"{top}: read {amount(run.summary.files, 'file')}, {amount(counted, 'finding')} to count")
    has_baseline = ledger.held is not None
    if not has_baseline and counted and _wants(baseline, counted, dry_run):
        if not dry_run:
            ledger.write(baselines.taken_from(ledger.findings))
        has_baseline = True
        _say("would write" if dry_run else "wrote", ledger.name, "what is found now is known; only what is new counts")
    for proposal in propose(top, Path(run.git_top), ledger.name if has_baseline else ""):
        _put(proposal, top, dry_run)
    if dry_run:
        return
    outcome = execute(request({"paths": (), "root": str(top)}))
    code = exit_code(outcome)
    click.echo(f"mldebt check: exit code {code}" + ("" if code == 0 else "; run it to see what counts"))
    context.exit(code)


def _wants(given: bool | None, counted: int, dry_run: bool) -> bool:
    """The flag decides, then the person at the terminal; where nobody can be asked, an old repository is
    better begun with a baseline than with a red build."""
    if given is not None or dry_run or not sys.stdin.isatty():
        return given is not False
    return click.confirm(f"take the {counted} findings of today as known, so that only new ones count?", default=True)


def _put(proposal: Proposal, top: Path, dry_run: bool) -> None:
    path = top / proposal.path
    if proposal.there or path.exists() or path.is_symlink():
        _say("kept", proposal.path, proposal.by_hand)
        return
    _say("would write" if dry_run else "wrote", proposal.path, proposal.what)
    if dry_run:
        click.echo("".join(f"    {line}\n" for line in proposal.text.splitlines()), nl=False)
        return
    try:
        if top not in path.parent.resolve().parents and path.parent.resolve() != top:
            raise UserError(f"init: {proposal.path} leads out of the repository; nothing is written there")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(proposal.text)
    except OSError as error:
        raise UserError(f"init: cannot write {proposal.path}: {error.strerror or error}") from None


def _say(verb: str, path: str, words: str) -> None:
    click.echo(f"{verb} {path}" + (f": {words}" if words else ""))
