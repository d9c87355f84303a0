"""GitLab CI: the images of jobs and services, and what their scripts install."""

from __future__ import annotations

import re

import yaml

from mldebt.sources.manifests.contents import ManifestFacts
from mldebt.sources.manifests.yaml_manifests import Reading, says

DIALECT = "gitlab-ci"
PATTERN = re.compile(r"(?:^|/)(?:[^/]*\.gitlab-ci|\.gitlab(?:-ci)?/(?:.*/)?[^/]+)\.ya?ml$")

_SCRIPTS = ("before_script", "script", "after_script")
_NO_JOBS = frozenset({"variables", "workflow", "stages", "include", "image", "services", "cache", *_SCRIPTS})


def read(path: str, text: str) -> ManifestFacts:
    if not says(text, "image", "services", "install", "uv add", "poetry add"):
        return ManifestFacts()
    reading = Reading.of(path, text, DIALECT)
    for root in reading.file.documents:
        _job(root, "all", reading)
        for name, _, job in reading.file.entries(root):
            if isinstance(job, yaml.MappingNode) and name not in _NO_JOBS:
                _job(job, name, reading)
    return reading.done()


def _job(body: yaml.Node, name: str, reading: Reading) -> None:
    file = reading.file
    image = file.get(body, "image")
    reading.image(file.get(image, "name") or image)
    for service in file.items(file.get(body, "services")):
        reading.image(file.get(service, "name") or service)
    for key in _SCRIPTS:
        reading.script(file.get(body, key), name)
