"""``mldebt rules``: all rules, and trying those of the project's own."""

from __future__ import annotations

from pathlib import Path

import click

from mldebt.cli.options import root_option
from mldebt.cli.terminal import say


@click.group("rules", invoke_without_command=True)
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@root_option
@click.pass_context
def command(context: click.Context, format_: str, root: str | None) -> None:
    """List all rules, those of the project's own too."""
    if context.invoked_subcommand is not None:
        return
    from mldebt import roots, rulebook
    from mldebt.report.rules import rules_json, rules_text
    from mldebt.tree import WorkingTree

    specs = rulebook.load(WorkingTree(roots.find_root(".", Path.cwd(), root).path)).specs
    say(rules_json(specs) if format_ == "json" else rules_text(specs))


@command.command()
@click.argument("rules", nargs=-1)
@root_option
@click.pass_context
def test(context: click.Context, rules: tuple[str, ...], root: str | None) -> None:
    """Run the examples of the project's own RULES, or of all: bad ones must be reported, good ones not."""
    from mldebt import roots
    from mldebt.errors import UserError
    from mldebt.rule_trial import try_own_rules
    from mldebt.tree import WorkingTree

    trials = try_own_rules(WorkingTree(roots.find_root(".", Path.cwd(), root).path), rules)
    if not trials:
        raise UserError("there are no rules of this project's own; rule-paths in the configuration says where they are")
    for trial in trials:
        click.echo(f"{trial.spec.code} {trial.spec.name}: {'ok' if not trial.problems else 'wrong'}")
        for problem in trial.problems:
            click.echo(f"  {problem}")
    context.exit(int(any(trial.problems for trial in trials)))
