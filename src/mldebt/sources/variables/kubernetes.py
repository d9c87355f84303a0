"""Kubernetes: the ``env`` of whatever has containers, ConfigMaps, the names in Secrets, and kustomize's literals.

Any YAML file may be one; it says so with ``apiVersion`` and ``kind``, or says nothing here.
"""

from __future__ import annotations

import re

import yaml

from mldebt.sources.manifests.contents import ManifestFacts
from mldebt.sources.variables.contents import Findings
from mldebt.sources.variables.pairs import Pairs
from mldebt.sources.yaml_documents import YamlFile, text_of

DIALECT = "kubernetes"
PATTERN = re.compile(r"(?:^|/)(?!\.pre-commit-config|mkdocs\.)[^/]+\.ya?ml$")

_IS_ONE = re.compile(rb"^(apiVersion|kind):", re.MULTILINE)
_KUSTOMIZATION = re.compile(r"(?:^|/)kustomization\.ya?ml$")
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
_PUBLISHERS = frozenset(
    {"apache", "argoproj", "bitnami", "bitnamilegacy", "confluentinc", "debezium", "elastic", "elasticsearch",
     "envoyproxy", "grafana", "hashicorp", "istio", "jaegertracing", "kserve", "kubeflow", "kubernetes", "library",
     "minio", "ml-pipeline", "mongo", "mysql", "nginx", "oauth2-proxy", "opensearchproject", "postgres", "prom",
     "prometheus", "provectuslabs", "qdrant", "rabbitmq", "rayproject", "redis", "seldonio", "strimzi", "temporalio",
     "trinodb"}
)  # fmt: skip
"""Whose images are programs of others, by the folder of the registry or by an image that needs none."""
_CONTAINER_REFERENCE = re.compile(r"\$\(([A-Za-z_]\w*)\)")


def may_be(path: str, data: bytes) -> bool:
    """Can the file be one? Most YAML is something else, and parsing is slow."""
    return len(set(_IS_ONE.findall(data))) == 2 or _KUSTOMIZATION.search(path) is not None


def read(path: str, text: str) -> ManifestFacts:
    found = Findings(path, text, DIALECT)
    file = YamlFile(text)
    pairs = Pairs(file, found)
    for root in file.documents:
        kind = text_of(file.get(root, "kind")) or ""
        if kind == "List":
            for item in file.items(file.get(root, "items")):
                _object(item, text_of(file.get(item, "kind")) or "", pairs)
        else:
            _object(root, kind, pairs)
    return pairs.done()


def _object(root: yaml.Node, kind: str, pairs: Pairs) -> None:
    file = pairs.file
    service = text_of(file.get(file.get(root, "metadata"), "name")) or ""
    if kind in ("ConfigMap", "Secret"):
        for part in ("data", "stringData"):
            _data(file.get(root, part), service, pairs, secret=kind == "Secret")
        return
    for generator in ("configMapGenerator", "secretGenerator"):
        for one in file.items(file.get(root, generator)):
            name = text_of(file.get(one, "name")) or ""
            pairs.declare(file.get(one, "literals"), service=name, secret=generator == "secretGenerator")
    for mapping in file.walk(root):
        env = file.get(mapping, "env")
        if isinstance(env, yaml.SequenceNode):
            pairs.declare(env, service=service, foreign=_is_of_others(text_of(file.get(mapping, "image")) or ""))
        for part in ("command", "args"):
            for word in file.items(file.get(mapping, part)):
                _words(word, pairs)


def _data(node: yaml.Node | None, service: str, pairs: Pairs, *, secret: bool) -> None:
    """The entries that are variables; the others are files."""
    for name, key, value in pairs.file.entries(node):
        said = text_of(value)
        if _VARIABLE.fullmatch(name) and said is not None and (secret or "\n" not in said.strip()):
            offset = pairs.file.start(key) + (key.style in ("'", '"'))
            foreign = not _PUBLISHERS.isdisjoint(service.split("-"))  # the settings of debezium
            pairs.found.declare(
                name, said, offset, value.end_mark.index, service=service, secret=secret, foreign=foreign
            )


def _words(node: yaml.Node, pairs: Pairs) -> None:
    """``$(NAME)``, which Kubernetes fills in, and ``$NAME`` for the shell that is called."""
    if isinstance(node, yaml.ScalarNode) and "$" in node.value:
        begin, end = node.start_mark.index, node.end_mark.index
        for one in _CONTAINER_REFERENCE.finditer(pairs.found.text, begin, end):
            pairs.found.read(one[1], None, one.start(1))
        pairs.script(node)


def _is_of_others(image: str) -> bool:
    """Is the container's program one that its makers publish for everybody?"""
    folders = image.partition("@")[0].split("/")
    folders[-1] = folders[-1].partition(":")[0]
    return not _PUBLISHERS.isdisjoint(folders) or folders[0] in ("registry.k8s.io", "k8s.gcr.io")
