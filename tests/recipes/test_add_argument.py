"""The fix that gives a call one more argument, in calls of every layout."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldebt.config import Flags
from mldebt.edits import Document, RefusedError
from mldebt.recipes import realise
from mldebt.run import Request, execute

HEAD = "import requests\n\n\ndef predict(rows):\n    return "

CALLS = [
    ('requests.post("http://m/predict")', 'requests.post("http://m/predict", timeout=10)'),
    ('requests.post("http://m/predict", json=rows,)', 'requests.post("http://m/predict", json=rows, timeout=10)'),
    (
        'requests.post(\n        "http://m/predict", json=rows\n    )',
        'requests.post(\n        "http://m/predict", json=rows, timeout=10\n    )',
    ),
    (
        'requests.post(\n        "http://m/predict",\n        json=rows,\n    )',
        'requests.post(\n        "http://m/predict",\n        json=rows,\n        timeout=10,\n    )',
    ),
]  # fmt: skip


def fixed(tmp_path: Path, call: str) -> str:
    """The call after its fix. The finding and its place are those of a run."""
    path = tmp_path / "client.py"
    path.write_text(f"{HEAD}{call}\n", encoding="utf-8")
    outcome = execute(Request(tmp_path, root=str(tmp_path), flags=Flags(jobs=1, select=("OPS005",))))
    (finding,) = outcome.run.findings
    (recipe,) = finding.recipes
    document = Document.of("client.py", path.read_bytes())
    edits = realise(recipe, finding, lambda _: document)
    return document.edited(edits).decode().removeprefix(HEAD).rstrip("\n")


@pytest.mark.parametrize(("before", "after"), CALLS)
def test_a_timeout_is_written_behind_what_there_is(tmp_path: Path, before: str, after: str) -> None:
    assert fixed(tmp_path, before) == after


def test_a_comment_behind_the_last_argument_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="comment"):
        fixed(tmp_path, 'requests.post(\n        "http://m/predict",  # ours\n    )')
