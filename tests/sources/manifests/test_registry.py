"""The readers and what discovery hands to them."""

from __future__ import annotations

import pytest

from mldebt.discover import kind_of
from mldebt.sources.manifests.reading import reader_for

PATHS = [
    "requirements.txt",
    "a/requirements/base.in",
    "constraints.txt",
    "reqs.txt",
    "api-reqs-gpu.in",
    "requirement/main.txt",
    "reqs/serve.txt",
    "prereqs.txt",
    "freqs.txt",
    "reqs/readme.md",
    "pyproject.toml",
    "a/uv.lock",
    "poetry.lock",
    "pdm.lock",
    "Pipfile.lock",
    "pylock.dev.toml",
    "requirements.lock",
    "Dockerfile",
    "serve/Containerfile.gpu",
    "gpu.dockerfile",
    "Pipfile",
    "environment.yml",
    "models/conda.yaml",
    "environment-gpu.yaml",
    "environments.yml",
    "a/setup.cfg",
    "pixi.toml",
    "pixi.lock",
    "conda-lock.yml",
    "gpu.conda-lock.yml",
    ".python-version",
    "runtime.txt",
    ".tool-versions",
    "compose.yaml",
    "chart/values.yaml",
    "setup.sh",
    "MANIFEST.in",
    "setup.md",
    "yarn.lock",
    "notes/requirements.md",
]


@pytest.mark.parametrize("path", PATHS)
def test_discovery_finds_exactly_what_there_is_a_reader_for(path: str) -> None:
    assert (kind_of(path) in ("manifest", "lock", "variables")) == (reader_for(path) is not None)
