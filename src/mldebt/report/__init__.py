"""Findings for people and for programs: a name for each format, a pure function behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from mldebt.model import Run
from mldebt.report import full, github, gitlab, json_format, markdown, rdjson, text
from mldebt.report.listing import is_heard, is_listed, listed
from mldebt.report.options import ColumnUnit, Report, ReportOptions, TextOf
from mldebt.report.summary import summarise
from mldebt.rule_spec import RuleSpec

__all__ = [
    "REPORTS",
    "ColumnUnit",
    "Report",
    "ReportOptions",
    "TextOf",
    "is_heard",
    "is_listed",
    "listed",
    "summarise",
]


def _sarif(run: Run, catalogue: Sequence[RuleSpec], options: ReportOptions, text_of: TextOf) -> str:
    from mldebt.report.sarif import render  # sarif_om takes longer to import than most runs need for a file

    return render(run, catalogue, options, text_of)


def _junit(run: Run, catalogue: Sequence[RuleSpec], options: ReportOptions, text_of: TextOf) -> str:
    from mldebt.report.junit import render  # nobody else needs XML

    return render(run, catalogue, options, text_of)


REPORTS: Mapping[str, Report] = MappingProxyType(
    {
        "text": text.render,
        "full": full.render,
        "json": json_format.render,
        "sarif": _sarif,
        "github": github.render,
        "gitlab": gitlab.render,
        "rdjson": rdjson.render,
        "junit": _junit,
        "markdown": markdown.render,
    }
)
"""The formats of ``--format``: all follow ``--show``, but JSON always holds everything."""
