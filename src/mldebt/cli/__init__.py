"""The command line: flags in, run, print, exit code. Nothing outside this package prints or exits.

A command is a module in ``commands`` that defines ``command``; the module's name is the command's.
It is imported when it is asked for, so that none pays for what another needs.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
import traceback

import click

from mldebt import __version__
from mldebt.errors import UserError


class _Commands(click.Group):
    """Finds its commands by the names of modules. Whatever ends a command early is told on standard error,
    with exit code 2: 1 means findings."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except UserError as error:
            click.echo(f"mldebt: {error}", err=True)
        except BrokenPipeError:
            # Whoever read our output has gone; there is nobody to tell.
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - the interpreter closes it at exit
        except (KeyboardInterrupt, click.Abort):
            click.echo("mldebt: interrupted", err=True)
        except Exception as error:
            traceback.print_exc()
            click.echo(f"mldebt: crashed ({type(error).__name__}); please report it with the lines above", err=True)
        return context.exit(2)

    def list_commands(self, context: click.Context) -> list[str]:
        from mldebt.cli import commands

        return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(commands.__path__))

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(context):
            return None
        found = importlib.import_module(f"mldebt.cli.commands.{name.replace('-', '_')}").command
        assert isinstance(found, click.Command)
        return found


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mldebt", message="%(prog)s %(version)s")
def main() -> None:
    """Find technical debt in machine-learning systems: thresholds, business rules, environment
    branches, flags and versions that make a model costlier to change, reproduce and operate."""
