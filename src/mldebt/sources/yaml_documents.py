"""YAML as nodes with places, document by document; hostile text costs what it weighs.

Nothing is constructed. Nesting, nodes and aliases are bounded; a document that breaks is one problem, and
those behind it are still read.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

import yaml
from msgspec import Struct

from mldebt.lines import line_starts
from mldebt.toml_places import Comment

DEEPEST = 50
"""The parser's cost grows with the square of the depth."""
MOST_NODES = 50_000
MOST_ALIASES = 2_000
_LOOKED = 3  # levels at which repeated keys are looked for
MOST_STEPS = 1_000_000
"""Entries that are looked at in one file: aliases of aliases are nodes that many others hold."""

_SEPARATOR = re.compile(r"^---(?=[ \t\r\n]|$)", re.MULTILINE)
_TEMPLATE = re.compile(r"(?<!\$)\{\{|\{%|^[ \t]*<%", re.MULTILINE)
_STATEMENT = re.compile(r"\{%[^{}\n]*%\}")
_FIELD = re.compile(r"(?<!\$)\{\{[^{}\n]*\}\}")
_DIRECTIVE = re.compile(r"%[A-Z]")


class TooMuchError(yaml.YAMLError):
    """Nested too deeply, or too many nodes or aliases."""


class Problem(Struct, frozen=True):
    """Why a document could not be read. The message holds nothing of the text."""

    message: str
    line: int


