"""GitHub Actions: the images of jobs and services, and what ``run`` installs."""

from __future__ import annotations

import re

import yaml

from mldebt.sources.manifests.contents import ManifestFacts
from mldebt.sources.manifests.yaml_manifests import Reading, says
from mldebt.sources.yaml_documents import text_of
from mldebt.vocabulary import tokenise

DIALECT = "github-actions"
PATTERN = re.compile(r"(?:^|/)(?:\.github/workflows/[^/]+|\.github/(?:.*/)?action|action)\.ya?ml$")

_DOCKER = "docker://"
_AHEAD = frozenset({"upstream", "bleeding", "devdeps", "prerelease", "prereleases", "unreleased"})
_BRANCHES = frozenset({"master", "main", "nightly", "dev", "head", "edge"})
_TESTS = frozenset({"test", "tests", "compat", "compatibility"})


def read(path: str, text: str) -> ManifestFacts:
    if not says(text, "image", "container", _DOCKER, "install", "uv add", "poetry add"):
        return ManifestFacts()
    reading = Reading.of(path, text, DIALECT)
    file = reading.file
    for root in file.documents:
        for name, _, job in file.entries(file.get(root, "jobs")):
            container = file.get(job, "container")
            reading.image(file.get(container, "image") or container)
            for _, _, service in file.entries(file.get(job, "services")):
                reading.image(file.get(service, "image"))
            if not _is_ahead(name, text_of(file.get(job, "name")) or ""):
                _steps(file.get(job, "steps"), name, reading)
        _steps(file.get(file.get(root, "runs"), "steps"), "action", reading)
    return reading.done()


def _is_ahead(*names: str) -> bool:
    """Does a job, by its names, test what others have not released yet? Whatever it installs has to move."""
    tokens = {token for name in names for token in tokenise(name)}
    return bool(tokens & _AHEAD) or bool(tokens & _TESTS and tokens & _BRANCHES)


def _steps(steps: yaml.Node | None, job: str, reading: Reading) -> None:
    for step in reading.file.items(steps):
        uses = reading.file.get(step, "uses")
        said = text_of(uses) or ""
        if said.startswith(_DOCKER):
            reading.image(uses, written=said.removeprefix(_DOCKER))
        reading.script(reading.file.get(step, "run"), job)
