"""How loud the rules on versions are, beyond where they speak (the fixtures show that)."""

from __future__ import annotations

import pytest

from mldebt.model import Finding
from tests.checks.versions.findings import findings

IMAGE = "FROM python:3.12.8-slim\n"


def said(found: tuple[Finding, ...]) -> list[tuple[int, str]]:
    return [(one.place.span.line, one.severity.value) for one in found]


def test_images_of_frameworks_are_warnings_and_others_notes() -> None:
    text = "FROM pytorch/pytorch\nFROM redis\nFROM nvidia/cuda:$TAG\n"
    found = findings("PIN004", {"Dockerfile": text})
    assert said(found) == [(1, "warning"), (2, "note"), (3, "note")]
    assert ["Python, CUDA" in one.message for one in found] == [True, False, False]
    assert "build's arguments" in found[2].message


def test_images_of_others_can_be_left_out() -> None:
    assert said(findings("PIN004", {"Dockerfile": "FROM redis\nFROM python\n"}, ml_images_only=True)) == [
        (2, "warning")
    ]


@pytest.mark.parametrize(
    ("path", "severity"),
    [
        ("Dockerfile", "warning"),
        ("services/build/Dockerfile", "warning"),
        (".devcontainer/Dockerfile", "note"),
        ("Dockerfile.dev", "note"),
    ],
)
def test_installs_in_images(path: str, severity: str) -> None:
    assert said(findings("PIN005", {path: f"{IMAGE}RUN pip install torch\n"})) == [(2, severity)]


@pytest.mark.parametrize(("job", "severity"), [("train", "warning"), ("deploy-model", "warning"), ("unit", "note")])
def test_installs_in_jobs(job: str, severity: str) -> None:
    files = {".github/workflows/ml.yml": f"jobs:\n  {job}:\n    steps:\n      - run: pip install torch\n"}
    assert said(findings("PIN005", files)) == [(4, severity)]
    assert findings("PIN005", files, ci_jobs=False) == ()


def test_a_long_command_shows_what_floats_and_no_credentials() -> None:
    command = (
        "pip install --no-cache-dir --index-url https://me:hunter2@index.example.org/simple torch==2.9.1 numpy pandas"
    )
    (found,) = findings("PIN005", {"Dockerfile": f"{IMAGE}RUN {command}\n"})
    assert "`pip install ... numpy pandas`" in found.message
    assert "hunter2" not in repr(found)


def test_a_release_for_neither_side_is_an_error_and_a_float_a_warning() -> None:
    files = {
        "train.requirements.txt": "torch==2.9.1\nnumpy==2.3.4\n",
        "serve.requirements.txt": "torch==2.4.1\nnumpy\n",
    }
    found = findings("PIN006", files)
    assert said(found) == [(1, "error"), (2, "warning")]
    assert [[one.place.path for one in each.related] for each in found] == [["train.requirements.txt"]] * 2


def test_two_services_against_one_training_are_one_finding() -> None:
    files = {
        "train/requirements.txt": "torch==2.9.1\n",
        "serve/requirements.txt": "torch==2.4.1\n",
        "api/requirements.txt": "torch==2.4.1\n",
    }
    found = findings("PIN006", files)
    assert [one.place.path for one in found] == ["api/requirements.txt", "serve/requirements.txt"]


def test_sides_by_configuration() -> None:
    files = {"a/requirements.txt": "torch==2.9.1\n", "b/requirements.txt": "torch==2.4.1\n"}
    assert findings("PIN006", files) == ()
    files = {"services/requirements-a.txt": "torch==2.9.1\n", "services/requirements-a-gpu.txt": "torch==2.4.1\n"}
    assert findings("PIN006", files) == ()
    given = {"train_globs": ["services/requirements-a.txt"], "serve_globs": ["services/requirements-a-gpu.txt"]}
    assert said(findings("PIN006", files, **given)) == [(1, "error")]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"requirements.txt": "torch==2.9.1\n"}, "no lock holds what `torch==2.9.1` brings in"),
        (
            {
                "pyproject.toml": '[project]\ndependencies = ["torch>=2,<3"]\n',
                "uv.lock": '[[package]]\nname = "a"\nversion = "1"\n',
            },
            "`torch>=2,<3` is not what the lock holds",
        ),
    ],
)
def test_what_lock_drift_says(files: dict[str, str], words: str) -> None:
    (found,) = findings("PIN007", files)
    assert words in found.message
    assert found.severity.value == "note"


def test_a_frozen_environment_needs_no_lock() -> None:
    frozen = "torch==2.9.1\n" + "".join(f"package-{number}==1.{number}\n" for number in range(40))
    assert findings("PIN007", {"requirements.txt": frozen}) == ()
    assert len(findings("PIN007", {"requirements.txt": f"{frozen}other>=1\n"})) == 1
