"""Kubernetes: the images of whatever has containers. Any YAML file may be one; it says so with
``apiVersion`` and ``kind``."""

from __future__ import annotations

import re

from mldebt.sources.manifests.contents import ManifestFacts
from mldebt.sources.manifests.yaml_manifests import Reading, mappings

DIALECT = "kubernetes"
PATTERN = re.compile(r"(?:^|/)[^/]+\.ya?ml$")

_IS_ONE = re.compile(rb"^(apiVersion|kind):", re.MULTILINE)


def may_be(data: bytes) -> bool:
    """Can the file be one that names images? Most YAML is something else, and parsing is slow."""
    return b"image:" in data and len(set(_IS_ONE.findall(data))) == 2


def read(path: str, text: str) -> ManifestFacts:
    reading = Reading.of(path, text, DIALECT)
    for mapping in mappings(reading):
        reading.image(reading.file.get(mapping, "image"))
    return reading.done()
