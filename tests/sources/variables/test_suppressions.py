"""Comments in files that declare variables can suppress, as anywhere; text in values cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldebt.config import Flags
from mldebt.model import Status
from mldebt.run import Request, execute

PROGRAM = 'import os\n\nimport joblib\n\nmodel = joblib.load(os.environ["MODEL_PATH"])\n'

FILES = {
    ".env": "MODEL_PATH=/m\nENABLE_BLEND=true{}\n",
    "compose.yml": "services:\n  a:\n    build: .\n    environment:\n"
    "      MODEL_PATH: /m\n      ENABLE_BLEND: 'true'{}\n",
}


def statuses(root: Path, name: str, text: str) -> list[Status]:
    (root / "serve.py").write_text(PROGRAM)
    (root / name).write_text(text)
    outcome = execute(Request(root, root=str(root), flags=Flags(jobs=1)))
    return [finding.status for finding in outcome.run.findings if finding.code == "FLG007"]


@pytest.mark.parametrize("name", FILES)
def test_behind_the_value_and_above_it(name: str, tmp_path: Path) -> None:
    text = FILES[name]
    assert statuses(tmp_path, name, text.format("")) == [Status.OPEN]
    mark = "# mldebt: ignore[FLG007] accepted -- read by the gateway"
    assert statuses(tmp_path, name, text.format(f"  {mark}")) == [Status.SUPPRESSED]
    before, line, after = text.format("").rpartition("ENABLE_BLEND")
    indent = " " * (len(before) - len(before.rstrip(" ")))
    assert statuses(tmp_path, name, f"{before}{mark}\n{indent}{line}{after}") == [Status.SUPPRESSED]


@pytest.mark.parametrize("name", FILES)
def test_not_from_within_a_value(name: str, tmp_path: Path) -> None:
    other = {".env": "NOTE='", "compose.yml": "      NOTE: '"}[name]
    text = FILES[name].format("") + f"{other} # mldebt: ignore-file[FLG007] -- x'\n"
    assert statuses(tmp_path, name, text) == [Status.OPEN]
