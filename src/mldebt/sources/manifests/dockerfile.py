"""Dockerfile and Containerfile: base images, and what ``RUN pip install`` asks for."""

from __future__ import annotations

import json
import posixpath
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from mldebt.facts import Fact
from mldebt.facts.pins import Image, Include, Manifest, Pin
from mldebt.model import Place
from mldebt.sources.manifests import locators
from mldebt.sources.manifests.commands import Install, installs
from mldebt.sources.manifests.contents import ManifestFacts, displayed, place, resolve, split_lines
from mldebt.sources.manifests.requirements import parse
from mldebt.toml_places import Comment

DIALECT = "dockerfile"
PATTERN = re.compile(r"(?:^|/)(?:(?:Dockerfile|Containerfile)(?:[._-][^/]*)?|[^/]+\.(?:Dockerfile|dockerfile))$")

LONGEST_REFERENCE = 1_000

_INSTRUCTION = re.compile(r"\s*([A-Za-z]+)\s+(.*)", re.DOTALL)
_HEREDOC = re.compile(r"<<-?\s*[\"']?([A-Za-z_]\w*)[\"']?")
_FLAGS = re.compile(r"(?:--[a-z]+(?:=\S*)?\s+)*")
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::?-([^}]*))?\}|(\w+))")
_ESCAPE = re.compile(r"#\s*escape\s*=\s*`\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction, joined. ``starts`` are the offsets in ``text`` where each of ``numbers``, its
    physical lines, begins."""

    name: str
    text: str
    starts: tuple[int, ...]
    numbers: tuple[int, ...]

    def number(self, offset: int) -> int:
        """The physical line of an offset."""
        return self.numbers[bisect_right(self.starts, offset) - 1]


def read(path: str, text: str) -> ManifestFacts:
    lines = split_lines(text)
    facts: list[Fact] = [Manifest(DIALECT, is_lock=False)]
    statements: list[tuple[int, int]] = []
    defaults: dict[str, str] = {}
    stages: set[str] = set()
    for instruction in instructions(lines):
        statements.append((instruction.numbers[0], instruction.numbers[-1]))
        if instruction.name == "ARG":
            name, equals, value = instruction.text.strip().partition("=")
            defaults.update({name: value.strip().strip("\"'")} if equals else {})
        elif instruction.name == "FROM":
            facts.extend(_images(path, instruction, lines, defaults, stages))
        elif instruction.name == "RUN":
            facts.extend(_installed(path, instruction, lines))
    return ManifestFacts(tuple(facts), (), comments(lines), tuple(statements))


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
    reference = words[0][:LONGEST_REFERENCE]
    resolved = _filled(reference, defaults)
    name, _, digest = resolved.partition("@")
    head, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        head, tag = name, ""
    here = _place(path, instruction.numbers[0], lines)
    yield Image(
        reference, resolved, head, tag, digest, here, displayed(lines[here.span.line - 1]),
        stage=resolved.lower() in stages, unresolved="$" in resolved,
    )  # fmt: skip
    if len(words) > 2 and words[1].lower() == "as":
        stages.add(words[2].lower())


def _filled(text: str, defaults: dict[str, str]) -> str:
    """The text with its variables replaced by the defaults of ``ARG``, one level deep."""

    def value(found: re.Match[str]) -> str:
        return defaults.get(found[1] or found[3]) or found[2] or found[0]

    return _VARIABLE.sub(value, text)[:LONGEST_REFERENCE]


def _installed(path: str, instruction: Instruction, lines: list[str]) -> Iterator[Fact]:
    text = _shell(instruction.text)
    for install in installs(text):
        number = instruction.number(install.offset)
        here = _place(path, number, lines)
        yield from _includes(path, install, here)
        given = [(one, False) for one in install.requirements] + [(one, True) for one in install.editables]
        for requirement, editable in given:
            if _is_folder(requirement):
                continue  # a path is one of the image, not of the repository
            source = displayed(lines[number - 1])
            try:
                yield parse(requirement, Pin("", "", requirement, here, source, DIALECT, editable=editable))
            except ValueError:
                continue  # shell, not a requirement: $(cat packages), <file


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


def _is_folder(requirement: str) -> bool:
    return locators.is_locator(requirement) and "://" not in requirement and not locators.VCS.match(requirement)


def _includes(path: str, install: Install, here: Place) -> Iterator[Include]:
    base = posixpath.dirname(path)
    for option, target in install.files:
        if target and not locators.is_templated(target) and "://" not in target:
            written = target.lstrip("/") if target.startswith("/") else target
            yield Include(resolve(base, written), resolve("", written), option == "-c", here)


def _place(path: str, number: int, lines: list[str]) -> Place:
    line = lines[number - 1]
    return place(path, number, len(line) - len(line.lstrip()) + 1, len(line.strip()))
