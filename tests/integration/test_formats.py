"""Reports as other people's programs read them: every one finds the same places in the same repository."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from mldebt.report.github import workflow_command
from tests.integration.consumers import FILE, SAVED, TOP, land, mldebt, node_module, plant, program, run

pytestmark = pytest.mark.integration

LEVELS = {"error": "error", "warning": "warning", "notice": "note", "note": "note"}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return plant(tmp_path / "repository")


def report(repository: Path, format_: str) -> str:
    return mldebt(repository, "check", "-q", "--format", format_)


def test_text_and_full(repository: Path) -> None:
    for format_ in ("text", "full"):
        found = re.findall(r"^pkg/a\.py:(\d+):(\d+): (\w+): .*\[\w+\]$", report(repository, format_), re.MULTILINE)
        assert tuple(land(int(line), int(column), "characters", level) for line, column, level in found) == SAVED


def test_sarif(repository: Path) -> None:
    results = json.loads(report(repository, "sarif"))["runs"][0]["results"]
    regions = [(r["locations"][0]["physicalLocation"]["region"], r["level"]) for r in results]
    assert tuple(land(r["startLine"], r["startColumn"], "utf16", level) for r, level in regions) == SAVED


def test_github_and_what_the_library_of_actions_writes(repository: Path) -> None:
    """The same line from @actions/core, given the same words."""
    lines = report(repository, "github").splitlines()
    found = [re.match(r"::(\w+) .*,line=(\d+),.*,col=(\d+),", line) for line in lines]
    assert tuple(land(int(m[2]), int(m[3]), "utf16", LEVELS[m[1]]) for m in found if m) == SAVED
    nasty = {
        "message": "100% bad\r\n::error::next, a:b%0A 😀 \x1b[31m", "title": "T: a,b%\r\n::", "file": "src/a,b:c%.py",
        "startLine": 3, "endLine": 3, "startColumn": 5, "endColumn": 20,
    }  # fmt: skip
    code = (
        f"const core = require({json.dumps(str(node_module('@actions/core')))});"
        "const {message, ...at} = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "core.error(message, at); core.warning(message, at); core.notice(message, at); core.error('plain');"
    )
    # What the library prints ends in a newline of the system; the rest has to be equal to the byte.
    written = run([program("node"), "-e", code], repository, stdin=json.dumps(nasty)).splitlines()
    properties: dict[str, Any] = {
        "title": nasty["title"], "file": nasty["file"], "line": 3, "endLine": 3, "col": 5, "endColumn": 20,
    }  # fmt: skip
    ours = [workflow_command(name, str(nasty["message"]), properties) for name in ("error", "warning", "notice")]
    assert [*ours, workflow_command("error", "plain", {})] == written


def test_gitlab(repository: Path) -> None:
    issues = json.loads(report(repository, "gitlab"))
    names = {"critical": "error", "major": "warning", "info": "note"}
    begins = [(each["location"]["positions"]["begin"], names[each["severity"]]) for each in issues]
    assert tuple(land(at["line"], at["column"], "characters", level) for at, level in begins) == SAVED
    assert {each["location"]["path"] for each in issues} == {FILE}
    assert len({each["fingerprint"] for each in issues}) == len(issues)


def test_rdjson(repository: Path) -> None:
    text = report(repository, "rdjson")
    diagnostics = json.loads(text)["diagnostics"]
    names = {"ERROR": "error", "WARNING": "warning", "INFO": "note"}
    starts = [(each["location"]["range"]["start"], names[each["severity"]]) for each in diagnostics]
    assert tuple(land(at["line"], at["column"], "bytes", level) for at, level in starts) == SAVED
    path = repository.parent / "rd.json"
    path.write_text(text, encoding="utf-8")
    assert validates(path) == 0
    broken = json.loads(text)
    broken["diagnostics"][0]["location"] = "nowhere"
    path.write_text(json.dumps(broken), encoding="utf-8")
    assert validates(path) == 1  # the judge can fail


def validates(path: Path) -> int:
    return subprocess.run([program("rdformat-validator"), str(path)], capture_output=True, check=False).returncode


def test_junit(repository: Path) -> None:
    failures = list(ElementTree.fromstring(report(repository, "junit")).iter("failure"))
    found = [re.match(r"pkg/a\.py:(\d+):(\d+): (\w+): ", failure.text or "") for failure in failures]
    assert tuple(land(int(m[1]), int(m[2]), "characters", m[3]) for m in found if m) == SAVED


def test_markdown(repository: Path) -> None:
    rows = re.findall(r"^\| (\w+) \| `pkg/a\.py:(\d+)` \|", report(repository, "markdown"), re.MULTILINE)
    assert sorted((int(line), level) for level, line in rows) == [(place.line, place.severity) for place in SAVED]


# --- sarif-tools -----------------------------------------------------------------------------------


def test_sarif_tools_counts_as_json_does(repository: Path) -> None:
    path = repository.parent / "log.sarif"
    path.write_text(report(repository, "sarif"), encoding="utf-8")
    summary = run([program("sarif"), "summary", str(path)], repository)
    json_summary = json.loads(report(repository, "json"))["summary"]
    told = {name: int(number) for name, number in re.findall(r"^(error|warning|note): (\d+)$", summary, re.MULTILINE)}
    assert told == {"error": json_summary["errors"], "warning": json_summary["warnings"], "note": json_summary["notes"]}
    difference = run([program("sarif"), "diff", str(path), str(path)], repository)
    assert re.findall(r"^(\w+) level: \+0 -0", difference, re.MULTILINE) == ["error", "warning", "note"]
    assert not re.search(r"[+-][1-9]", difference)


# --- configuration that we ship ----------------------------------------------------------------------

SHIPPED = [
    ("vendor.github-actions", "action.yml"),
    ("vendor.github-workflows", "docs/ci/mldebt.workflow.yml"),
    ("vendor.gitlab-ci", "docs/ci/mldebt.gitlab-ci.yml"),
]


@pytest.mark.parametrize(("schema", "path"), SHIPPED)
def test_the_schemas_of_the_services(schema: str, path: str, tmp_path: Path) -> None:
    command = [program("check-jsonschema"), "--builtin-schema", schema]
    assert "ok -- validation done" in run([*command, str(TOP / path)], tmp_path)
    broken = tmp_path / "broken.yml"
    broken.write_text((TOP / path).read_text("utf-8").replace("runs:", "run:").replace("script:", "scripts: 1\n  x:"))
    if schema != "vendor.github-workflows":
        assert "ok -- validation done" not in run([*command, str(broken)], tmp_path)


def test_the_json_follows_its_schema(repository: Path, tmp_path: Path) -> None:
    path = tmp_path / "check.json"
    path.write_text(report(repository, "json"), encoding="utf-8")
    schema = TOP / "src" / "mldebt" / "report" / "schemas" / "check.schema.json"
    said = run([program("check-jsonschema"), "--schemafile", str(schema), str(path)], tmp_path)
    assert "ok -- validation done" in said


def test_the_action_installs_and_runs(repository: Path) -> None:
    """action/install.sh from this checkout, as a runner calls it, then the step that checks."""
    temporary = repository.parent / "runner"
    temporary.mkdir()
    output = temporary / "output"
    output.touch()
    environment = {
        "RUNNER_TEMP": str(temporary), "GITHUB_OUTPUT": str(output), "ACTION_PATH": str(TOP),
        "GITHUB_WORKSPACE": str(repository), "INPUT_SARIF_FILE": "mldebt.sarif", "INPUT_WORKING_DIRECTORY": ".",
        "INPUT_ANNOTATIONS": "true",
    }  # fmt: skip
    done = subprocess.run(
        ["bash", "-c", '"$ACTION_PATH/action/install.sh"'], env={**os.environ, **environment}, capture_output=True,
        text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = dict(line.split("=", 1) for line in output.read_text().splitlines())
    said = run([told["python"], str(TOP / "action" / "check.py")], repository, MLDEBT=told["mldebt"], **environment)
    assert len(re.findall(r"^::(?:error|warning|notice) ", said, re.MULTILINE)) == len(SAVED)
    assert "exit-code=1" in output.read_text()
