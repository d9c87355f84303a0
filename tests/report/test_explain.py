"""A rule told to a person, and the list of rules."""

from __future__ import annotations

import json

from msgspec.structs import replace

from mldebt.model import Severity
from mldebt.report.explain import explain_markdown, explain_text
from mldebt.report.rules import rules_json, rules_text
from mldebt.rule_spec import Example
from tests.report.runs import CATALOGUE, THRESHOLD


def test_text() -> None:
    assert explain_text(THRESHOLD) == (
        """\
THR001 hard-coded-score-threshold (warning, high confidence)

A model score is compared with a number that is written in the code

Why
  The right number moves with every new model, but this one moves only with a release.
  Nobody sees it.

Remedy
  Store the threshold beside the model that it was chosen for.

Reported: serve/api.py
    if score > 0.75:  # reported: THR001
        block()

Not reported: serve/api.py
    if score > settings.threshold:
        block()

Details
  - warning, high confidence; model debt; about 20 min to repay
  - speaks in files whose role is: serve (warning), test (note)
  - speaks instead of: THR003
  - option allowed (numbers, default [0.0, 1.0]): numbers that are no thresholds |
    bounds

To accept one place
    # mldebt: ignore[THR001] accepted -- the reason

References
  https://index.example.org/papers/hidden-debt
"""
    )


def test_colour_only_when_asked() -> None:
    assert "\x1b" in explain_text(THRESHOLD, color=True)
    assert "\x1b" not in explain_text(THRESHOLD)


def test_markdown_holds_the_same() -> None:
    page = explain_markdown(THRESHOLD)
    assert page.startswith("# THR001 `hard-coded-score-threshold`\n\n")
    for part in (THRESHOLD.summary, THRESHOLD.why, THRESHOLD.remedy, *THRESHOLD.references):
        assert part in page
    assert "```python\nif score > 0.75:  # reported: THR001\n    block()\n```" in page
    assert "| `allowed` | numbers | `[0.0, 1.0]` | numbers that are no thresholds \\| bounds |" in page
    assert "ignore[THR001]" in page


def test_a_fence_is_longer_than_what_it_holds() -> None:
    tricky = replace(THRESHOLD, bad=(Example("README.md", "```\ncode\n```\n"),))
    assert "````text\n```\ncode\n```\n````" in explain_markdown(tricky)


def test_a_rule_that_is_off_says_so() -> None:
    off = replace(THRESHOLD, enabled=False)
    assert "off by default" in explain_text(off)
    assert rules_text((off,)).split()[:2] == ["THR001", "off"]


def test_the_list_of_rules() -> None:
    first, second = rules_text(CATALOGUE).splitlines()
    assert first == "FLG001  error    scattered-feature-flag      One feature flag is read in many places"
    assert second.startswith("THR001  warning  hard-coded-score-threshold  A model score")
    assert rules_text(()) == ""


def test_the_list_of_rules_for_programs() -> None:
    document = json.loads(rules_json(CATALOGUE))
    assert document["version"] == 1
    assert [rule["code"] for rule in document["rules"]] == ["FLG001", "THR001"]
    rule = document["rules"][1]
    assert rule["severity"] == Severity.WARNING.value
    assert rule["options"][0]["default"] == [0.0, 1.0]
    assert rule["roles"] == {"serve": "warning", "test": "note"}
