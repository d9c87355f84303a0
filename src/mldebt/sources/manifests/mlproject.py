"""MLflow's MLproject, and the python_env.yaml that it may name."""

from __future__ import annotations

import posixpath
import re

from mldebt.facts import Fact
from mldebt.facts.pins import Include, Manifest, Pin
from mldebt.model import Notice, Place, Span
from mldebt.sources.manifests.contents import ManifestFacts, displayed, resolve
from mldebt.sources.manifests.requirements import parse
from mldebt.sources.yaml_documents import YamlFile, text_of

DIALECT = "mlproject"
PATTERN = re.compile(r"(?:^|/)(?:MLproject|python_env\.ya?ml)$")
PYTHON_ENV = "python-env"

_FILE = re.compile(r"(?:-r|--requirement)[ =]+(\S+)")


def read(path: str, text: str) -> ManifestFacts:
    file = YamlFile(text)
    facts: list[Fact] = []
    notices = [Notice("malformed-manifest", f"not YAML: {one.message}", path, one.line) for one in file.problems[:1]]
    project = path.endswith("MLproject")
    python = ""
    for root in file.documents:
        for key in ("conda_env", "python_env") if project else ():
            facts.extend(_include(path, text_of(file.get(root, key)) or ""))
        named = re.match(r"\d+\.\d+", text_of(file.get(root, "python")) or "")
        python = f"=={named[0]}.*" if named else python
        for group in ("build_dependencies", "dependencies") if not project else ():
            for item in file.items(file.get(root, group)):
                said = text_of(item) or ""
                from_file = _FILE.fullmatch(said.strip())
                number, column = file.position(file.start(item))
                here = Place(path, Span(number, column, number, column + len(said)))
                blank = Pin(
                    "", "", said, here, displayed(file.line(number)), PYTHON_ENV, "build" if group[0] == "b" else ""
                )
                try:
                    facts.extend(_include(path, from_file[1]) if from_file else [parse(said, blank)])
                except (ValueError, RecursionError):
                    notices.append(
                        Notice("malformed-requirement", f"not a requirement: {said[:80]}", path, number, column)
                    )
    manifest = Manifest(DIALECT if project else PYTHON_ENV, is_lock=False, requires_python=python)
    places = tuple((fact.place.span.line,) * 2 for fact in facts if isinstance(fact, Pin))
    return ManifestFacts((manifest, *facts), tuple(notices), file.comments(), places)


def _include(path: str, target: str) -> list[Fact]:
    if not target:
        return []
    here = Place(path, Span(1, 1, 1, 1))
    return [Include(resolve(posixpath.dirname(path), target), resolve("", target), False, here)]
