"""The rules as a list: ``mldebt rules``."""

from __future__ import annotations

from collections.abc import Sequence

from mldebt.report.document import Json, write_json
from mldebt.rule_spec import RuleSpec


def rules_text(catalogue: Sequence[RuleSpec]) -> str:
    """A line for each rule, sorted by code: code, severity, name, summary."""
    rules = sorted(catalogue, key=lambda rule: rule.code)
    wide = max((len(rule.name) for rule in rules), default=0)
    lines = []
    for rule in rules:
        severity = rule.severity.value if rule.enabled else "off"
        lines.append(f"{rule.code}  {severity:<7}  {rule.name:<{wide}}  {' '.join(rule.summary.split())}")
    return "".join(line + "\n" for line in lines)


def rules_json(catalogue: Sequence[RuleSpec]) -> str:
    """``{"version": 1, "rules": [...]}``, sorted by code."""
    rules: list[Json] = [_rule(rule) for rule in sorted(catalogue, key=lambda rule: rule.code)]
    return write_json({"version": 1, "rules": rules}, depth=2)


def _rule(rule: RuleSpec) -> dict[str, Json]:
    return {
        "code": rule.code,
        "name": rule.name,
        "family": rule.family,
        "debt": rule.debt,
        "severity": rule.severity.value,
        "confidence": rule.confidence.value,
        "enabled": rule.enabled,
        "summary": rule.summary,
        "why": rule.why,
        "remedy": rule.remedy,
        "minutes": rule.minutes,
        "roles": {role.value: severity.value for role, severity in rule.roles},
        "supersedes": list(rule.supersedes),
        "options": [
            {
                "name": option.name,
                "type": option.type,
                "default": list(option.default) if isinstance(option.default, tuple) else option.default,
                "meaning": option.meaning,
            }
            for option in rule.options
        ],
        "references": list(rule.references),
    }
