"""Runs made by hand: what the reports are tested over."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from mldebt.fingerprint import fingerprint, identity
from mldebt.model import (
    Cell,
    Confidence,
    Finding,
    Notice,
    Place,
    Related,
    Role,
    Run,
    Severity,
    Span,
    Status,
    Summary,
    Suppression,
)
from mldebt.report import TextOf
from mldebt.rule_spec import Example, Option, RuleSpec

ROOT = "/checkouts/shop"

SOURCE = """\
import joblib

model = joblib.load("model.joblib")


def decide(features):
    score = model.predict_proba(features)[0, 1]
    if score > 0.75:
        return "block"
    return "pass"
"""

THRESHOLD = RuleSpec(
    code="THR001",
    name="hard-coded-score-threshold",
    family="THR",
    debt="model",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    roles=((Role.SERVE, Severity.WARNING), (Role.TEST, Severity.NOTE)),
    message="{score} is compared with {value}",
    summary="A model score is compared with a number that is written in the code",
    why="The right number moves with every new model, but this one moves only with a release.\n\nNobody sees it.",
    remedy="Store the threshold beside the model that it was chosen for.",
    minutes=20,
    references=("https://index.example.org/papers/hidden-debt",),
    supersedes=("THR003",),
    options=(Option("allowed", "numbers", (0.0, 1.0), "numbers that are no thresholds | bounds", "facts"),),
    bad=(Example("serve/api.py", "if score > 0.75:  # expect: THR001\n    block()\n"),),
    good=(Example("serve/api.py", "if score > settings.threshold:\n    block()\n"),),
)
FLAG = replace(
    THRESHOLD,
    code="FLG001",
    name="scattered-feature-flag",
    family="FLG",
    debt="configuration",
    severity=Severity.ERROR,
    confidence=Confidence.MEDIUM,
    summary="One feature flag is read in many places",
    supersedes=(),
    options=(),
)
CATALOGUE = (THRESHOLD, FLAG)


def finding(
    path: str = "serve/api.py",
    span: tuple[int, int, int, int] = (8, 8, 8, 20),
    message: str = "the score is compared with 0.75",
    *,
    code: str = "THR001",
    severity: Severity = Severity.WARNING,
    confidence: Confidence = Confidence.HIGH,
    snippet: str = "score > 0.75",
    symbol: str = "decide",
    cell: Cell | None = None,
    source_line: str = "    if score > 0.75:",
    concept: str = "",
    related: tuple[Related, ...] = (),
    flow: tuple[Related, ...] = (),
    status: Status = Status.OPEN,
    suppression: Suppression | None = None,
    minutes: int = 20,
) -> Finding:
    rule = next((rule for rule in CATALOGUE if rule.code == code), THRESHOLD)
    about = identity(code, path, symbol, snippet)
    return Finding(
        code=code,
        name=rule.name,
        family=rule.family,
        debt=rule.debt,
        severity=severity,
        confidence=confidence,
        message=message,
        place=Place(path, Span(*span), cell),
        role=Role.SERVE,
        component="shop",
        minutes=minutes,
        symbol=symbol,
        snippet=snippet,
        source_line=source_line,
        identity=about,
        fingerprint=fingerprint(about, span[0]),
        concept=concept,
        related=related,
        flow=flow,
        status=status,
        suppression=suppression,
    )


def related(path: str, line: int, message: str, column: int = 5) -> Related:
    return Related(Place(path, Span(line, column, line, column + 4)), message)


def suppressed(kind: str = "accepted", path: str = "serve/api.py") -> Suppression:
    return Suppression(("THR001",), Place(path, Span(8, 30, 8, 60)), (8, 8), kind, "agreed with risk")


def run(
    *findings: Finding, notices: tuple[Notice, ...] = (), root: str = ROOT, git_top: str = ROOT, files: int = 12
) -> Run:
    summary = Summary(files, 3_400, sum(not notice.fatal for notice in notices), 1.234, ("FLG001", "THR001"))
    return Run(root, git_top, findings, notices, summary)


def texts(files: Mapping[str, str | bytes] | None = None) -> TextOf:
    """A tree of files in memory; ``serve/api.py`` is there unless it is given otherwise."""
    tree = {"serve/api.py": SOURCE, **(files or {})}
    encoded = {path: text.encode() if isinstance(text, str) else text for path, text in tree.items()}
    return encoded.get
