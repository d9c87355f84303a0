"""The inventory in its three formats."""

from __future__ import annotations

import json
from pathlib import Path

from jsonschema import Draft202012Validator

import mldebt.report
from mldebt.model import Agreement, InventoryItem, InventoryKind, InventorySite, Role
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
        "agreement": None,
    }


def test_markdown() -> None:
    table = INVENTORY_REPORTS["markdown"](ITEMS).splitlines()
    assert table[2] == ("| threshold | `confidence` | `0.45` |  | pipeline | `batch/job.py:7` | compared with score |")
    assert table[4] == r"| environment | `STAGE` |  | `prod` | settings | `settings.py:3` | a\|b\\nc |"


SITES = (
    InventorySite("serve/req.txt", 2, 1, "==2.1", Role.SERVE, None, "requirements"),
    InventorySite("train/req.txt", 1, 1, "", Role.TRAIN, None, "requirements"),
    InventorySite("uv.lock", 9, 1, "2.0", Role.OTHER, None, "locked"),
)
CONFLICT = (InventoryItem(InventoryKind.VERSION, "torch", SITES, Agreement(None, (0, 2), ("2.0",))),)
AGREED = (InventoryItem(InventoryKind.VERSION, "torch", SITES[:2], Agreement("==2.1")),)
OPEN = (InventoryItem(InventoryKind.VERSION, "torch", SITES[1:2], Agreement("")),)


def test_what_the_places_of_a_package_come_to() -> None:
    text, markdown = INVENTORY_REPORTS["text"], INVENTORY_REPORTS["markdown"]
    assert text(CONFLICT).startswith(
        "version torch: 3 sites, 2 values; no version satisfies all: serve/req.txt:2 ==2.1, uv.lock:9 2.0\n"
    )
    assert text(AGREED).startswith("version torch: 2 sites; all admit ==2.1\n")
    assert text(OPEN).startswith("version torch: 1 site; any version\n")
    assert markdown(CONFLICT).splitlines()[2] == (
        "| `torch` | **no version satisfies all** | `2.0` | `serve/req.txt:2` `==2.1` (conflict)"
        "<br>`train/req.txt:1` any version<br>`uv.lock:9` `2.0` (conflict) |"
    )
    assert markdown(OPEN).splitlines()[2] == "| `torch` | any version |  | `train/req.txt:1` any version |"
    document = json.loads(INVENTORY_REPORTS["json"](CONFLICT))
    Draft202012Validator(SCHEMA).validate(document)
    assert document["items"][0]["agreement"] == {
        "satisfiable": False,
        "range": None,
        "locked": ["2.0"],
        "culprits": [
            {"path": "serve/req.txt", "line": 2, "value": "==2.1"},
            {"path": "uv.lock", "line": 9, "value": "2.0"},
        ],
    }


def test_nothing() -> None:
    assert INVENTORY_REPORTS["text"](()) == ""
    document = json.loads(INVENTORY_REPORTS["json"](()))
    Draft202012Validator(SCHEMA).validate(document)
    assert document == {"version": 1, "items": []}
