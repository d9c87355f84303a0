"""How loud floating-framework is, beyond where it speaks (the fixtures show that)."""

from __future__ import annotations

import pytest

from mldebt.model import Severity
from tests.checks.versions.findings import findings


def severities(files: dict[str, str]) -> list[str]:
    return [found.severity.value for found in findings("PIN001", files)]


@pytest.mark.parametrize(
    ("path", "image", "severity"),
    [
        ("Dockerfile", 'RUN pip install -r requirements.txt\nCMD ["uvicorn", "app:app"]\n', Severity.ERROR),
        ("Dockerfile", "RUN pip install -r requirements.txt\nENTRYPOINT gunicorn app:app\n", Severity.ERROR),
        ("Dockerfile", "RUN pip install -r requirements.txt\nCMD python job.py\n", Severity.WARNING),
        ("Dockerfile.serve", "RUN pip install -r requirements.txt\n", Severity.ERROR),
        (
            "deploy/images/Dockerfile",
            "COPY requirements.txt /a/\nRUN pip install -r /a/requirements.txt\n",
            Severity.ERROR,
        ),
        ("Dockerfile.serve", "COPY requirements.txt ./needs.txt\nRUN pip install -r needs.txt\n", Severity.ERROR),
        ("Dockerfile.serve", "RUN pip install -r other.txt\n", Severity.WARNING),
    ],
)
def test_what_a_serving_image_installs_is_an_error(path: str, image: str, severity: Severity) -> None:
    files = {"requirements.txt": "torch\n", path: f"FROM python:3.12\n{image}"}
    assert severities(files) == [severity.value]


def test_files_that_are_included_count_too() -> None:
    files = {
        "requirements.txt": "-r base.requirements.txt\n",
        "base.requirements.txt": "torch\n",
        "serve.Dockerfile": "FROM python:3.12\nRUN pip install -r requirements.txt\n",
    }
    assert severities(files) == ["error"]


@pytest.mark.parametrize("command", ["pip install .", "pip install -e .[gpu]", "uv sync", "poetry install --only main"])
def test_a_project_that_is_installed_as_a_whole(command: str) -> None:
    files = {
        "scoring/pyproject.toml": '[project]\nname = "scoring"\ndependencies = ["torch"]\n',
        "scoring/serve.Dockerfile": f"FROM python:3.12\nCOPY . .\nRUN {command}\n",
    }
    assert severities(files) == ["error"]


def test_what_the_image_itself_pins_is_fixed() -> None:
    files = {
        "requirements.txt": "torch\n",
        "serve.Dockerfile": "FROM python:3.12\nRUN pip install torch==2.9.1\nRUN pip install -r requirements.txt\n",
    }
    assert severities(files) == []


def test_setup_cfg() -> None:
    text = "[metadata]\nname = scoring\n[options]\ninstall_requires =\n    torch\n    pandas==2.3.3\n"
    (found,) = findings("PIN001", {"setup.cfg": text})
    assert (found.place.span.line, found.place.span.column, found.severity) == (5, 5, Severity.WARNING)


def test_a_development_group_that_a_product_includes() -> None:
    text = '[dependency-groups]\ntest = ["torch"]\n'
    assert severities({"pyproject.toml": text}) == []
    assert severities({"pyproject.toml": f'{text}serve = [{{include-group = "test"}}]\n'}) == ["warning"]
