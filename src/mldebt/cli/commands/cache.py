"""``mldebt cache``: the store of facts."""

from __future__ import annotations

from pathlib import Path

import click

from mldebt.cli.options import root_option


@click.group("cache")
def command() -> None:
    """The facts remembered in .mldebt_cache/, so that a run analyses only what has changed."""


@command.command()
@root_option
def show(root: str | None) -> None:
    """Say where the store is and how large."""
    from mldebt import cache, discover, roots

    folder = roots.find_root(".", Path.cwd(), root).path / discover.STORE
    size = cache.size_of(folder.parent)
    click.echo(f"{folder}: {'nothing stored' if size is None else f'{size:,} bytes'}")


@command.command()
@root_option
def clear(root: str | None) -> None:
    """Remove the store."""
    from mldebt import cache, discover, roots

    found = roots.find_root(".", Path.cwd(), root).path
    click.echo(f"{found / discover.STORE}: {'removed' if cache.remove(found) else 'nothing stored'}")
