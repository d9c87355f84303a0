"""``mldebt cache``: the store of facts."""

from __future__ import annotations

from pathlib import Path

import click

from mldebt.cli.options import root_option


@click.group("cache")
def command() -> None:
    """What is remembered in .mldebt_cache/: facts, so that a run analyses only what has changed, and whole runs."""


@command.command()
@root_option
def show(root: str | None) -> None:
    """Say where the store is and how large."""
    from mldebt import cache, roots, snapshot

    found = roots.find_root(".", Path.cwd(), root).path
    size, runs = cache.contents(found)
    said = f"{size:,} bytes, {runs} whole run{'' if runs == 1 else 's'}" if size else "nothing stored"
    click.echo(f"{found / snapshot.STORE}: {said}")


@command.command()
@root_option
def clear(root: str | None) -> None:
    """Remove the store."""
    from mldebt import cache, roots, snapshot

    found = roots.find_root(".", Path.cwd(), root).path
    click.echo(f"{found / snapshot.STORE}: {'removed' if cache.remove(found) else 'nothing stored'}")
