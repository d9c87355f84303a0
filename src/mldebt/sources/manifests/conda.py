"""conda's environment.yml, also as MLflow writes it (conda.yaml), with its ``pip:`` list.

Names stay conda's (``pytorch``); the vocabulary knows which distribution they hold.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

import yaml

from mldebt.facts import Fact, of_kind
from mldebt.facts.pins import Include, Manifest, Pin
from mldebt.model import Notice, Place, Span
from mldebt.sources.manifests.conda_specs import conda_pin
from mldebt.sources.manifests.contents import ManifestFacts, displayed, resolve, split_lines
from mldebt.sources.manifests.requirements import comment_start, parse
from mldebt.sources.manifests.yaml_manifests import oddities
from mldebt.sources.yaml_documents import YamlFile
from mldebt.toml_places import Comment

DIALECT = "conda"
PIP = "conda-pip"
PATTERN = re.compile(r"(?:^|/)(?:environment|conda|env)(?:[._-][^/]*)?\.ya?ml$")

_LIST = re.compile(rb"^dependencies:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*[ \t]*-", re.MULTILINE)
_CHANNELS = re.compile(rb"^channels:", re.MULTILINE)

_FILE = re.compile(r"(-r|-c|--requirement|--constraint)[\s=]+(\S+)")


def may_be(data: bytes) -> bool:
    """Is a YAML file of another name an environment? It has channels and a list of dependencies."""
    return _CHANNELS.search(data) is not None and _LIST.search(data) is not None


def read(path: str, text: str) -> ManifestFacts:
    """A YAML file of the name that holds no list of dependencies is something else, and says nothing."""
    file = YamlFile(text)
    root = next(iter(file.documents), None)
    dependencies = file.get(root, "dependencies")
    if file.problems:
        one = file.problems[0]
        return ManifestFacts(notices=(Notice("malformed-manifest", f"not YAML: {one.message}", path, one.line),))
    if not isinstance(dependencies, yaml.SequenceNode):
        return ManifestFacts()
    lines = split_lines(text)
    reading = _Reading(path, lines, file)
    facts = tuple(reading.facts_of(dependencies))
    python = next((pin.specifier for pin in of_kind(facts, Pin) if pin.name == "python"), "")
    kept = tuple(one for one in facts if not (isinstance(one, Pin) and one.dialect == DIALECT and one.name == "python"))
    start = Place(path, Span(1, 1, 1, max(2, len(lines[0]) + 1)))
    manifest = Manifest(
        DIALECT, is_lock=False, requires_python=python, place=start, source_line=displayed(lines[0].strip())
    )
    statements = tuple((pin.place.span.line, pin.place.span.line) for pin in of_kind(kept, Pin))
    notices = (*oddities(path, file, templates=True), *reading.notices)
    return ManifestFacts((manifest, *kept), notices, _comments(lines), statements)


class _Reading:
    def __init__(self, path: str, lines: list[str], file: YamlFile) -> None:
        self.path = path
        self.lines = lines
        self.file = file
        self.notices: list[Notice] = []

    def facts_of(self, dependencies: yaml.SequenceNode) -> Iterator[Fact]:
        for item in self.file.items(dependencies):
            if isinstance(item, yaml.ScalarNode):
                yield from self._guarded(item, pip=False)
            for requirement in self.file.items(self.file.get(item, "pip")):
                if isinstance(requirement, yaml.ScalarNode):
                    yield from self._guarded(requirement, pip=True)

    def _guarded(self, node: yaml.ScalarNode, *, pip: bool) -> Iterator[Fact]:
        place = self._place(node)
        line = place.span.line
        source = displayed(self.lines[line - 1]) if line <= len(self.lines) else ""
        blank = Pin("", "", node.value[:400], place, source, PIP if pip else DIALECT)
        try:
            yield self._pip(node.value.strip(), blank) if pip else conda_pin(node.value.strip(), blank)
        except (ValueError, RecursionError):
            message = f"not a requirement: {node.value[:80]}"
            self.notices.append(Notice("malformed-requirement", message, self.path, line, place.span.column))

    def _pip(self, text: str, blank: Pin) -> Fact:
        file = _FILE.match(text)
        if file:
            base = posixpath.dirname(self.path)
            return Include(resolve(base, file[2]), resolve("", file[2]), "c" in file[1], blank.place)
        if text.startswith("-e "):
            return parse(text[3:], blank)
        return parse(text.partition(" -")[0], blank)

    def _place(self, node: yaml.ScalarNode) -> Place:
        start, end = node.start_mark, node.end_mark
        return Place(self.path, Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1))


def _comments(lines: list[str]) -> tuple[Comment, ...]:
    """Comments of the simple YAML that these files are: no quoted ``#`` with a space before it."""
    marks = ((number, line, comment_start(line)) for number, line in enumerate(lines, 1))
    return tuple(Comment(number, at + 1, line[at:].rstrip()) for number, line, at in marks if at >= 0)
