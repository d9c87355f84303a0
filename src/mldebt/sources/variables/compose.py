"""docker-compose: ``environment`` (list and map), ``env_file`` and build arguments of each service."""

from __future__ import annotations

import posixpath
import re

import yaml

from mldebt.facts.variables import VariableFile
from mldebt.sources.manifests.contents import ManifestFacts, resolve
from mldebt.sources.variables.contents import Findings
from mldebt.sources.variables.pairs import Pairs
from mldebt.sources.yaml_documents import YamlFile, text_of

DIALECT = "compose"
PATTERN = re.compile(r"(?:^|/)(?:[^/]*[._-])?compose(?:[._-][^/]*)?\.ya?ml$", re.IGNORECASE)


def read(path: str, text: str) -> ManifestFacts:
    found = Findings(path, text, DIALECT)
    file = YamlFile(text)
    pairs = Pairs(file, found)
    for root in file.documents:
        for service, _, body in file.entries(file.get(root, "services")):
            foreign = file.get(body, "build") is None and file.get(body, "image") is not None
            pairs.declare(file.get(body, "environment"), service=service, foreign=foreign)
            pairs.declare(file.get(file.get(body, "build"), "args"), service=service)
            _env_files(file.get(body, "env_file"), service, foreign, pairs)
        pairs.read_references(root)
    return pairs.done()


def _env_files(node: yaml.Node | None, service: str, foreign: bool, pairs: Pairs) -> None:
    """``env_file: .env``, a list of such, or of mappings with ``path``."""
    for one in [node] if isinstance(node, yaml.ScalarNode) else pairs.file.items(node):
        target = pairs.file.get(one, "path") or one
        said = text_of(target)
        if said and "$" not in said:
            found = pairs.found
            resolved = resolve(posixpath.dirname(found.path), said)
            found.add(VariableFile(resolved, service, found.at(pairs.file.start(target), len(said)), foreign))
