"""GitHub Actions: ``env`` of a workflow, its jobs, their containers and steps, and what ``run`` reads."""

from __future__ import annotations

import re

import yaml

from mldebt.sources.environment_names import environment_named
from mldebt.sources.manifests.contents import ManifestFacts
from mldebt.sources.variables.contents import Findings
from mldebt.sources.variables.pairs import Pairs
from mldebt.sources.yaml_documents import YamlFile, text_of

DIALECT = "github-actions"
PATTERN = re.compile(r"(?:^|/)(?:\.github/workflows/[^/]+|action)\.ya?ml$")

_BUILD_ARGUMENT = re.compile(r"^[ \t]*([A-Za-z_]\w*)=([^\r\n]*)", re.MULTILINE)
_EXPRESSION = re.compile(r"\$\{\{[^}\n]{0,300}?\benv\.([A-Za-z_]\w*)")


def read(path: str, text: str) -> ManifestFacts:
    found = Findings(path, text, DIALECT)
    file = YamlFile(text)
    pairs = Pairs(file, found)
    for root in file.documents:
        pairs.declare(file.get(root, "env"))
        for job, _, body in file.entries(file.get(root, "jobs")):
            _job(body, job, pairs)
        _steps(file.get(file.get(root, "runs"), "steps"), "", "", pairs)
        begin, end = root.start_mark.index, root.end_mark.index
        for one in _EXPRESSION.finditer(text, begin, end):
            found.read(one[1], None, one.start(1))
    return pairs.done()


def _job(body: yaml.Node, job: str, pairs: Pairs) -> None:
    file = pairs.file
    named = file.get(body, "environment")
    environment = environment_named(text_of(file.get(named, "name") or named) or "")
    pairs.declare(file.get(body, "env"), service=job, environment=environment)
    pairs.declare(file.get(file.get(body, "container"), "env"), service=job, environment=environment)
    for service, _, other in file.entries(file.get(body, "services")):
        pairs.declare(file.get(other, "env"), service=f"{job}.{service}", environment=environment, foreign=True)
    _steps(file.get(body, "steps"), job, environment, pairs)


def _steps(steps: yaml.Node | None, job: str, environment: str, pairs: Pairs) -> None:
    file = pairs.file
    for step in file.items(steps):
        # What a published action is given, it reads itself.
        uses = text_of(file.get(step, "uses")) or ""
        foreign = bool(uses) and not uses.startswith("./")
        pairs.declare(file.get(step, "env"), service=job, environment=environment, foreign=foreign)
        pairs.script(file.get(step, "run"), job, environment)
        arguments = file.get(file.get(step, "with"), "build-args")
        if arguments is not None:
            begin, end = arguments.start_mark.index, arguments.end_mark.index
            for one in _BUILD_ARGUMENT.finditer(pairs.found.text, begin, end):
                pairs.found.declare(one[1], one[2].strip(), one.start(1), service=job, environment=environment)
