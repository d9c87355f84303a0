"""The flags that fix what is found, and what they do to a run."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from mldebt.cli.terminal import report_options
from mldebt.errors import UserError

if TYPE_CHECKING:
    from mldebt.run import Outcome, Request

_WITH_EDITS = frozenset({"json", "sarif", "rdjson"})  # formats that hold the edits


def repair_flags(command: Callable[..., None]) -> Callable[..., None]:
    decorators = [
        click.option("--fix", is_flag=True, help="Write the fixes that are safe; what is left is reported."),
        click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: those, too, that ask for a look."),
        click.option("--diff", is_flag=True, help="Show what --fix would write, instead of a report."),
        click.option("--environment", metavar="PATH", help="Pin to what is installed there; nothing of it is run."),
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def refuse_nonsense(asked: Request, given: dict[str, object]) -> None:
    """Raises ``UserError`` for flags that cannot be meant together."""
    if given["fix"] and given["diff"]:
        raise UserError("--fix writes and --diff shows what it would write: give one of them")
    if given["fix"] and asked.stdin is not None:
        raise UserError("--fix writes files, and standard input is none: use --diff")
    if given["unsafe_fixes"] and not (given["fix"] or given["diff"]):
        raise UserError("--unsafe-fixes goes with --fix or --diff")


def repaired(asked: Request, outcome: Outcome, given: dict[str, object]) -> tuple[Outcome, str | None]:
    """With --fix, what is left after it; with --diff, what was found, and what would be changed."""
    from mldebt.fix import SAFE, UNSAFE
    from mldebt.repair import repair, write_changes
    from mldebt.report.diff import render_diff
    from mldebt.report.fixed import say_fixed

    writes = bool(given["fix"])
    done = repair(asked, outcome, UNSAFE if given["unsafe_fixes"] else SAFE)
    unwritten = write_changes(done) if writes else ()
    options = report_options(outcome)
    if not given["quiet"] and not unwritten:
        click.echo(say_fixed(done.applied, outcome.run, options, written=writes), err=True, nl=False)
    left = done.outcome if writes else outcome
    left = replace(left, run=replace(left.run, notices=(*left.run.notices, *done.notices, *unwritten)))
    return left, None if writes else render_diff(outcome.run, done.changes, options, terminal=sys.stdout.isatty())


def with_edits(outcome: Outcome, outputs: Sequence[tuple[str, Path]], given: dict[str, object]) -> Outcome:
    """The run with its fixes realised, when a format wants them."""
    if not _WITH_EDITS.intersection([*(format_ for format_, _ in outputs), str(given["format_"])]):
        return outcome
    from mldebt.fix import with_fixes

    findings, crashes = with_fixes(outcome.run.findings, outcome.tree.read)
    return replace(outcome, run=replace(outcome.run, findings=findings, notices=(*outcome.run.notices, *crashes)))
