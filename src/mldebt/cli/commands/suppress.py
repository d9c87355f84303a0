"""``mldebt suppress``: write a suppression where it holds."""

from __future__ import annotations

import os
import re

import click

from mldebt.cli.options import request, root_option
from mldebt.errors import UserError


@click.command("suppress")
@click.argument("code", metavar="CODE")
@click.argument("place", metavar="PATH:LINE")
@click.option("--reason", default="", help="Why it does not count; kept with it.")
@click.option(
    "--kind", type=click.Choice(["wrong", "accepted", "later"]), help="Not true; true and stays so; will be repaid."
)
@click.option("--until", default="", metavar="DATE", help="The last day on which it holds (YYYY-MM-DD).")
@click.option("--owner", default="", metavar="NAME", help="Whom to ask.")
@click.option("--as-of", metavar="DATE", help="Today (YYYY-MM-DD).")
@root_option
def command(code: str, place: str, **given: object) -> None:
    """Suppress the finding of CODE at PATH:LINE with a comment, or, where a file has none, in the
    configuration."""
    from mldebt import roots
    from mldebt.report.printable import amount
    from mldebt.suppressing import Wish, suppress

    found = re.fullmatch(r"(.+?):(\d+)(?::\d+)?:?", place)
    if found is None:
        raise UserError(f"{place}: write the place as PATH:LINE, as a report has it")
    path, line = found[1], found[2]
    asked = request({**given, "paths": ()})
    # By its folder: a link that leads elsewhere is not a file of this project.
    root = roots.find_root(os.path.dirname(path) or ".", asked.cwd, asked.root)
    reason, kind, until, owner = (str(given[name] or "") for name in ("reason", "kind", "until", "owner"))
    wish = Wish(code, root.relative(path, asked.cwd), int(line), " ".join(reason.split()), kind, until, owner)
    paths = [str(root.path)]
    if os.path.exists(file := root.path / wish.path):
        paths.append(str(file))  # named, it is read though git may not know it
    written = suppress(request({**given, "paths": tuple(paths), "root": str(root.path)}), wish)
    also = f"; it hides {amount(written.others, 'finding')} more" if written.others else ""
    click.echo(f"{written.path}:{written.line}: {written.said}{also}", err=True)
