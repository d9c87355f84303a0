"""``mldebt inventory``: every knob of a kind, debt or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from mldebt.cli.options import project_options, request
from mldebt.cli.terminal import report_options, say, say_notices

if TYPE_CHECKING:
    from mldebt.model import InventoryItem
    from mldebt.run import Outcome

_FORMATS = ["text", "json", "markdown"]
_KINDS = ["thresholds", "flags", "environments", "versions", "models", "knobs"]


@click.command("inventory")
@click.argument("kind", type=click.Choice(_KINDS))
@project_options
@click.option("--format", "format_", type=click.Choice(_FORMATS), default="text", show_default=True)
@click.pass_context
def command(context: click.Context, /, kind: str, **given: object) -> None:
    """List every threshold, flag, environment variable, version, model or knob, with all its places."""
    from mldebt.inventories import KINDS, take_inventory
    from mldebt.report.inventory import INVENTORY_REPORTS
    from mldebt.run import execute

    outcome = execute(request(given))
    items = take_inventory(KINDS[kind], outcome.project, outcome.shown)
    if given["format_"] == "text":
        items = tuple(_from_here(item, outcome) for item in items)
    say(INVENTORY_REPORTS[str(given["format_"])](items))
    say_notices(outcome, quiet=bool(given["quiet"]))
    context.exit(2 if any(notice.fatal for notice in outcome.run.notices) else 0)


def _from_here(item: InventoryItem, outcome: Outcome) -> InventoryItem:
    """The item with paths as seen from the working directory."""
    from mldebt.report.places import Paths

    paths = Paths(outcome.run, report_options(outcome))
    return replace(item, sites=tuple(replace(site, path=paths.show(site.path)) for site in item.sites))
