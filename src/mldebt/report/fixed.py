"""What a repair did, for standard error: a line each, and how many."""

from __future__ import annotations

from collections.abc import Sequence

from mldebt.fix import Applied
from mldebt.model import Run, Status
from mldebt.report.options import ReportOptions
from mldebt.report.places import Paths
from mldebt.report.printable import amount, escape


def say_fixed(applied: Sequence[Applied], run: Run, options: ReportOptions, *, written: bool) -> str:
    """``path:line: fixed PIN001: pin torch to 2.9.1, as in uv.lock``, where the finding stood."""
    paths = Paths(run, options)
    did = "fixed" if written else "would fix"
    lines = [f"{paths.at(each.finding.place)}: {did} {each.finding.code}: {escape(each.fix.title)}" for each in applied]
    files = len({path for each in applied for path in each.paths})
    if applied:
        total = f"{did} {amount(len(applied), 'finding')} in {amount(files, 'file')}"
    else:
        total = f"nothing to fix{_known(run)}"
    return "\n".join([*lines, total]) + "\n"


def _known(run: Run) -> str:
    """A word on known findings, which are left as they are."""
    known = [each for each in run.findings if each.status is Status.BASELINED]
    count = sum(any(recipe.safety in ("safe", "unsafe") for recipe in each.recipes) for each in known)
    return (
        f" in what is new; without a comparison {amount(count, 'known finding')} can be (--no-baseline)"
        if count
        else ""
    )
