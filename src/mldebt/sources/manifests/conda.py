"""conda's environment.yml, also as MLflow writes it (conda.yaml), with its ``pip:`` list.

Names stay conda's (``pytorch``); the vocabulary knows which distribution they hold.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

import yaml
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from mldebt import locators
from mldebt.facts import Fact, of_kind
from mldebt.facts.pins import Include, Manifest, Pin
from mldebt.model import Notice, Place, Span
from mldebt.sources.manifests.contents import ManifestFacts, displayed, resolve, split_lines
from mldebt.sources.manifests.requirements import comment_start, parse
from mldebt.toml_places import Comment

DIALECT = "conda"
PIP = "conda-pip"
PATTERN = re.compile(r"(?:^|/)(?:environment|conda|env)(?:[._-][^/]*)?\.ya?ml$")

_LIST = re.compile(rb"^dependencies:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*[ \t]*-", re.MULTILINE)
_CHANNELS = re.compile(rb"^channels:", re.MULTILINE)

DEEPEST = 50

_SPEC = re.compile(r"(?:[\w./-]+::)?([A-Za-z0-9_][\w.-]*)\s*(.*)")
_FUZZY = re.compile(r"(?:(==)|=?)\s*(\d[\w.!+]*?)(\.?\*)?(?:\s*=\s*(\S*)|\s+(\S+))?")
_FILE = re.compile(r"(-r|-c|--requirement|--constraint)[\s=]+(\S+)")


def may_be(data: bytes) -> bool:
    """Is a YAML file of another name an environment? It has channels and a list of dependencies."""
    return _CHANNELS.search(data) is not None and _LIST.search(data) is not None


def read(path: str, text: str) -> ManifestFacts:
    """A YAML file of the name that holds no list of dependencies is something else, and says nothing."""
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", -1) + 1
        return ManifestFacts(notices=(Notice("malformed-manifest", f"not YAML: {error}"[:300], path, line),))
    dependencies = _entry(root, "dependencies")
    if not isinstance(dependencies, yaml.SequenceNode):
        return ManifestFacts()
    lines = split_lines(text)
    reading = _Reading(path, lines)
    facts = tuple(reading.facts_of(dependencies))
    python = next((pin.specifier for pin in of_kind(facts, Pin) if pin.name == "python"), "")
    kept = tuple(one for one in facts if not (isinstance(one, Pin) and one.dialect == DIALECT and one.name == "python"))
    manifest = Manifest(DIALECT, is_lock=False, requires_python=python)
    statements = tuple((pin.place.span.line, pin.place.span.line) for pin in of_kind(kept, Pin))
    return ManifestFacts((manifest, *kept), tuple(reading.notices), _comments(lines), statements)


class _Loader(yaml.SafeLoader):
    """Composes nodes and constructs nothing. The parser's cost grows with the square of the depth, so
    that deep nesting is refused; an alias is its anchor's node, and nothing here walks into aliases."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.depth >= DEEPEST:
            raise yaml.YAMLError(f"nested more than {DEEPEST} levels deep")
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


class _Reading:
    def __init__(self, path: str, lines: list[str]) -> None:
        self.path = path
        self.lines = lines
        self.notices: list[Notice] = []

    def facts_of(self, dependencies: yaml.SequenceNode) -> Iterator[Fact]:
        for item in dependencies.value:
            if isinstance(item, yaml.ScalarNode):
                yield from self._guarded(item, pip=False)
            pip = _entry(item, "pip")
            for requirement in pip.value if isinstance(pip, yaml.SequenceNode) else ():
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


def conda_pin(text: str, blank: Pin) -> Pin:
    """The pin of conda's ``name``, ``name=1.2`` (any 1.2.x), ``name==1.2.3``, ``name=1.2.3=build``,
    ``name>=1,<2``, ``name 1.2.*``. Raises ``ValueError``."""
    found = _SPEC.fullmatch(text[:500].partition("[")[0])
    if not found:
        raise ValueError(text)
    name = locators.normalise(found[1].strip("_"))
    unresolved = locators.is_templated(text) or "[" in text  # name[version=...] is not read further
    return replace(blank, name=name, specifier=_specifier(found[2].strip()), unresolved=unresolved)


def _specifier(written: str) -> str:
    if written in ("", "*", "=*"):
        return ""
    fuzzy = _FUZZY.fullmatch(written)
    if fuzzy:
        build = (fuzzy[4] or fuzzy[5]) not in (None, "*")
        exact = (fuzzy[1] or build) and not fuzzy[3]
        written = f"=={fuzzy[2]}" if exact else f"=={fuzzy[2]}.*"
    try:
        return str(SpecifierSet(written.partition("|")[0].replace(" ", ",").replace(",,", ",")))
    except InvalidSpecifier as error:
        raise ValueError(written) from error


def _entry(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if isinstance(name, yaml.ScalarNode) and name.value == key), None)


def _comments(lines: list[str]) -> tuple[Comment, ...]:
    """Comments of the simple YAML that these files are: no quoted ``#`` with a space before it."""
    marks = ((number, line, comment_start(line)) for number, line in enumerate(lines, 1))
    return tuple(Comment(number, at + 1, line[at:].rstrip()) for number, line, at in marks if at >= 0)
