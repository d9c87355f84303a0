"""Variables in YAML: as a mapping, as a list of ``NAME=value``, or as a list of ``name`` and ``value``."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml

from mldebt.sources.manifests.contents import ManifestFacts, split_lines
from mldebt.sources.variables import shell
from mldebt.sources.variables.contents import Findings
from mldebt.sources.variables.references import references
from mldebt.sources.yaml_documents import YamlFile, text_of

NAME = re.compile(r"[A-Za-z_][\w.-]*")

MOST_PLACES = 5_000
"""Declarations that are kept of one file; aliases can give one list to any number of services."""


class Pairs:
    """Declares what nodes of one YAML file hold."""

    def __init__(self, file: YamlFile, found: Findings) -> None:
        self.file = file
        self.found = found
        self._left = MOST_PLACES
        self._comments = {at for at, line in enumerate(split_lines(found.text), 1) if line.lstrip().startswith("#")}
        for problem in file.problems:
            found.malformed(f"not YAML: {problem.message}", problem.line)

    def declare(
        self,
        node: yaml.Node | None,
        *,
        service: str = "",
        environment: str = "",
        foreign: bool = False,
        secret: bool = False,
    ) -> None:
        """The variables of a mapping, of a list of ``NAME=value``, or of a list of ``name`` and ``value``."""
        for name, value, offset, end, hidden in self._pairs(node):
            if self._left <= 0:
                return
            self._left -= 1
            self.found.declare(
                name, value, offset, end,
                service=service, environment=environment, foreign=foreign, secret=secret or hidden,
            )  # fmt: skip

    def read_references(self, root: yaml.Node) -> None:
        """``$NAME`` anywhere in a document, which the tool itself expands."""
        begin, end = root.start_mark.index, root.end_mark.index
        for one in references(self.found.text, begin, end):
            if self.found.position(one.offset)[0] not in self._comments:
                self.found.read(one.name, one.default, one.offset)

    def script(self, node: yaml.Node | None, service: str = "", environment: str = "") -> None:
        """A scalar that a shell runs, or a list of such."""
        for one in [node] if isinstance(node, yaml.ScalarNode) else self.file.items(node):
            if isinstance(one, yaml.ScalarNode):
                read = shell.scan(self.found.text, one.start_mark.index, one.end_mark.index)
                shell.report(read, self.found, service, environment)

    def done(self) -> ManifestFacts:
        return self.found.done(self.file.comments())

    def _pairs(self, node: yaml.Node | None) -> Iterator[tuple[str, str | None, int, int, bool]]:
        """(name, value, where the name begins, where the value ends, is it a secret by how it is given)."""
        for name, key, value in self.file.entries(node):
            said = self.file.get(value, "value") if isinstance(value, yaml.MappingNode) else value
            if NAME.fullmatch(name):
                end = value.end_mark.index
                yield name, text_of(said), self._within(key), end, False
        for item in self.file.items(node):
            if isinstance(item, yaml.ScalarNode):
                name, equals, said_ = item.value.partition("=")
                if NAME.fullmatch(name.strip()):
                    end = item.end_mark.index
                    yield name.strip(), said_ if equals else None, self._within(item), end, False
            else:
                yield from self._named(item)

    def _named(self, item: yaml.Node) -> Iterator[tuple[str, str | None, int, int, bool]]:
        parts = {name: value for name, _, value in self.file.entries(item)}
        name = text_of(parts.get("name"))
        if name is None or not NAME.fullmatch(name):
            return
        source = parts.get("valueFrom")
        hidden = self.file.get(source, "secretKeyRef") is not None
        value = parts.get("value")
        end = max(part.end_mark.index for part in parts.values())
        said = text_of(value)
        given = said if said is not None else "" if source is not None else None
        yield name, given, self._within(parts["name"]), end, hidden

    def _within(self, node: yaml.Node) -> int:
        """Where a scalar's text begins: behind its quote."""
        quoted = isinstance(node, yaml.ScalarNode) and node.style in ("'", '"')
        return int(node.start_mark.index) + quoted
