"""Other people's judges of SARIF: the schema of OASIS and Microsoft's multitool.

``.ci/integration`` installs them and says where they are; without them nothing here runs.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema.validators import validator_for

from mldebt.model import Notice, Run, Severity
from mldebt.report import REPORTS, ReportOptions, TextOf
from tests.report.runs import CATALOGUE, finding, run, texts
from tests.report.test_sarif import EVERYTHING, FILES, many

pytestmark = pytest.mark.integration

ALL = ReportOptions(show=(Severity.NOTE,))
CASES: Mapping[str, tuple[Run, ReportOptions]] = {
    "empty": (run(), ALL),
    "one": (run(finding()), ALL),
    "everything": (EVERYTHING, ALL),
    "suppressed": (EVERYTHING, ReportOptions(include_suppressed=True, sarif_category="api/nightly")),
    "crash": (run(notices=(Notice("rule-crashed", "THR001](1) crashed", "a b.py", 3, 0, True),)), ALL),
    "full": (many(25_001), ALL),
}
HASHED = {
    "a b.py": "x = 1\r\n\r\n\tif score > 0.75:\r\n" * 8,
    "é/rates.py": "lr = 0.001\n" + "lr = 0.001\n" * 20 + 's = "😀"',
    "nb.ipynb": '{"cells": [\n "' + "x" * 400 + '",\n ""\n]}\n',
}


def tool(variable: str) -> str:
    path = os.environ.get(variable, "")
    if not path:
        pytest.skip(f"{variable} names no file: run .ci/integration")
    return path


def write(folder: Path, made: Run, options: ReportOptions, text_of: TextOf = FILES) -> Path:
    path = folder / "log.sarif"
    path.write_text(REPORTS["sarif"](made, CATALOGUE, options, text_of), encoding="utf-8")
    return path


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8-sig"))


@pytest.mark.parametrize("case", [case for case in CASES if case != "full"])
def test_the_schema_of_oasis(case: str, tmp_path: Path) -> None:
    schema = read(Path(tool("MLDEBT_SARIF_SCHEMA")))
    log = read(write(tmp_path, *CASES[case]))
    assert [error.message for error in validator_for(schema)(schema).iter_errors(log)] == []


@pytest.mark.parametrize("case", CASES)
def test_the_multitool_has_no_errors_and_no_warnings(case: str, tmp_path: Path) -> None:
    """Its exit code is 0 whatever it finds: the log that it writes is the judge."""
    log, verdict = write(tmp_path, *CASES[case]), tmp_path / "verdict.sarif"
    command = [tool("MLDEBT_SARIF_MULTITOOL"), "validate", str(log), "--rule-kind", "Sarif;Gh"]
    command += ["--level", "Error;Warning", "--max-file-size-in-kb", "100000", "-o", str(verdict)]
    done = subprocess.run([*command, "--log", "ForceOverwrite"], check=True, capture_output=True, text=True)
    assert "Done. 1 files scanned." in done.stdout
    (judged,) = read(verdict)["runs"]
    told = [(result["ruleId"], result["message"].get("arguments")) for result in judged.get("results", [])]
    assert told == []


def test_the_multitool_computes_the_same_line_hashes(tmp_path: Path) -> None:
    """It needs the files and a base that says where they are; both are only for this test. It drops byte
    order marks, which GitHub's own program hashes: the vectors hold that case."""
    found = []
    for path, text in HASHED.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(text.encode())
        lines = text.replace("\r\n", "\n").split("\n")
        found += [finding(path, (number, 1, number, 2)) for number in range(1, len(lines) + 1)]
    log = write(tmp_path, run(*found), ALL, texts(HASHED))
    ours = read(log)
    bare = read(log)
    bare["runs"][0]["originalUriBaseIds"]["%SRCROOT%"]["uri"] = f"{tmp_path.as_uri()}/"
    for result in bare["runs"][0]["results"]:
        del result["partialFingerprints"]
    (tmp_path / "bare.sarif").write_text(json.dumps(bare), encoding="utf-8")
    command = [tool("MLDEBT_SARIF_MULTITOOL"), "rewrite", str(tmp_path / "bare.sarif"), "-o"]
    command += [str(tmp_path / "hashed.sarif"), "--insert", "RollingHashPartialFingerprints", "--log", "ForceOverwrite"]
    subprocess.run(command, check=True, capture_output=True)
    theirs = read(tmp_path / "hashed.sarif")
    assert _hashes(ours) == _hashes(theirs)
    assert len(_hashes(ours)) == len(found)


def _hashes(log: Any) -> list[str]:
    return [result["partialFingerprints"]["primaryLocationLineHash"] for result in log["runs"][0]["results"]]
