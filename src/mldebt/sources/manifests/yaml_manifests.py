"""What the readers of YAML share: images and scripts at their places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import yaml
from msgspec import Struct, field

from mldebt.facts import Fact
from mldebt.facts.pins import Image, Include, Pin
from mldebt.model import Notice, Place, Span
from mldebt.sources.manifests.commands import installs, joined
from mldebt.sources.manifests.contents import ManifestFacts, displayed
from mldebt.sources.manifests.images import image
from mldebt.sources.manifests.installed import installed
from mldebt.sources.yaml_documents import YamlFile, text_of
from mldebt.toml_places import Comment

MOST_FACTS = 5_000
"""Facts that are kept of one file; aliases can say one thing any number of times."""

_EXPRESSION = re.compile(r"\$\{\{[^}\n]*\}\}")
_FOLD = re.compile(r"\n(?![ \t]*(?:\n|$))")


class Reading(Struct):
    """One YAML file that is read for images and install commands."""

    path: str
    dialect: str
    file: YamlFile
    facts: dict[Fact, None] = field(default_factory=dict)
    _read: set[int] = field(default_factory=set)  # scripts; aliases can name one any number of times

    @classmethod
    def of(cls, path: str, text: str, dialect: str) -> Reading:
        return cls(path, dialect, YamlFile(text))

    def image(self, node: yaml.Node | None, *, built: bool = False, written: str = "") -> None:
        """An image that a scalar names, or ``written`` where it is part of one; one that a template
        writes is unknown."""
        said = written or text_of(node)
        if node is None or not said or any(map(str.isspace, said.strip())):
            return
        if "{{" in said or "{{" in self.file.text[node.start_mark.index : node.end_mark.index]:
            return
        line = node.start_mark.line
        here = Place(
            self.path, Span(line + 1, node.start_mark.column + 1, node.end_mark.line + 1, node.end_mark.column + 1)
        )
        self._add(image(said.strip(), here, self._line(line + 1), built=built))

    def script(self, node: yaml.Node | None, group: str) -> None:
        """A scalar that a shell runs, or a list of such."""
        for one in [node] if isinstance(node, yaml.ScalarNode) else self.file.items(node):
            if isinstance(one, yaml.ScalarNode) and id(one) not in self._read:
                self._read.add(id(one))
                begin, body = _body(self.file.text, one)
                for install in installs(joined(body)):
                    number, column = self.file.position(begin + install.offset)
                    line = self._line(number)
                    here = Place(self.path, Span(number, column, number, max(column + 1, len(line.rstrip()) + 1)))
                    for fact in installed(install, here, line, self.dialect, group):
                        self._add(fact)

    def done(self, *, templates: bool = False) -> ManifestFacts:
        """What was read. ``templates``: that the file is one is told."""
        places = [fact.place.span for fact in self.facts if isinstance(fact, (Image, Pin, Include))]
        statements = sorted({(span.line, span.end_line) for span in places})
        notices = [
            Notice("malformed-manifest", f"not YAML: {one.message}", self.path, one.line)
            for one in self.file.problems[:1]
        ]
        notices.extend(oddities(self.path, self.file, templates=templates))
        comments: tuple[Comment, ...] = self.file.comments() if self.facts else ()
        return ManifestFacts(tuple(self.facts), tuple(notices), comments, tuple(statements))

    def _add(self, fact: Fact) -> None:
        if len(self.facts) < MOST_FACTS:
            self.facts[fact] = None

    def _line(self, number: int) -> str:
        return displayed(self.file.line(number))


def oddities(path: str, file: YamlFile, *, templates: bool) -> Iterator[Notice]:
    """What a YAML file says in a way that tools take differently, or that only a run fills in."""
    line = file.template_line() if templates else 0
    if line:
        yield Notice("template", "holds a template: what that writes is not known, the rest is read", path, line)
    if file.exhausted:
        yield Notice("too-large", "holds more entries than are looked at: the rest is not read", path)
    for key, number in islice(file.repeated(), 1):
        yield Notice("repeated-key", f"`{key[:60]}` is given twice: the first is read", path, number)


def _body(text: str, node: yaml.ScalarNode) -> tuple[int, str]:
    """Where the script of a scalar begins, and the script, of the same length as what is written.
    Expressions of the CI's own language are variables."""
    begin, end = int(node.start_mark.index), int(node.end_mark.index)
    body = text[begin:end]
    if node.style in ("|", ">"):
        head, newline, body = body.partition("\n")
        begin += len(head) + len(newline)
    elif node.style in ("'", '"'):
        begin, body = begin + 1, body[1:-1]
    if node.style != "|":
        body = _FOLD.sub(" ", body)
    return begin, _EXPRESSION.sub(lambda found: "${" + "X" * (len(found[0]) - 3) + "}", body)


def says(text: str, *words: str) -> bool:
    """Does any of these words stand in the text? The cheap question before YAML is parsed, which is slow."""
    return any(word in text for word in words)


def mappings(reading: Reading) -> Iterator[yaml.MappingNode]:
    """Every mapping of every document."""
    for root in reading.file.documents:
        yield from reading.file.walk(root)
