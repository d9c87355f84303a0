"""Fixes from end to end: the finding is gone, nothing else changed, a second run changes nothing."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mldebt import vocabulary
from mldebt.config import Flags
from mldebt.fix import SAFE
from mldebt.repair import repair, write_changes
from mldebt.run import Request, execute
from tests.expectations import take
from tests.toy import mldebt, write

FIXTURES = Path(__file__).parent.parent / "fixtures" / "versions"
CASES = sorted(each for each in FIXTURES.glob("*/bad*") if each.suffix != ".fixed")
VERSION = re.compile(r"[\s()]*(?:(?:[<>=~!^]=?=?)?\s*[\d.*+!a-z]*\s*,?\s*)*\)?")
PROJECT = '[project]\nname = "ranker"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["torch"]\n'
OWN = ("torch", "pandas", "fastapi", "keras", "scikit-learn")


def installed(folder: Path, **versions: str) -> Path:
    """An environment with these distributions, as its metadata says."""
    for name, version in versions.items():
        home = folder / "lib" / "python3.12" / "site-packages" / f"{name}-{version}.dist-info"
        home.mkdir(parents=True)
        write(home / "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\n")
    return folder


def everything(folder: Path) -> Path:
    """An environment with every framework that the vocabulary names, all in one version."""
    meta = folder / "conda-meta"
    meta.mkdir(parents=True)
    words = vocabulary.load({})
    names = {one for one in words.words("frameworks") if one.replace("-", "").replace("_", "").isalnum()}
    for name in sorted(names | {"pytorch", "plotly", "gradio", "nltk", "seaborn", "tqdm", "uvicorn", *OWN}):
        (meta / f"{name}-7.8.9-0.json").touch()
    return installed(folder, **dict.fromkeys(names | {"plotly", "gradio", "nltk", "seaborn", "tqdm", *OWN}, "7.8.9"))


def contents(root: Path) -> dict[str, bytes]:
    """All files but the store's."""
    files = (each for each in root.rglob("*") if each.is_file() and ".mldebt_cache" not in each.parts)
    return {each.relative_to(root).as_posix(): each.read_bytes() for each in files}


def fixes_in(document: Any) -> list[Any]:
    """The safe fixes of what is open."""
    open_ones = (finding for finding in document["findings"] if finding["status"] == "open")
    return [
        (finding["identity"], fix["edits"])
        for finding in open_ones
        for fix in finding["fixes"]
        if fix["safety"] == "safe"
    ]


def by_hand(files: dict[str, bytes], fixes: list[Any]) -> dict[str, bytes]:
    """The files with the edits made, as a consumer of the JSON would make them."""
    made = {json.dumps(edit): edit for _, edits in fixes for edit in edits}
    changed = {path: data.decode("utf-8").split("\n") for path, data in files.items()}
    for edit in sorted(made.values(), key=lambda each: (each["start_line"], each["start_column"]), reverse=True):
        assert edit["start_line"] == edit["end_line"]
        lines, number = changed[edit["path"]], edit["start_line"] - 1
        before, after = edit["start_column"] - 1, edit["end_column"] - 1
        assert VERSION.fullmatch(lines[number][before:after]), "only versions give way"
        assert VERSION.fullmatch(edit["text"]), "only versions are written"
        lines[number] = lines[number][:before] + edit["text"] + lines[number][after:]
    return {path: "\n".join(lines).encode("utf-8") for path, lines in changed.items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.stem}")
def test_fixtures_with_a_known_version(case: Path, tmp_path: Path) -> None:
    root, _ = take(case, tmp_path)
    environment = str(everything(tmp_path / "env"))
    flags = ("--root", ".", "--environment", environment, "--format", "json", "-q")
    files, fixes = contents(root), fixes_in(mldebt(root, "check", *flags).document)
    after = mldebt(root, "check", "--fix", *flags).document
    assert contents(root) == by_hand(files, fixes), "the edits are made, and nothing else changes"
    assert not fixes_in(after), "what can be fixed is fixed"
    left = {finding["identity"] for finding in after["findings"] if finding["status"] == "open"}
    assert not left & {identity for identity, _ in fixes}
    fixed = contents(root)
    mldebt(root, "check", "--fix", *flags)
    assert contents(root) == fixed, "a second run changes nothing"


TOY = {
    "mldebt.toml": "",
    "requirements.txt": "torch  # the model\r\nfastapi==0.115.0\r\nscikit-learn\r\n",
    "train.py": "import torch\n",
}