class YamlFile:
    """The documents of a text. ``problems`` are of those that are not YAML, and not because they are
    templates; of a template that is no YAML until it is filled in, what stands around its fields is read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = line_starts(text)
        self._left = MOST_STEPS
        self._nodes = 0
        self.problems: list[Problem] = []
        self.documents = tuple(self._documents())

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line, without its end."""
        begin = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[begin:end].rstrip("\r\n")

    def start(self, node: yaml.Node) -> int:
        """The offset where a node begins; that of a block scalar is at its ``|``."""
        return int(node.start_mark.index)

    def entries(self, node: yaml.Node | None) -> Iterator[tuple[str, yaml.ScalarNode, yaml.Node]]:
        """(key, its node, value) of a mapping, what it merges (``<<``) behind its own; nothing of other nodes."""
        yield from self._entries(node, set(), DEEPEST, set())

    def items(self, node: yaml.Node | None) -> Iterator[yaml.Node]:
        """The items of a sequence; nothing of other nodes."""
        for item in node.value if isinstance(node, yaml.SequenceNode) else ():
            self._left -= 1
            if self._left < 0:
                return
            yield item

    def get(self, node: yaml.Node | None, key: str) -> yaml.Node | None:
        """The value of a key of a mapping."""
        return next((value for name, _, value in self.entries(node) if name == key), None)

    def walk(self, node: yaml.Node | None) -> Iterator[yaml.MappingNode]:
        """Every mapping in a node, itself included, each once, in order."""
        seen: set[int] = set()
        queue = [node]
        while queue:
            one = queue.pop()
            if one is None or id(one) in seen:
                continue
            seen.add(id(one))
            if isinstance(one, yaml.MappingNode):
                yield one
                queue.extend(reversed([value for _, _, value in self.entries(one)]))
            else:
                queue.extend(reversed(list(self.items(one))))

    def comments(self) -> tuple[Comment, ...]:
        """The comments that speak to mldebt; a ``#`` inside of a scalar begins none."""
        if "mldebt:" not in self.text:
            return ()
        spans = sorted(self._scalars())
        begins = [begin for begin, _ in spans]
        found = []
        for mark in re.finditer(r"(?:^|(?<=[ \t]))#[^\r\n]*", self.text, re.MULTILINE):
            number = bisect_right(begins, mark.start()) - 1
            if number < 0 or spans[number][1] <= mark.start():
                line, column = self.position(mark.start())
                found.append(Comment(line, column, mark[0].rstrip()))
        return tuple(found)

    def _scalars(self) -> Iterator[tuple[int, int]]:
        for root in self.documents:
            seen: set[int] = set()
            queue = [root]
            while queue:
                node = queue.pop()
                if id(node) in seen:
                    continue
                seen.add(id(node))
                if isinstance(node, yaml.MappingNode):
                    queue.extend(part for pair in node.value for part in pair)
                elif isinstance(node, yaml.SequenceNode):
                    queue.extend(node.value)
                else:
                    yield node.start_mark.index, node.end_mark.index

    def _entries(
        self, node: yaml.Node | None, seen: set[str], depth: int, merged_before: set[int]
    ) -> Iterator[tuple[str, yaml.ScalarNode, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode) or depth < 0 or id(node) in merged_before:
            return
        merged_before.add(id(node))  # merged once more it adds nothing, and aliases can ask for it without end
        merged: list[yaml.Node] = []
        for key, value in node.value:
            self._left -= 1
            if self._left < 0:
                return
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value == "<<" and key.style is None:
                merged.extend(self.items(value) if isinstance(value, yaml.SequenceNode) else [value])
            elif key.value not in seen:
                seen.add(key.value)
                yield key.value, key, value
        for other in merged:
            yield from self._entries(other, seen, depth - 1, merged_before)

    def _documents(self) -> Iterator[yaml.Node]:
        # A line that begins with --- ends a document whatever stands before it.
        cuts = [0, *(found.start() for found in _SEPARATOR.finditer(self.text)), len(self.text)]
        for begin, end in pairwise(cuts):
            piece = self.text[begin:end]
            if _DIRECTIVE.match(piece) or not piece.strip("- \t\r\n"):
                continue
            try:
                root = self._compose(piece, begin)
            except (yaml.YAMLError, RecursionError, ValueError) as error:
                if isinstance(error, TooMuchError) or not _TEMPLATE.search(piece):
                    self.problems.append(self._problem(error, begin))
                    continue
                root = self._around(piece, begin)
            if root is not None:
                yield root

    def _around(self, piece: str, begin: int) -> yaml.Node | None:
        """A template with its statements blanked and variables in the stead of its fields, all of the same
        length, so that places stay."""
        plain = _STATEMENT.sub(lambda found: " " * len(found[0]), piece)
        plain = _FIELD.sub(lambda found: "$" + "X" * (len(found[0]) - 1), plain)
        try:
            return self._compose(plain, begin)
        except (yaml.YAMLError, RecursionError, ValueError):
            return None

    @property
    def exhausted(self) -> bool:
        """Was there more than is looked at?"""
        return self._left < 0

    def template_line(self) -> int:
        """The line of the first field or statement of a template, 0 when there is none."""
        found = _TEMPLATE.search(self.text)
        return self.position(found.start())[0] if found else 0

    def repeated(self) -> Iterator[tuple[str, int]]:
        """Keys that a mapping near the top has twice, each with the line of the second."""
        level = list(self.documents)
        for _ in range(_LOOKED):
            below: list[yaml.Node] = []
            for node in level[:MOST_ALIASES]:
                seen: set[str] = set()
                for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
                    below.append(value)
                    if isinstance(key, yaml.ScalarNode) and key.value != "<<":
                        if key.value in seen:
                            yield key.value, key.start_mark.line + 1
                        seen.add(key.value)
            level = below

    def _compose(self, piece: str, begin: int) -> yaml.Node | None:
        loader = _Loader(piece, self._nodes)
        loader.index, loader.line = begin, bisect_right(self._starts, begin) - 1
        try:
            root = loader.get_single_node()
            self._nodes = loader.nodes
            return root
        finally:
            loader.dispose()

    def _problem(self, error: Exception, begin: int) -> Problem:
        mark = getattr(error, "problem_mark", None)
        position = getattr(error, "position", None)  # of a character that YAML does not allow
        offset = begin + position if isinstance(position, int) else begin
        offset = offset if mark is None else mark.index
        said = getattr(error, "problem", None) or getattr(error, "reason", None) or type(error).__name__
        if isinstance(error, TooMuchError):
            said = str(error)
        return Problem(str(said)[:120], self.position(min(offset, len(self.text)))[0])


class _Loader(yaml.SafeLoader):
    """Composes nodes; what it counts is of the whole file."""

    def __init__(self, piece: str, nodes: int) -> None:
        super().__init__(piece)
        self.nodes = nodes
        self.aliases = 0
        self.depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise TooMuchError(f"it holds more than {MOST_NODES} nodes")
        if self.check_event(yaml.AliasEvent):
            self.aliases += 1
            if self.aliases > MOST_ALIASES:
                raise TooMuchError(f"it holds more than {MOST_ALIASES} aliases")
        if self.depth >= DEEPEST:
            raise TooMuchError(f"it is nested more than {DEEPEST} levels deep")
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


def text_of(node: yaml.Node | None) -> str | None:
    """What a scalar says, as written without its quotes; ``None`` for null and for what is no scalar."""
    if not isinstance(node, yaml.ScalarNode) or (node.style is None and node.tag == "tag:yaml.org,2002:null"):
        return None
    return str(node.value)
