"""GitLab CI: ``variables`` of the pipeline, its jobs and rules, and what their scripts read."""

from __future__ import annotations

import re

import yaml

from mldebt.sources.environment_names import environment_named
from mldebt.sources.manifests.contents import ManifestFacts
from mldebt.sources.variables.contents import Findings
from mldebt.sources.variables.pairs import Pairs
from mldebt.sources.yaml_documents import YamlFile, text_of

DIALECT = "gitlab-ci"
PATTERN = re.compile(r"(?:^|/)(?:[^/]*\.gitlab-ci|\.gitlab(?:-ci)?/(?:.*/)?[^/]+)\.ya?ml$")

_SCRIPTS = ("before_script", "script", "after_script")


def read(path: str, text: str) -> ManifestFacts:
    found = Findings(path, text, DIALECT)
    file = YamlFile(text)
    pairs = Pairs(file, found)
    for root in file.documents:
        pairs.declare(file.get(root, "variables"))
        _rules(file.get(root, "workflow"), "", "", pairs)
        for script in _SCRIPTS:
            pairs.script(file.get(root, script))
        for job, _, body in file.entries(root):
            if isinstance(body, yaml.MappingNode) and job not in ("variables", "workflow", "stages", "include"):
                _job(body, job, pairs)
    return pairs.done()


def _job(body: yaml.Node, job: str, pairs: Pairs) -> None:
    file = pairs.file
    named = file.get(body, "environment")
    environment = environment_named(text_of(file.get(named, "name") or named) or "")
    pairs.declare(file.get(body, "variables"), service=job, environment=environment)
    _rules(body, job, environment, pairs)
    for script in _SCRIPTS:
        pairs.script(file.get(body, script), job, environment)


def _rules(body: yaml.Node | None, job: str, environment: str, pairs: Pairs) -> None:
    for rule in pairs.file.items(pairs.file.get(body, "rules")):
        pairs.declare(pairs.file.get(rule, "variables"), service=job, environment=environment)