def planted(folder: Path, **changed: str) -> tuple[Path, str]:
    root = folder / "project"
    for path, text in {**TOY, **changed}.items():
        write(root / path, text)
    return root, str(installed(folder / "env", torch="2.9.1+cu121", pandas="2.2.0"))


def test_what_is_known_is_left_alone_unless_it_is_meant(tmp_path: Path) -> None:
    root, environment = planted(tmp_path)
    assert mldebt(root, "baseline", "write").code == 0
    ask = ("check", "--fix", "--environment", environment, "--baseline", "mldebt-baseline.txt")
    assert "nothing to fix in what is new; without a comparison 1 known finding can be (--no-baseline)\n" in (
        mldebt(root, *ask).err
    )
    assert "fixed 1 finding in 1 file\n" in mldebt(root, *ask[:-2], "--no-baseline").err


def test_what_is_said_and_the_exit_code(tmp_path: Path) -> None:
    root, environment = planted(tmp_path)
    assert "can be fixed: 1 with --fix\n" in mldebt(root, "check", "--environment", environment).err
    ran = mldebt(root, "check", "--fix", "--environment", environment)
    assert ran.code == 1, "scikit-learn is still there"
    assert "requirements.txt:1: fixed PIN001: pin torch to 2.9.1, as in the environment\n" in ran.err
    assert "fixed 1 finding in 1 file\n" in ran.err
    assert "torch" not in ran.out
    assert "scikit-learn" in ran.out
    assert (root / "requirements.txt").read_bytes().startswith(b"torch==2.9.1  # the model\r\nfastapi")
    again = mldebt(root, "check", "--fix", "--environment", environment)
    assert "nothing to fix\n" in again.err


def test_a_diff_writes_nothing_and_can_be_applied(tmp_path: Path) -> None:
    root, environment = planted(tmp_path)
    before = contents(root)
    command = [sys.executable, "-m", "mldebt", "check", "--diff", "--environment", environment]
    shown = subprocess.run(command, cwd=root, capture_output=True, check=False)  # its own process: bytes count
    assert shown.returncode == 1
    assert contents(root) == before
    assert b"requirements.txt:1: would fix PIN001" in shown.stderr
    subprocess.run(["git", "apply", "--whitespace=nowarn", "-"], cwd=root, input=shown.stdout, check=True)
    applied = contents(root)
    (root / "requirements.txt").write_bytes(before["requirements.txt"])
    mldebt(root, "check", "--fix", "--environment", environment)
    assert contents(root) == applied != before


def test_a_diff_of_standard_input(tmp_path: Path) -> None:
    root, environment = planted(tmp_path)
    given = ("check", "-", "--stdin-filename", "requirements.txt", "--environment", environment)
    shown = mldebt(root, *given, "--diff", stdin="pandas\n")
    assert "-pandas\n+pandas==2.2.0\n" in shown.out
    refused = mldebt(root, *given, "--fix", stdin="pandas\n")
    assert (refused.code, refused.out) == (2, "")
    assert "use --diff" in refused.err


@pytest.mark.parametrize("flags", [("--fix", "--diff"), ("--unsafe-fixes",)])
def test_flags_that_cannot_be_meant(tmp_path: Path, flags: tuple[str, ...]) -> None:
    root, _ = planted(tmp_path)
    assert mldebt(root, "check", *flags).code == 2


def test_paths_choose_what_is_fixed(tmp_path: Path) -> None:
    root, environment = planted(tmp_path, **{"serve/requirements.txt": "torch\n"})
    mldebt(root, "check", "serve", "--fix", "--environment", environment)
    assert (root / "serve" / "requirements.txt").read_bytes() == b"torch==2.9.1\n"
    assert contents(root)["requirements.txt"] == TOY["requirements.txt"].encode()


def test_what_is_suppressed_or_not_selected_stays(tmp_path: Path) -> None:
    accepted = "torch  # mldebt: ignore[PIN001] accepted -- tried with all of them\n"
    root, environment = planted(tmp_path, **{"requirements.txt": accepted, "a/requirements.txt": "pandas\n"})
    mldebt(root, "check", "--fix", "--ignore", "PIN", "--environment", environment)
    assert contents(root)["a/requirements.txt"] == b"pandas\n"
    mldebt(root, "check", "--fix", "--environment", environment)
    assert contents(root)["requirements.txt"] == accepted.encode()
    assert contents(root)["a/requirements.txt"] == b"pandas==2.2.0\n"


