"""Helm's values: lists and mappings called ``env`` and their likes, at any depth."""

from __future__ import annotations

import re

import yaml

from mldebt.sources.manifests.contents import ManifestFacts
from mldebt.sources.variables.contents import Findings
from mldebt.sources.variables.pairs import Pairs
from mldebt.sources.yaml_documents import YamlFile

DIALECT = "helm"
PATTERN = re.compile(r"(?:^|/)(?:[^/]*[._-])?values(?:[._-][^/]*)?\.ya?ml$")

_KEYS = re.compile(
    r"(?:extra|container|pod|common|global)?_?(?:env|envs|envVars?|environment|environmentVariables|env_vars)",
    re.IGNORECASE,
)
_VARIABLE = re.compile(r"[A-Za-z_]\w*")


def read(path: str, text: str) -> ManifestFacts:
    found = Findings(path, text, DIALECT)
    file = YamlFile(text)
    pairs = Pairs(file, found)
    for root in file.documents:
        for service, _, body in (("", None, root), *file.entries(root)):
            for mapping in file.walk(body) if service else [root]:
                for name, _, value in file.entries(mapping):
                    if _KEYS.fullmatch(name) and _are_variables(value, file):
                        pairs.declare(value, service=service)
    return pairs.done()


def _are_variables(node: yaml.Node, file: YamlFile) -> bool:
    """A list, or a mapping of scalars: ``env: {name: x, tier: y}`` of other charts is none of names alone."""
    if isinstance(node, yaml.SequenceNode):
        return True
    names = [(name, value) for name, _, value in file.entries(node)]
    return bool(names) and all(
        _VARIABLE.fullmatch(name) and name.upper() == name and isinstance(value, yaml.ScalarNode)
        for name, value in names
    )
