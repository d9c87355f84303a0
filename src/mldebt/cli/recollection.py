"""A run that ended is kept, so that the same run over the same files need not be done again (``replay``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from mldebt.cli.reports import Said

if TYPE_CHECKING:
    from mldebt.run import Outcome


def keep_run(outcome: Outcome, said: Said, code: int, arguments: Sequence[str]) -> None:
    """Keep what a run said by the ``arguments`` of the process. A run that cannot be trusted is not kept."""
    from mldebt import keeping

    grounds = outcome.grounds
    if grounds is None or code not in (0, 1) or arguments[:1] != ["check"]:
        return
    before, after = _around(said.summary, f"{outcome.run.summary.seconds:.1f}")
    trouble = keeping.keep(
        arguments,
        root=outcome.run.root,
        checked=grounds.checked,
        git=grounds.basis.git,
        listing=grounds.basis.listing,
        walked=grounds.basis.walked,
        inside=grounds.basis.looked,
        outside=grounds.outside,
        digests=grounds.digests,
        code=code,
        out=said.out,
        before=said.notices + before,
        after=after,
    )
    if trouble is not None:
        click.echo(f"notice: .mldebt_cache cannot be written: {trouble}; the next run is done anew", err=True)


def _around(summary: str, seconds: str) -> tuple[str, str]:
    """What a summary says before and after the time that the run took."""
    before, found, after = summary.partition(f" in {seconds} s")
    return (f"{before} in ", f" s{after}") if found else (summary, "")
