"""The inventory in its three formats."""

from __future__ import annotations

import json
from pathlib import Path

from jsonschema import Draft202012Validator

import mldebt.report
from mldebt.model import InventoryItem, InventoryKind, InventorySite, Role
from mldebt.report.inventory import INVENTORY_REPORTS

SCHEMA = json.loads((Path(mldebt.report.__file__).parent / "schemas" / "inventory.schema.json").read_text("utf-8"))

ITEMS = (
    InventoryItem(
        InventoryKind.THRESHOLD,
        "confidence",
        (
            InventorySite("batch/job.py", 7, 12, "0.45", Role.PIPELINE, None, "compared with score"),
            InventorySite("serve/api.py", 141, 4, "0.5", Role.SERVE),
        ),
    ),
    InventoryItem(
        InventoryKind.ENVIRONMENT, "STAGE", (InventorySite("settings.py", 3, 1, "", Role.SETTINGS, "prod", "a|b\nc"),)
    ),
)


def test_text() -> None:
    assert INVENTORY_REPORTS["text"](ITEMS) == (
        """\
threshold confidence: 2 sites, 2 values
    batch/job.py:7:12   0.45  pipeline, compared with score
    serve/api.py:141:4  0.5   serve

environment STAGE: 1 site
    settings.py:3:1    settings, default prod, a|b\\nc
"""
    )


def test_json() -> None:
    document = json.loads(INVENTORY_REPORTS["json"](ITEMS))
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(document)
    assert document["items"][1] == {
        "kind": "environment",
        "key": "STAGE",
        "sites": [
            {
                "path": "settings.py",
                "line": 3,
                "column": 1,
                "value": "",
                "default": "prod",
                "role": "settings",
                "detail": "a|b\nc",
            }
        ],
    }


def test_markdown() -> None:
    table = INVENTORY_REPORTS["markdown"](ITEMS).splitlines()
    assert table[2] == ("| threshold | `confidence` | `0.45` |  | pipeline | `batch/job.py:7` | compared with score |")
    assert table[4] == r"| environment | `STAGE` |  | `prod` | settings | `settings.py:3` | a\|b\\nc |"


def test_nothing() -> None:
    assert INVENTORY_REPORTS["text"](()) == ""
    document = json.loads(INVENTORY_REPORTS["json"](()))
    Draft202012Validator(SCHEMA).validate(document)
    assert document == {"version": 1, "items": []}
