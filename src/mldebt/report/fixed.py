"""What a repair did, for standard error: a line each, and how many."""

from __future__ import annotations

from collections.abc import Sequence

from mldebt.fix import Applied
from mldebt.model import Run
from mldebt.report.options import ReportOptions
from mldebt.report.places import Paths
from mldebt.report.printable import amount, escape


def say_fixed(applied: Sequence[Applied], run: Run, options: ReportOptions, *, written: bool) -> str:
    """``path:line: fixed PIN001: pin torch to 2.9.1, as in uv.lock``, where the finding stood."""
    paths = Paths(run, options)
    did = "fixed" if written else "would fix"
    lines = [f"{paths.at(each.finding.place)}: {did} {each.finding.code}: {escape(each.fix.title)}" for each in applied]
    files = len({path for each in applied for path in each.paths})
    total = f"{did} {amount(len(applied), 'finding')} in {amount(files, 'file')}" if applied else "nothing to fix"
    return "\n".join([*lines, total]) + "\n"
