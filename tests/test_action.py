"""The steps of action.yml, run as a runner runs them: inputs in the environment, outputs in files."""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.toy import check, commit, plant, write

TOP = Path(__file__).parent.parent
ACTION = TOP / "action"
DECLARED = yaml.safe_load((TOP / "action.yml").read_text("utf-8"))


@dataclass(frozen=True)
class Step:
    code: int
    log: str
    outputs: dict[str, str]
    summary: str

    @property
    def commands(self) -> list[str]:
        """What a runner would obey."""
        return [line.strip() for line in self.log.splitlines() if line.strip().startswith("::") or "##[" in line]


def step(workspace: Path, script: str, **environment: str) -> Step:
    """One script of the action, with the defaults of action.yml."""
    files = {name: workspace.parent / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for path in files.values():
        path.unlink(missing_ok=True)
        path.touch()
    inputs = {name: str(declared.get("default", "")) for name, declared in DECLARED["inputs"].items()}
    given = {f"INPUT_{name.upper().replace('-', '_')}": value for name, value in inputs.items()}
    program = Path(sys.executable).with_name("mldebt")
    runner = {"GITHUB_WORKSPACE": str(workspace), "MLDEBT": str(program), "GITHUB_ACTIONS": "true", "CI": "true"}
    done = subprocess.run(
        [sys.executable, str(ACTION / script)],
        cwd=workspace, env={**os.environ, **given, **runner, **{k: str(v) for k, v in files.items()}, **environment},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    lines = files["GITHUB_OUTPUT"].read_text("utf-8").splitlines()
    outputs = dict(line.split("=", 1) for line in lines)
    return Step(done.returncode, done.stdout, outputs, files["GITHUB_STEP_SUMMARY"].read_text("utf-8"))


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return plant(tmp_path / "work", git=True)


def test_one_run_is_log_annotations_summary_outputs_and_sarif(workspace: Path) -> None:
    counted = check(workspace).document["summary"]["warnings"]
    assert counted > 3
    ran = step(workspace, "check.py")
    assert ran.code == 0
    assert ran.outputs == {
        "errors": "0", "warnings": str(counted), "notes": ran.outputs["notes"], "exit-code": "1",
        "sarif": str(workspace / "mldebt.sarif"),
    }  # fmt: skip
    kinds = [command.split(" ")[0] for command in ran.commands]
    assert kinds == ["::group::mldebt", "::endgroup::", *["::warning"] * counted]
    assert "app/scoring.py:9:12: warning: " in ran.log
    assert ran.summary.startswith(f"## mldebt\n\n{counted} warnings")
    log = json.loads((workspace / "mldebt.sarif").read_text("utf-8"))
    assert len(log["runs"][0]["results"]) == counted
    assert set(ran.outputs) == set(DECLARED["outputs"])


def test_inputs_are_heard(workspace: Path) -> None:
    ran = step(
        workspace, "check.py", INPUT_PATHS="feed.py 'search.py'", INPUT_WORKING_DIRECTORY="app", INPUT_CATEGORY="api",
        INPUT_ANNOTATIONS="false", INPUT_SUMMARY="false", INPUT_SARIF_FILE="out/a b.sarif",
        INPUT_ARGS="--fail-on never",
    )  # fmt: skip
    assert ran.outputs["exit-code"] == "0"
    assert ran.commands == ["::group::mldebt check", "::endgroup::"]
    assert ran.summary == ""
    (run,) = json.loads((workspace / "out" / "a b.sarif").read_text("utf-8"))["runs"]
    assert run["automationDetails"]["id"] == "api/"
    paths = {each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in run["results"]}
    assert paths == {"app/feed.py", "app/search.py"}


def test_text_in_inputs_stays_text(workspace: Path) -> None:
    ran = step(workspace, "check.py", INPUT_PATHS="$(touch${IFS}pwned) ;touch pwned; `touch pwned`")
    assert ran.outputs["exit-code"] == "2"
    assert ran.outputs["sarif"] == ran.outputs["warnings"] == ""
    assert not list(workspace.rglob("pwned"))
    two_lines = step(workspace, "check.py", INPUT_SARIF_FILE="a.sarif\nexit-code=0")
    assert (two_lines.code, two_lines.outputs) == (1, {})


def test_the_scripts_get_inputs_through_the_environment_only() -> None:
    for each in DECLARED["runs"]["steps"]:
        assert "${{" not in each["run"]
        assert each["shell"] == "bash"


def test_a_hostile_repository_starts_no_command(tmp_path: Path) -> None:
    work = tmp_path / "work"
    evil = "::error file=x::forged"
    write(work / "::error::a.py", f"import torch\nx = torch.sigmoid(y) > 0.72  # {evil}\n")
    write(work / "b.py", f"import torch\nx = torch.sigmoid(m['''\n::add-mask::x\n##[error]{evil}''']) > 0.72\n")
    write(work / "c.py", "def f(:  # ##[add-mask]x\n")
    commit(work)
    ran = step(work, "check.py")
    assert ran.outputs["warnings"] == "2"
    assert [re.split("[ :]", command[2:])[0] for command in ran.commands] == [
        "group", "endgroup", "warning", "warning",
    ]  # fmt: skip
    assert len(ran.outputs) == 5


# --- the upload ------------------------------------------------------------------------------------


@contextmanager
def service(status: int, answer: bytes) -> Iterator[tuple[str, list[Any]]]:
    """A server that stands in for the API: what it was sent, and where it is."""
    sent: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            sent.append((self.path, self.headers["Authorization"], body))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api/v3", sent
    finally:
        server.shutdown()
        server.server_close()


def upload(workspace: Path, url: str, sarif: str) -> Step:
    return step(
        workspace, "upload.py", GITHUB_API_URL=url, GITHUB_REPOSITORY="org/shop", GITHUB_SHA="a" * 40,
        GITHUB_REF="refs/pull/7/merge", INPUT_TOKEN="secret", SARIF=sarif, NO_PROXY="127.0.0.1", no_proxy="127.0.0.1",
    )  # fmt: skip


def test_the_log_is_sent_to_the_server_that_runs_the_job(workspace: Path) -> None:
    step(workspace, "check.py")
    log = workspace / "mldebt.sarif"
    with service(202, b"{}") as (url, sent):
        ran = upload(workspace, url, str(log))
    assert (ran.code, ran.log) == (0, "mldebt: code scanning has the log (202)\n")
    ((path, token, body),) = sent
    assert (path, token) == ("/api/v3/repos/org/shop/code-scanning/sarifs", "Bearer secret")
    assert gzip.decompress(base64.b64decode(body.pop("sarif"))) == log.read_bytes()
    assert body == {
        "commit_sha": "a" * 40, "ref": "refs/pull/7/merge", "checkout_uri": workspace.as_uri(), "tool_name": "mldebt",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "answer", "told"),
    [
        (
            403,
            b'{"message": "Advanced Security must be enabled\\n::error::for this repository"}',
            "403 Advanced Security",
        ),
        (403, b"<html>", "403 "),
        (404, b"[]", "404 "),
        (500, b"", "500 "),
    ],
)
def test_a_refused_upload_is_one_line(workspace: Path, status: int, answer: bytes, told: str) -> None:
    log = write_log(workspace)
    with service(status, answer) as (url, _):
        ran = upload(workspace, url, log)
    assert ran.code == 0
    assert len(ran.log.splitlines()) == 1
    assert ran.log.startswith(f"::notice title=mldebt::code scanning did not take the log ({told}")
    assert ran.log.endswith("; annotations and summary remain\n")


def test_no_server_and_no_log_are_one_line_too(workspace: Path) -> None:
    for url, log in (("http://127.0.0.1:1", write_log(workspace)), ("http://127.0.0.1:1", "")):
        ran = upload(workspace, url, log)
        assert (ran.code, len(ran.log.splitlines())) == (0, 1)


def write_log(workspace: Path) -> str:
    write(workspace / "mldebt.sarif", "{}")
    return str(workspace / "mldebt.sarif")
