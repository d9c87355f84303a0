"""docs/getting-started.md, command by command, as a new user would type them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.expectations import take
from tests.toy import commit

TOP = Path(__file__).parent.parent
PAGE = TOP / "docs" / "getting-started.md"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="sed and printf as Linux has them")


def test_every_command_runs_as_written(tmp_path: Path) -> None:
    root, _ = take(TOP / "fixtures" / "projects" / "credit-service", tmp_path)
    (root / ".vscode").mkdir()
    commit(root)
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text("[user]\nname = t\nemail = t@example.org\n")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "HOME": str(home), "PATH": path, "GIT_CONFIG_NOSYSTEM": "1"}
    environment.pop("GIT_CONFIG_GLOBAL", None)
    said: list[tuple[str, int, str]] = []
    for command in re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL):
        if command.startswith("pip install"):
            continue  # it is installed: that is what runs here
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command], cwd=root, env=environment, capture_output=True, text=True,
            encoding="utf-8", timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode in (0, 1), f"{command}{done.stderr}"
        said.append((command.strip(), done.returncode, done.stdout))
    codes = {number: (command, code) for number, (command, code, _) in enumerate(said)}
    checks = [code for command, code, _ in said if command == "mldebt check"]
    new = [(code, out) for command, code, out in said if command == "mldebt check --new"]
    assert checks == [1, 0], codes
    assert [code for code, _ in new] == [1, 0], codes
    assert len(new[0][1].splitlines()) == 1
    assert "THR001" in new[0][1]
    others = [code for command, code, _ in said if "check" not in command and "init" not in command]
    assert set(others) == {0}, codes
    assert (root / "mldebt.sarif").stat().st_size > 1_000
    assert (root / ".vscode" / "tasks.json").exists()
