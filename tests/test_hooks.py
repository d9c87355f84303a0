"""What .pre-commit-hooks.yaml promises: the hooks are called for every file that mldebt reads."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from mldebt.discover import kind_of

TOP = Path(__file__).parent.parent
READ = (
    "a.py", "deep/er/nb.ipynb", "uv.lock", "poetry.lock", "Pipfile.lock", "pylock.toml", "pylock.dev.toml",
    "pyproject.toml", "Pipfile", "setup.cfg", "pixi.toml", "x/MLproject", ".python-version", "runtime.txt",
    ".tool-versions", "environment.yml", "conda-gpu.yaml", "requirements.txt", "requirements-dev.in",
    "docker/requirement.pip", "constraints.lock", "reqs.txt", "my-req.txt", "requirements/base.txt", "reqs/gpu.in",
    "constraint/x.pip", "Dockerfile", "Dockerfile.gpu", "Containerfile", "gpu.Dockerfile", "a.dockerfile",
    "docker-compose.yaml", "run.sh", "a.bash", "a.zsh", "a.ksh", ".env", ".env.production", "prod.env", ".envrc",
    "env.example", "REQUIREMENTS.TXT", "README.md", "docs/MODEL_CARD.rst", "model-cards/fraud.md", "renovate.json",
    ".renovaterc", ".github/CODEOWNERS", "conf/settings.ini", "Makefile", "justfile", "Procfile",
    "crontab", "Jenkinsfile", "tox.ini",
)  # fmt: skip


def hooks() -> dict[str, dict[str, Any]]:
    return {hook["id"]: hook for hook in yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text("utf-8"))}


def test_the_ids_are_a_public_interface() -> None:
    assert list(hooks()) == ["mldebt", "mldebt-project"]


@pytest.mark.parametrize("path", READ)
@pytest.mark.parametrize("hook", ["mldebt", "mldebt-project"])
def test_every_file_that_is_read_calls_the_hooks(hook: str, path: str) -> None:
    assert kind_of(path) is not None
    assert re.search(hooks()[hook]["files"], path)


def test_every_fixture_that_is_read_calls_the_hooks() -> None:
    files = hooks()["mldebt"]["files"]
    paths = [path.relative_to(TOP).as_posix() for path in (TOP / "fixtures").rglob("*") if path.is_file()]
    read = [path for path in paths if kind_of(path) is not None]
    assert len(read) > 100
    assert [path for path in read if not re.search(files, path)] == []


@pytest.mark.parametrize("path", ["logo.png", "data.csv", "main.go", "notes.txt", "docs/history.md"])
def test_other_files_call_no_hook(path: str) -> None:
    assert not re.search(hooks()["mldebt"]["files"], path)
