"""Install commands in a shell line: what ``pip install``, ``uv pip install`` and ``uv add`` ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_WITH_VALUE = frozenset(
    {
        "-i", "--index-url", "--extra-index-url", "-f", "--find-links", "-t", "--target", "--root",
        "--prefix", "--platform", "--python-version", "--implementation", "--abi", "--src",
        "--trusted-host", "--proxy", "--timeout", "--retries", "--cache-dir", "--no-binary",
        "--only-binary", "--progress-bar", "--log", "--cert", "--client-cert", "--exists-action",
        "--upgrade-strategy", "--config-settings", "-C", "--global-option", "--report", "--python",
        "-p", "--index", "--default-index", "--torch-backend", "--group", "--extra", "--optional",
        "--package", "--override", "--keyring-provider", "--index-strategy", "--resolution",
        "--prerelease", "--link-mode", "--upgrade-package", "-P", "--no-build-isolation-package",
    }
)  # fmt: skip
_FILES = {
    "-r": "-r",
    "--requirement": "-r",
    "--requirements": "-r",
    "-c": "-c",
    "--constraint": "-c",
    "--constraints": "-c",
}
_PIP = re.compile(r"(?:.*/)?pip[\d.]*")
_PYTHON = re.compile(r"(?:.*/)?python[\d.]*|py")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_SEPARATORS = ("&&", "||", ";", "|", "&", "\n")
_PREFIXES = frozenset({"sudo", "exec", "time", "env", "then", "do", "else", "if", "!", "{", "("})


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a shell line without its quotes, with the offset where it starts."""

    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class Install:
    """One install command. ``requirements`` and ``editables`` as given; ``files`` are (-r or -c, path)."""

    offset: int
    requirements: tuple[str, ...]
    editables: tuple[str, ...]
    files: tuple[tuple[str, str], ...]


def installs(line: str) -> Iterator[Install]:
    """The install commands of a shell line (joined; newlines separate commands), in order."""
    for command in _commands(_words(line)):
        while command and (command[0].text in _PREFIXES or _ASSIGNMENT.match(command[0].text)):
            command = command[1:]
        arguments = _arguments([word.text for word in command])
        if arguments is not None:
            yield _install(command[0].offset, arguments)


def _arguments(words: list[str]) -> list[str] | None:
    """What follows ``install`` when these words are an install command."""
    if words and _PYTHON.fullmatch(words[0]) and words[1:2] == ["-m"]:
        words = words[2:]
    if words[:2] == ["uv", "pip"]:
        words = words[1:]
    elif words[:2] == ["uv", "add"]:
        return words[2:]
    if len(words) < 2 or not _PIP.fullmatch(words[0]):
        return None
    rest = words[1:]
    while rest and rest[0].startswith("-"):  # pip --no-cache-dir install
        rest = rest[1:]
    return rest[1:] if rest[:1] == ["install"] else None


def _install(offset: int, arguments: list[str]) -> Install:
    requirements: list[str] = []
    editables: list[str] = []
    files: list[tuple[str, str]] = []
    remaining = iter(arguments)
    for word in remaining:
        option, separator, value = word.partition("=")
        if not word.startswith("-"):
            requirements.append(word)
        elif option in _FILES:
            files.append((_FILES[option], value if separator else next(remaining, "")))
        elif option in ("-e", "--editable"):
            editables.append(value if separator else next(remaining, ""))
        elif word in _WITH_VALUE:
            next(remaining, None)
        elif word[:2] in ("-r", "-c") and not word.startswith("--"):
            files.append((word[:2], word[2:]))
    return Install(offset, tuple(requirements), tuple(editables), tuple(files))


def _commands(words: Iterable[Word]) -> Iterator[list[Word]]:
    command: list[Word] = []
    for word in words:
        if word.text in _SEPARATORS:
            yield command
            command = []
        else:
            command.append(word)
    yield command


def _words(line: str) -> Iterator[Word]:
    """Words and separators of a shell line; one pass, quotes removed, nothing expanded."""
    text: list[str] = []
    start, at, quote = -1, 0, ""
    while at < len(line):
        one = line[at]
        if quote:
            if one == quote:
                quote = ""
            elif one == "\\" and quote == '"' and line[at + 1 : at + 2] in ('"', "\\", "$"):
                at += 1
                text.append(line[at])
            else:
                text.append(one)
        elif one in "\"'":
            quote, start = one, at if start < 0 else start
        elif one == "\\" and at + 1 < len(line):
            start = at if start < 0 else start
            at += 1
            text.append(line[at])
        elif one.isspace() or one in ";&|":
            if start >= 0:
                yield Word("".join(text), start)
            text, start = [], -1
            separator = line[at : at + 2] if line[at : at + 2] in ("&&", "||") else one
            if separator in _SEPARATORS:
                yield Word(separator, at)
                at += len(separator) - 1
        else:
            start = at if start < 0 else start
            text.append(one)
        at += 1
    if start >= 0:
        yield Word("".join(text), start)
