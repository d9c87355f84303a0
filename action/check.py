"""The action's main step: one run, of which the log, the annotations, the summary, the outputs and the SARIF
log are made. It ends with 0; the exit code of the run is an output, on which the last step ends.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path


def main() -> int:
    workspace = Path(os.environ["GITHUB_WORKSPACE"])
    sarif = workspace / _one_line("INPUT_SARIF_FILE")
    sarif.parent.mkdir(parents=True, exist_ok=True)
    sarif.unlink(missing_ok=True)  # what an earlier step left is not this run's
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        reports = {"sarif": sarif} | {name: made / name for name in ("github", "markdown", "json")}
        code = _run(workspace / _given("INPUT_WORKING_DIRECTORY"), reports)
        counts = _counts(reports["json"])
        if _given("INPUT_ANNOTATIONS") == "true":
            _print(reports["github"])
        if _given("INPUT_SUMMARY") == "true" and "GITHUB_STEP_SUMMARY" in os.environ:
            _append(Path(os.environ["GITHUB_STEP_SUMMARY"]), _read(reports["markdown"]))
    outputs = {**counts, "sarif": str(sarif) if sarif.exists() else "", "exit-code": str(code)}
    _append(Path(os.environ["GITHUB_OUTPUT"]), "".join(f"{name}={value}\n" for name, value in outputs.items()))
    return 0


def _run(folder: Path, reports: dict[str, Path]) -> int:
    """The exit code of mldebt, whose text goes to the log. Paths come after ``--``."""
    command = [os.environ["MLDEBT"], "check", "--color", "never"]
    command += [f"--output={name}={path}" for name, path in reports.items()]
    if category := _given("INPUT_CATEGORY"):
        command += ["--sarif-category", category]
    command += [*_split("INPUT_ARGS"), "--", *(_split("INPUT_PATHS") or ["."])]
    print("::group::mldebt check", flush=True)
    code = subprocess.run(command, cwd=folder, check=False).returncode
    print("::endgroup::", flush=True)
    return code


def _counts(report: Path) -> dict[str, str]:
    """Open findings by severity; of a run that wrote no report nothing is known."""
    text = _read(report)
    summary = json.loads(text)["summary"] if text else {}
    return {name: str(summary.get(name, "")) for name in ("errors", "warnings", "notes")}


def _given(name: str) -> str:
    return os.environ.get(name, "").strip()


def _split(name: str) -> Sequence[str]:
    try:
        return shlex.split(_given(name))
    except ValueError as problem:
        sys.exit(f"mldebt: {name.removeprefix('INPUT_').lower()}: {problem}")


def _one_line(name: str) -> str:
    value = _given(name)
    if not value or "\n" in value or "\r" in value:  # a second line would be an output of its own
        sys.exit(f"mldebt: {name.removeprefix('INPUT_').lower()}: a path in one line is needed")
    return value


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _print(path: Path) -> None:
    sys.stdout.buffer.write(_read(path).encode())
    sys.stdout.flush()


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(text)


if __name__ == "__main__":
    sys.exit(main())
