"""Findings of one rule on manifests that a test writes as texts."""

from __future__ import annotations

from typing import Any

from mldebt import catalogue, vocabulary
from mldebt.config import Config
from mldebt.engine import ProjectRule, load_classes
from mldebt.facts import FileFacts
from mldebt.link import link
from mldebt.model import Finding
from mldebt.project import Project
from mldebt.settings import options_of
from mldebt.sources.manifests.in_code import read_python
from mldebt.sources.manifests.reading import ManifestFacts, read


def findings(code: str, files: dict[str, str], **options: Any) -> tuple[Finding, ...]:
    """What the project rule ``code`` finds; options are spelt with underscores."""
    facts = [FileFacts(path, "manifest", 1, True, _read(path, text).facts) for path, text in files.items()]
    spec = catalogue.load().by_code(code)
    (rule,) = (cls for cls in load_classes("mldebt.checks", ProjectRule) if cls.__name__ == spec.class_name)
    given = [(code, name.replace("_", "-"), value) for name, value in options.items()]
    project = Project(facts, Config(), vocabulary.load())
    found, notices, _ = link(project, [spec], [rule(spec, options_of(spec, given))])
    assert notices == ()
    return found


def _read(path: str, text: str) -> ManifestFacts:
    return read_python(path, text) if path.endswith(".py") else read(path, text.encode())
