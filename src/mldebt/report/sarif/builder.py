"""A run as one SARIF log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sarif_om as om

from mldebt.model import Confidence, Finding, Run, Status
from mldebt.report.document import Json, write_json
from mldebt.report.listing import is_listed
from mldebt.report.options import ReportOptions, TextOf
from mldebt.report.sarif import taxonomy
from mldebt.report.sarif.results import (
    BASE,
    Context,
    Places,
    cut_notification,
    hash_places,
    make_notification,
    make_result,
)
from mldebt.report.sarif.rules import describe_rules
from mldebt.report.sarif.walker import serialise, serialise_object
from mldebt.rule_spec import RuleSpec

RESULT_LIMIT = 25_000  # of a run: GitHub refuses the file above it
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
INFORMATION_URI = "https://index.example.org/mldebt"  # a placeholder: validators ask for one, and there is no page yet
_HIDDEN = (Status.SUPPRESSED, Status.BASELINED)
_DEPTH = 4  # log, runs, run, results: a result is a line


def render(run: Run, catalogue: Sequence[RuleSpec], options: ReportOptions, text_of: TextOf) -> str:
    """The log as text. Same input, same bytes: no clock, no random id, no absolute path."""
    return write_json(build(run, catalogue, options, text_of), _DEPTH)


def build(run: Run, catalogue: Sequence[RuleSpec], options: ReportOptions, text_of: TextOf) -> dict[str, Json]:
    """The log as plain JSON values."""
    findings = [finding for finding in run.findings if _is_told(finding, options)]
    kept = _cut(findings)
    places = Places(run, text_of)
    notifications = [make_notification(notice, places) for notice in run.notices]
    if len(kept) < len(findings):
        notifications.append(cut_notification(len(findings) - len(kept), RESULT_LIMIT))
    rules = describe_rules(catalogue, options)
    indices = {rule.id: index for index, rule in enumerate(rules)}
    context = Context(places, indices, hash_places(kept, text_of), options.include_suppressed)
    described = om.Run(
        tool=om.Tool(driver=_driver(rules, notifications, options)),
        automation_details=_automation(options),
        original_uri_base_ids={BASE: _base()},
        column_kind="utf16CodeUnits",
        invocations=[_invocation(run, notifications)],
        taxonomies=[taxonomy.component(options.version)],
    )
    # One result at a time: objects for all of them at once would cost more than half of the time.
    results: list[Json] = [serialise(make_result(finding, context)) for finding in kept]
    log = serialise_object(om.SarifLog(version="2.1.0", schema_uri=_SCHEMA, runs=[]))
    runs: list[Json] = [{**serialise_object(described), "results": results}]
    return {"$schema": log["$schema"], "version": log["version"], "runs": runs}


def _is_told(finding: Finding, options: ReportOptions) -> bool:
    if finding.status in _HIDDEN:
        return options.include_suppressed and finding.confidence is not Confidence.LOW
    return is_listed(finding, options)


def _cut(findings: Sequence[Finding]) -> Sequence[Finding]:
    """At most ``RESULT_LIMIT``, the mildest left out, the order kept."""
    if len(findings) <= RESULT_LIMIT:
        return findings
    by_rank = sorted(range(len(findings)), key=lambda index: findings[index].severity.rank)
    return [findings[index] for index in sorted(by_rank[:RESULT_LIMIT])]


def _driver(
    rules: list[om.ReportingDescriptor], notifications: Sequence[om.Notification], options: ReportOptions
) -> om.ToolComponent:
    return om.ToolComponent(
        name="mldebt",
        full_name=f"mldebt {options.version}",
        version=options.version,
        semantic_version=options.version,
        information_uri=INFORMATION_URI,
        rules=rules,
        supported_taxonomies=[taxonomy.supported()],
        notifications=list(_kinds(notifications)) or None,
    )


def _kinds(notifications: Sequence[om.Notification]) -> Iterator[om.ReportingDescriptor]:
    """What the notifications refer to: one descriptor for each kind."""
    for kind in sorted({notification.descriptor.id for notification in notifications}):
        words = om.MultiformatMessageString(text=f"{kind.replace('-', ' ').capitalize()}.")
        help_text = om.MultiformatMessageString(text="What could not be read is not judged: mend it, or exclude it.")
        yield om.ReportingDescriptor(id=kind, short_description=words, full_description=words, help=help_text)


def _automation(options: ReportOptions) -> om.RunAutomationDetails | None:
    """GitHub's category is what stands before the last slash."""
    return om.RunAutomationDetails(id=f"{options.sarif_category}/") if options.sarif_category else None


def _base() -> om.ArtifactLocation:
    """Without a URI: that would name this machine. Consumers put the checkout there."""
    return om.ArtifactLocation(description=om.Message(text="The top of the repository."))


def _invocation(run: Run, notifications: list[om.Notification]) -> om.Invocation:
    return om.Invocation(
        execution_successful=not any(notice.fatal for notice in run.notices),
        tool_execution_notifications=notifications or None,
    )
