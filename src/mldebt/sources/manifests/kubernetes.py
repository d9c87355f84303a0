"""Kubernetes: the images of whatever has containers. Any YAML file may be one; it says so with
``apiVersion`` and ``kind``."""

from __future__ import annotations

import re

from mldebt.sources.manifests.contents import ManifestFacts
from mldebt.sources.manifests.yaml_manifests import Reading, mappings, says

DIALECT = "kubernetes"
PATTERN = re.compile(r"(?:^|/)[^/]+\.ya?ml$")

_IS_ONE = re.compile(r"^(apiVersion|kind):", re.MULTILINE)


def read(path: str, text: str) -> ManifestFacts:
    if not says(text, "image:") or len(set(_IS_ONE.findall(text))) < 2:
        return ManifestFacts()
    reading = Reading.of(path, text, DIALECT)
    for mapping in mappings(reading):
        reading.image(reading.file.get(mapping, "image"))
    return reading.done()
