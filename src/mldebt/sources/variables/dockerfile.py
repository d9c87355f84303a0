"""Dockerfile: ``ENV`` and ``ARG``, what its commands read, and the paths that its images have."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator

from mldebt.facts.variables import ContainerPath
from mldebt.sources.manifests.contents import ManifestFacts, split_lines
from mldebt.sources.manifests.dockerfile import PATTERN, Instruction, comments, instructions
from mldebt.sources.variables import shell
from mldebt.sources.variables.contents import Findings
from mldebt.sources.variables.references import references

__all__ = ["DIALECT", "PATTERN", "read"]

DIALECT = "dockerfile"

LONGEST_PATH = 400

_PAIR = re.compile(
    r"([A-Za-z_]\w*)=(?:\"([^\"\\]*(?:\\.[^\"\\]*)*)\"|'([^']*)'|((?:[^\s\\\"']|\\.)*))(?=\s|$)", re.DOTALL
)
_OLD = re.compile(r"\s*([A-Za-z_]\w*)[ \t]+(\S[^\n]*)")
_ARGUMENT = re.compile(r"(?:^|\s)([A-Za-z_]\w*)(?=\s|$)")
_NAMED = re.compile(r"\s+as\s+(\S+)", re.IGNORECASE)
_SHELLS = ("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK")
_READ = (*_SHELLS, "ENV", "ARG", "FROM", "COPY", "ADD", "WORKDIR", "USER", "EXPOSE", "LABEL", "VOLUME")


def read(path: str, text: str) -> ManifestFacts:
    lines = split_lines(text)
    image = _Image(Findings(path, text, DIALECT))
    for instruction in instructions(lines):
        image.take(instruction)
    done = image.found.done(comments(lines))
    return ManifestFacts(done.facts, done.notices, done.comments)  # the manifests' reader knows its statements


class _Image:
    """The stage that is being built."""

    def __init__(self, found: Findings) -> None:
        self.found = found
        self.stage = ""
        self.folder = "/"
        self.values: dict[str, str] = {}
        self._stages = 0

    def take(self, instruction: Instruction) -> None:
        name = instruction.name
        if name == "FROM":
            named = _NAMED.search(instruction.text)
            self.stage, self.folder = named[1] if named else str(self._stages), "/"
            self._stages += 1
        elif name in ("ENV", "ARG"):
            self._declare(instruction)
        elif name == "WORKDIR":
            self._workdir(instruction)
        elif name == "USER":
            self._user(instruction)
        if name in _READ:
            self._read(instruction)

    def _declare(self, instruction: Instruction) -> None:
        for name, value, begin, end in _pairs(instruction):
            at, last = self._offset(instruction, begin, name), self._offset(instruction, end, "")
            self.found.declare(name, value, at, last, service=self.stage)
            if value is not None:
                self.values[name] = value
                if name == "HOME" and instruction.name == "ENV":
                    self._path(value, "USER home", at, len(name))

    def _workdir(self, instruction: Instruction) -> None:
        said = self._filled(instruction.text.strip().strip("\"'"))
        if "$" not in said and said:
            self.folder = posixpath.join(self.folder, said)
            self._path(self.folder, "WORKDIR", self._offset(instruction, 0, ""), len(instruction.text.strip()))

    def _user(self, instruction: Instruction) -> None:
        user = self._filled(instruction.text.strip()).partition(":")[0]
        if re.fullmatch(r"[a-z_][\w.-]{0,60}", user):  # a number says nothing of a home
            home = "/root" if user == "root" else f"/home/{user}"
            self._path(home, "USER home", self._offset(instruction, 0, ""), len(instruction.text.strip()))

    def _path(self, path: str, kind: str, offset: int, length: int) -> None:
        if path.startswith("/") and len(path) <= LONGEST_PATH:
            self.found.add(
                ContainerPath(posixpath.normpath(path).replace("//", "/"), kind, self.found.at(offset, length))
            )

    def _read(self, instruction: Instruction) -> None:
        text = instruction.text
        if instruction.name not in _SHELLS or _is_list(text):
            for one in references(text):
                self.found.read(one.name, one.default, self._offset(instruction, one.offset, one.name))
            return
        script = shell.scan(text)
        for one in script.reads:
            self.found.read(one.name, one.default, self._offset(instruction, one.offset, one.name))

    def _filled(self, text: str) -> str:
        """The text with its variables replaced, one level deep."""
        for one in list(references(text[:LONGEST_PATH])):
            value = self.values.get(one.name) or one.default
            if value is not None and "$" not in value:
                written = rf"\$\{{{one.name}[^}}]*\}}|\${one.name}\b"
                text = re.sub(written, value.replace("\\", "/"), text)  # a backslash would be the replacement's
        return text

    def _offset(self, instruction: Instruction, offset: int, name: str) -> int:
        """An offset of the instruction as one of the file: in the physical line, where the name stands."""
        number = instruction.number(offset)
        begin, end = self.found.start_of(number), self.found.start_of(number + 1)
        at = re.compile(rf"(?<!\w){name}(?!\w)" if name else r"\S").search(self.found.text, begin, end)
        return at.start() if at is not None else begin


def _pairs(instruction: Instruction) -> Iterator[tuple[str, str | None, int, int]]:
    """(name, value, where the name begins, where the value ends) of ``ENV`` and ``ARG``."""
    text = instruction.text
    pairs = list(_PAIR.finditer(text))
    for pair in pairs:
        yield pair[1], next((one for one in pair.groups()[1:] if one is not None), ""), pair.start(1), pair.end()
    if instruction.name == "ARG":
        for one in _ARGUMENT.finditer(_PAIR.sub(lambda pair: " " * len(pair[0]), text)):
            yield one[1], None, one.start(1), one.end()
    elif not pairs:
        old = _OLD.match(text)
        if old:
            yield old[1], old[2].strip().strip("\"'"), old.start(1), old.end()


def _is_list(text: str) -> bool:
    try:
        return text.lstrip().startswith("[") and isinstance(json.loads(text), list)
    except (ValueError, RecursionError):
        return False
