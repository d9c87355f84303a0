"""``mldebt completion``: what a shell needs to complete commands, flags and rules."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from mldebt.cli.terminal import say

_SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion script of SHELL. Bash: eval "$(mldebt completion bash)" in ~/.bashrc."""
    kind = get_completion_class(shell)
    assert kind is not None  # click knows these three
    say(kind(context.find_root().command, {}, "mldebt", "_MLDEBT_COMPLETE").source())