def test_what_may_not_be_written_is_told(tmp_path: Path) -> None:
    root, environment = planted(tmp_path, **{"requirements.txt": "fastapi==0.115.0\n"})
    write(tmp_path / "outside.txt", "torch\n")
    write(root / "a" / "requirements.txt", "torch\n")
    (root / "a" / "requirements.txt").chmod(0o444)
    write(root / "real.txt", "torch\n")
    (root / "b").mkdir()
    os.symlink("../real.txt", root / "b" / "requirements.txt")
    before = contents(root)
    ran = mldebt(root, "check", "--fix", "--environment", environment)
    assert contents(root) == before
    assert "a/requirements.txt:1: notice: PIN001 is not fixed: a/requirements.txt is read-only" in ran.err
    assert "nothing to fix" in ran.err


def test_what_changed_since_it_was_read_is_not_written(tmp_path: Path) -> None:
    root, environment = planted(tmp_path)
    request = Request(root, root=str(root), flags=Flags(jobs=1), environment=environment)
    done = repair(request, execute(request), SAFE)
    assert done.changes
    write(root / "requirements.txt", "torch\nmeanwhile\n")
    (notice,) = write_changes(done)
    assert (notice.path, notice.fatal) == ("requirements.txt", True)
    assert "has changed since it was read" in notice.message
    assert (root / "requirements.txt").read_bytes() == b"torch\nmeanwhile\n"


def test_the_lock_of_the_project_says_the_version(tmp_path: Path) -> None:
    lock = 'version = 1\n\n[[package]]\nname = "torch"\nversion = "2.8.0"\n'
    image = "FROM python:3.12.4\nRUN pip install --no-cache-dir \\\n    torch \\\n    # and more\n    'pandas>=1'\n"
    root, environment = planted(
        tmp_path, **{"requirements.txt": "", "uv.lock": lock, "images/Dockerfile": image, "pyproject.toml": PROJECT}
    )
    found = mldebt(root, "check", "--format", "json").findings
    assert not [fix for finding in found for fix in finding["fixes"]], "pandas is not known yet"
    mldebt(root, "check", "--fix", "--environment", environment)
    fixed = image.replace("torch", "torch==2.8.0").replace("pandas>=1", "pandas==2.2.0")
    assert contents(root)["images/Dockerfile"] == fixed.encode()


def test_a_fix_that_brings_another_finding_is_taken_back(tmp_path: Path) -> None:
    """Pinned to what is installed, training and serving would no longer agree."""
    root, environment = planted(
        tmp_path,
        **{"requirements.txt": "", "train/requirements.txt": "torch>=2\n", "serve/requirements.txt": "torch==2.7.0\n"},
    )
    before = contents(root)
    ran = mldebt(root, "check", "--fix", "--environment", environment)
    assert contents(root) == before
    assert "PIN002 is not fixed: the fix would bring PIN006" in ran.err


def test_the_side_that_floats_is_pinned_as_the_other_when_asked(tmp_path: Path) -> None:
    sides = {"train/requirements.txt": "torch==2.7.0\n", "serve/requirements.txt": "fastapi\ntorch[x]  # weights\n"}
    root, _ = planted(tmp_path, **{"requirements.txt": "", **sides})
    assert "nothing to fix" in mldebt(root, "check", "--fix").err
    assert contents(root)["serve/requirements.txt"] == sides["serve/requirements.txt"].encode()
    ran = mldebt(root, "check", "--fix", "--unsafe-fixes")
    assert "fixed PIN006: pin torch to 2.7.0, as in train/requirements.txt" in ran.err
    assert contents(root)["serve/requirements.txt"] == b"fastapi\ntorch[x]==2.7.0  # weights\n"


def test_sarif_holds_the_fix(tmp_path: Path) -> None:
    root, environment = planted(tmp_path, **{"requirements.txt": "é = 1 # no requirement\ntorch\n"})
    log = mldebt(root, "check", "--format", "sarif", "--environment", environment).document
    (result,) = [each for each in log["runs"][0]["results"] if each["ruleId"] == "PIN001"]
    assert result["fixes"] == [
        {
            "artifactChanges": [
                {
                    "artifactLocation": {"uri": "requirements.txt", "uriBaseId": "%SRCROOT%"},
                    "replacements": [
                        {
                            "deletedRegion": {"startLine": 2, "startColumn": 6, "endLine": 2, "endColumn": 6},
                            "insertedContent": {"text": "==2.9.1"},
                        }
                    ],
                }
            ],
            "description": {"text": "pin torch to 2.9.1, as in the environment."},
            "properties": {"safety": "safe"},
        }
    ]
