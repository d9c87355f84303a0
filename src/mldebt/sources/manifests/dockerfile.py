"""Dockerfile and Containerfile: base images, and what ``RUN pip install`` asks for."""

from __future__ import annotations

import json
import posixpath
import re
from bisect import bisect_right
from collections.abc import Iterator

from msgspec import Struct

from mldebt.facts import Fact
from mldebt.facts.pins import Image, Manifest
from mldebt.model import Place
from mldebt.sources.manifests.commands import installs
from mldebt.sources.manifests.contents import ManifestFacts, place, split_lines
from mldebt.sources.manifests.images import LONGEST_REFERENCE, image
from mldebt.sources.manifests.installed import installed
from mldebt.toml_places import Comment

DIALECT = "dockerfile"
PATTERN = re.compile(r"(?:^|/)(?:(?:Dockerfile|Containerfile)(?:[._-][^/]*)?|[^/]+\.(?:Dockerfile|dockerfile))$")

_INSTRUCTION = re.compile(r"\s*([A-Za-z]+)\s+(.*)", re.DOTALL)
_HEREDOC = re.compile(r"<<-?\s*[\"']?([A-Za-z_]\w*)[\"']?")
_FLAGS = re.compile(r"(?:--[a-z]+(?:=\S*)?\s+)*")
_ESCAPE = re.compile(r"#\s*escape\s*=\s*`\s*$", re.IGNORECASE)


class Instruction(Struct, frozen=True):
    """One instruction, joined. ``starts`` are the offsets in ``text`` where each of ``numbers``, its
    physical lines, begins."""

    name: str
    text: str
    starts: tuple[int, ...]
    numbers: tuple[int, ...]

    def number(self, offset: int) -> int:
        """The physical line of an offset."""
        return self.numbers[bisect_right(self.starts, offset) - 1]


MOST_COPIES = 200
MOST_SOURCES = 5


class Copies:
    """What ``COPY`` and ``ADD`` bring into the image, and under which name."""

    def __init__(self) -> None:
        self._pairs: list[tuple[str, str]] = []

    def add(self, text: str) -> None:
        words = _shell(text).replace('"', "").split() if text.lstrip().startswith("[") else text.split()
        if any(word.startswith("--from=") for word in words):
            return  # out of another stage, not out of the repository
        words = [word for word in words if not word.startswith("--")]
        if len(words) > 1 and len(self._pairs) < MOST_COPIES:
            self._pairs.extend((source.strip("/"), words[-1]) for source in words[:-1])

    def sources(self, target: str) -> Iterator[str]:
        """The files of the repository that a file of the image may be, the likeliest first."""
        name = posixpath.basename(target)
        found = [
            source
            for source, into in reversed(self._pairs)
            if posixpath.basename(source) == name or (posixpath.basename(into) == name and "*" not in source)
        ]
        plain = target.lstrip("/")
        folders = [
            posixpath.join(source, name) for source, _ in reversed(self._pairs) if not posixpath.splitext(source)[1]
        ]
        yield from list(dict.fromkeys([*found, plain, *folders]))[:MOST_SOURCES]


def read(path: str, text: str) -> ManifestFacts:
    lines = split_lines(text)
    facts: list[Fact] = []
    statements: list[tuple[int, int]] = []
    defaults: dict[str, str] = {}
    stages: set[str] = set()
    copies = Copies()
    starts: dict[str, str] = {}
    for instruction in instructions(lines):
        statements.append((instruction.numbers[0], instruction.numbers[-1]))
        if instruction.name == "ARG":
            name, equals, value = instruction.text.strip().partition("=")
            defaults.update({name: value.strip().strip("\"'")} if equals else {})
        elif instruction.name == "FROM":
            facts.extend(_images(path, instruction, lines, defaults, stages))
        elif instruction.name == "RUN":
            facts.extend(_installed(path, instruction, lines, copies))
        elif instruction.name in ("COPY", "ADD"):
            copies.add(instruction.text)
        elif instruction.name in ("ENTRYPOINT", "CMD"):
            starts[instruction.name] = " ".join(_shell(instruction.text).replace('"', "").split())[:LONGEST_REFERENCE]
    manifest = Manifest(DIALECT, is_lock=False, starts=" ".join(starts[name] for name in sorted(starts, reverse=True)))
    return ManifestFacts((manifest, *facts), (), comments(lines), tuple(statements))


def comments(lines: list[str]) -> tuple[Comment, ...]:
    """The comments: lines of their own, for elsewhere ``#`` begins none."""
    return tuple(
        Comment(number, len(line) - len(line.lstrip()) + 1, line.strip())
        for number, line in enumerate(lines, 1)
        if line.lstrip().startswith("#")
    )


def instructions(lines: list[str]) -> Iterator[Instruction]:
    """The instructions in order, continued lines joined."""
    escape = "`" if any(_ESCAPE.match(line) for line in lines[:2]) else "\\"
    numbered = iter(enumerate(lines, 1))
    for number, line in numbered:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        parts, numbers = [line], [number]
        while parts[-1].rstrip().endswith(escape):
            parts[-1] = parts[-1].rstrip()[:-1] + " "
            number, line = next(
                ((at, one) for at, one in numbered if one.strip() and not one.lstrip().startswith("#")), (0, "")
            )
            if not number:
                break
            parts.append(line)
            numbers.append(number)
        heredoc = _HEREDOC.search(parts[-1])
        if heredoc and parts[0].lstrip()[:3].upper() in ("RUN", "COP", "ADD"):
            for number, line in numbered:
                if line.strip() == heredoc[1]:
                    break
                parts.append("\n" + line)
                numbers.append(number)
        yield from _joined(parts, numbers)


def _joined(parts: list[str], numbers: list[int]) -> Iterator[Instruction]:
    found = _INSTRUCTION.match("".join(parts))
    if found:
        starts, at = [], -found.start(2)
        for part in parts:
            starts.append(max(at, 0))
            at += len(part)
        yield Instruction(found[1].upper(), found[2], tuple(starts), tuple(numbers))


def _images(
    path: str, instruction: Instruction, lines: list[str], defaults: dict[str, str], stages: set[str]
) -> Iterator[Image]:
    words = instruction.text.split()
    while words and words[0].startswith("--"):
        words = words[1:]
    if not words:
        return
    here = _place(path, instruction.numbers[0], lines)
    alias = words[2].lower() if len(words) > 2 and words[1].lower() == "as" else ""
    yield image(words[0], here, lines[here.span.line - 1], defaults, stages=stages, alias=alias)
    if alias:
        stages.add(alias)


def _installed(path: str, instruction: Instruction, lines: list[str], copies: Copies) -> Iterator[Fact]:
    text = _shell(instruction.text)
    for install in installs(text):
        number = instruction.number(install.offset)
        yield from installed(install, _place(path, number, lines), lines[number - 1], DIALECT, files=copies.sources)


def _shell(text: str) -> str:
    """The command of ``RUN``; its exec form (a JSON array) is read as one command. Blanked, not cut:
    offsets stay those of the instruction."""
    flags = _FLAGS.match(text)
    end = flags.end() if flags else 0
    text = " " * end + text[end:]
    if text.lstrip().startswith("["):
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            return text
        return text.replace("[", " ").replace("]", " ").replace(",", " ")
    return text


def _place(path: str, number: int, lines: list[str]) -> Place:
    line = lines[number - 1]
    return place(path, number, len(line) - len(line.lstrip()) + 1, len(line.strip()))
