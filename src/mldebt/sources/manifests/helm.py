"""The values of a Helm chart: images as ``repository`` and ``tag``. A tag that is not given is the chart's."""

from __future__ import annotations

import re

from mldebt.sources.manifests.contents import ManifestFacts
from mldebt.sources.manifests.yaml_manifests import Reading, mappings, says
from mldebt.sources.yaml_documents import text_of

DIALECT = "helm"
PATTERN = re.compile(r"(?:^|/)(?:[^/]*[._-])?values(?:[._-][^/]*)?\.ya?ml$")


def read(path: str, text: str) -> ManifestFacts:
    if not says(text, "repository:"):
        return ManifestFacts()
    reading = Reading.of(path, text, DIALECT)
    for mapping in mappings(reading):
        repository, tag = (text_of(reading.file.get(mapping, key)) for key in ("repository", "tag"))
        if repository and tag and reading.file.get(mapping, "digest") is None:
            reading.image(reading.file.get(mapping, "tag"), written=f"{repository}:{tag}")
    return reading.done()
