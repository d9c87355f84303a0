"""One id in many files is told of once, and each place of it no more."""

from __future__ import annotations

from pathlib import Path

from mldebt.config import Flags
from mldebt.model import Status
from mldebt.run import Request, execute

CALL = """
from openai import OpenAI


def ask(text):
    return OpenAI(timeout=9).responses.create(model="gpt-4o", input=text)
"""


def test_a_repeated_id_stands_for_its_places(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.py").write_text(CALL, encoding="utf-8")
    run = execute(Request(tmp_path, root=str(tmp_path), flags=Flags(jobs=1))).run
    told = [(each.code, each.place.path) for each in run.findings if each.status is Status.OPEN]
    assert told == [("LLM001", "a.py")]
    moved = [(each.place.path, each.status, each.by) for each in run.findings if each.code == "PIN009"]
    assert moved == [(f"{name}.py", Status.SUPERSEDED, "LLM001") for name in ("a", "b", "c")]


def test_an_id_in_two_files_is_each_place_of_its_own(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.py").write_text(CALL, encoding="utf-8")
    run = execute(Request(tmp_path, root=str(tmp_path), flags=Flags(jobs=1))).run
    assert [each.status for each in run.findings if each.code == "PIN009"] == [Status.OPEN, Status.OPEN]
