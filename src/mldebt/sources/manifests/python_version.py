"""``.python-version``, ``runtime.txt``, ``.tool-versions``: which Python is meant."""

from __future__ import annotations

import re

from mldebt.facts.pins import Manifest
from mldebt.sources.manifests.contents import ManifestFacts

DIALECT = "python-version"
PATTERN = re.compile(r"(?:^|/)(?:\.python-version|runtime\.txt|\.tool-versions)$")

_VERSION = re.compile(r"^[ \t]*(?:(?:c?python|pypy|miniconda|miniforge)[-\w]{0,20}?[- ]|)v?(\d+\.\d+)", re.MULTILINE)
_TOOL = re.compile(r"^[ \t]*python[ \t]+v?(\d+\.\d+)", re.MULTILINE)


def read(path: str, text: str) -> ManifestFacts:
    found = (_TOOL if path.endswith(".tool-versions") else _VERSION).search(text[:2_000])
    if not found:
        return ManifestFacts()
    return ManifestFacts((Manifest(DIALECT, is_lock=False, requires_python=f"=={found[1]}.*"),))
