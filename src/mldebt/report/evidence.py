"""The evidence sheet as text, markdown or JSON. Paths are relative to the root."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from mldebt.evidence import FOUND, Answer, Sheet
from mldebt.looks import Spot
from mldebt.model_rows import ModelRow
from mldebt.report.document import Json, write_json
from mldebt.report.printable import amount, escape, shorten

VERSION = 1
_CELL = 60

_COLUMNS: tuple[tuple[str, Callable[[ModelRow], Sequence[str]]], ...] = (
    ("artefact", lambda row: row.artefacts),
    ("trained at", lambda row: _shown(row.trainers)),
    ("served at", lambda row: _shown(row.servers)),
    ("tests", lambda row: _shown(row.tests)),
    ("owner", lambda row: row.owners),
    ("versions in training", lambda row: row.training_versions),
    ("versions in serving", lambda row: row.serving_versions),
    ("thresholds", lambda row: row.thresholds),
    ("flags", lambda row: row.flags),
    ("declared", lambda row: row.declared),
)


def evidence_text(sheet: Sheet) -> str:
    """A line a test, a paragraph a model."""
    width = max((len(answer.state) for answer in sheet.answers), default=0)
    lines = ["The 28 tests of the ML Test Score, and what the code shows", ""]
    lines += [
        f"{answer.test.id:<9}  {answer.state:<{width}}  {answer.test.asks}{_end(answer)}".rstrip()
        for answer in sheet.answers
    ]
    lines += ["", _total(sheet)]
    for row in sheet.models:
        lines += ["", f"model {escape(row.name)}"]
        lines += [f"    {name:<20}  {_cell(given(row))}" for name, given in _COLUMNS]
    return "\n".join(lines) + "\n"


def _end(answer: Answer) -> str:
    said = ", ".join(_shown(answer.spots)) or escape(answer.said)
    return f": {said}" if said else ""


def _total(sheet: Sheet) -> str:
    found = sum(answer.state == FOUND for answer in sheet.answers)
    return f"{found} of {len(sheet.answers)} have evidence in the code; {amount(len(sheet.models), 'model')}"


def _shown(spots: Sequence[Spot]) -> tuple[str, ...]:
    return tuple(f"{escape(spot.path)}:{spot.line}" if spot.line else escape(spot.path) for spot in spots)


def _cell(values: Sequence[str]) -> str:
    return ", ".join(shorten(escape(value), _CELL) for value in values) or "-"


def evidence_markdown(sheet: Sheet) -> str:
    """Two tables: the tests, the models."""
    lines = ["# Evidence", "", "## The ML Test Score", ""]
    lines += ["| test | topic | asks that | evidence | where, or why not |", "|---|---|---|---|---|"]
    lines += [
        f"| {answer.test.id} | `{answer.test.topic}` | {answer.test.asks} | {answer.state} | {_bar(_end(answer)[2:])} |"
        for answer in sheet.answers
    ]
    lines += ["", _total(sheet) + ".", "", "## Models", ""]
    lines += ["| model | " + " | ".join(name for name, _ in _COLUMNS) + " |", "|---" * (len(_COLUMNS) + 1) + "|"]
    for row in sheet.models:
        cells = [_bar(_cell(given(row))) for _, given in _COLUMNS]
        lines.append(f"| {_bar(escape(row.name))} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _bar(text: str) -> str:
    return text.replace("|", "\\|")


def evidence_json(sheet: Sheet) -> str:
    """Contract version 1 (``schemas/evidence.schema.json``)."""
    document: dict[str, Json] = {
        "version": VERSION,
        "tests": [
            {
                "id": answer.test.id,
                "topic": answer.test.topic,
                "asks": answer.test.asks,
                "state": answer.state,
                "places": _places(answer.spots),
                "said": answer.said,
            }
            for answer in sheet.answers
        ],
        "models": [_model(row) for row in sheet.models],
        "declarations": [
            {
                "name": each.name,
                "topic": each.topic,
                "elsewhere": each.elsewhere,
                "owner": each.owner,
                "until": each.until or None,
            }
            for each in sheet.declarations
        ],
    }
    return write_json(document, depth=2)


def _places(spots: Sequence[Spot]) -> Json:
    return [{"path": spot.path, "line": spot.line or None} for spot in spots]


def _model(row: ModelRow) -> dict[str, Json]:
    return {
        "name": row.name,
        "artefacts": [*row.artefacts],
        "trainers": _places(row.trainers),
        "servers": _places(row.servers),
        "tests": _places(row.tests),
        "owners": [*row.owners],
        "training_versions": [*row.training_versions],
        "serving_versions": [*row.serving_versions],
        "thresholds": [*row.thresholds],
        "flags": [*row.flags],
        "declared": [*row.declared],
    }


EVIDENCE_REPORTS: Mapping[str, Callable[[Sheet], str]] = MappingProxyType(
    {"text": evidence_text, "markdown": evidence_markdown, "json": evidence_json}
)
