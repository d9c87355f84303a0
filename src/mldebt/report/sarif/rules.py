"""The catalogue as SARIF rules."""

from __future__ import annotations

from collections.abc import Sequence

import sarif_om as om

from mldebt.model import Severity
from mldebt.report.explain import explain_markdown, explain_text
from mldebt.report.options import ReportOptions
from mldebt.report.printable import shorten
from mldebt.report.rule_links import published
from mldebt.report.sarif.messages import end_sentence
from mldebt.report.sarif.taxonomy import relations
from mldebt.rule_spec import RuleSpec

_NAME_LIMIT, _TEXT_LIMIT = 255, 1024  # GitHub's
_PROBLEM = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "recommendation"}


def describe_rules(catalogue: Sequence[RuleSpec], options: ReportOptions) -> list[om.ReportingDescriptor]:
    """Every rule, also those that found nothing, sorted by code. The help is in the log itself; with the
    team's own pages there is a link to it, too."""
    return [_describe(rule, published(rule.code, options)) for rule in sorted(catalogue, key=lambda rule: rule.code)]


def _describe(rule: RuleSpec, page: str) -> om.ReportingDescriptor:
    markdown = explain_markdown(rule) + (f"\n[{rule.code} in our documentation](<{page}>)\n" if page else "")
    return om.ReportingDescriptor(
        id=rule.code,
        name=shorten("".join(word.capitalize() for word in rule.name.split("-")), _NAME_LIMIT),
        short_description=_message(rule.summary),
        full_description=_message(rule.why),
        help=om.MultiformatMessageString(text=explain_text(rule), markdown=markdown),
        help_uri=page or None,
        relationships=relations(rule),
        default_configuration=om.ReportingConfiguration(level=rule.severity.value, enabled=rule.enabled),
        properties={
            "tags": list(dict.fromkeys(("technical-debt", "machine-learning", f"{rule.debt}-debt", rule.family))),
            "precision": rule.confidence.value,
            "problem.severity": _PROBLEM[rule.severity],
        },
    )


def _message(text: str) -> om.MultiformatMessageString:
    return om.MultiformatMessageString(text=shorten(end_sentence(" ".join(text.split())), _TEXT_LIMIT))
