"""docker-compose: the images of services that are not built here."""

from __future__ import annotations

import re

from mldebt.sources.manifests.contents import ManifestFacts
from mldebt.sources.manifests.yaml_manifests import Reading, says
from mldebt.sources.yaml_documents import text_of

DIALECT = "compose"
PATTERN = re.compile(r"(?:^|/)(?:[^/]*[._-])?compose(?:[._-][^/]*)?\.ya?ml$", re.IGNORECASE)


def read(path: str, text: str) -> ManifestFacts:
    if not says(text, "image"):
        return ManifestFacts()
    reading = Reading.of(path, text, DIALECT)
    file = reading.file
    for root in file.documents:
        services = [body for _, _, body in file.entries(file.get(root, "services"))]
        built = {text_of(file.get(body, "image")) for body in services if file.get(body, "build") is not None}
        for body in services:
            named = file.get(body, "image")
            reading.image(named, built=text_of(named) in built)
    return reading.done(templates=True)
