"""Install commands in a shell line: what pip, uv, conda, Poetry and the like are asked for."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

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
_CONDA_WITH_VALUE = frozenset(
    {"-c", "--channel", "-n", "--name", "-p", "--prefix", "--solver", "--subdir", "--platform", "-r", "--root-prefix"}
)
_CONDA_FILES = frozenset({"-f", "--file"})
_PIP = re.compile(r"(?:.*/)?pip[\d.]*")
_CONDA = re.compile(r"(?:.*/)?(?:conda|mamba|micromamba)")
_SHELL = re.compile(r"(?:.*/)?(?:ba|z|da|a)?sh")
_RUN = re.compile(r"-\w*c")
_PYTHON = re.compile(r"(?:.*/)?python[\d.]*|py")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_SEPARATORS = ("&&", "||", ";", "|", "&", "\n")
_PREFIXES = frozenset({"sudo", "exec", "time", "env", "nohup", "then", "do", "else", "if", "!", "{", "("})
_PROJECTS = {
    "poetry": frozenset({"install", "sync"}),
    "uv": frozenset({"sync"}),
    "pdm": frozenset({"install", "sync"}),
    "pipenv": frozenset({"install", "sync"}),
}
"""Commands that install the project of the folder they run in."""
_ADDERS = frozenset({("uv", "add"), ("poetry", "add"), ("pdm", "add"), ("pipenv", "install")})
MOST_NESTED = 3


class Word(Struct, frozen=True):
    """A word of a shell line without its quotes, with the offset where it starts."""

    text: str
    offset: int


class Install(Struct, frozen=True):
    """One install command. ``text`` is the command in one line, cut; ``requirements`` and ``editables``
    as given; ``files`` are (-r or -c, path). ``tool``: "pip" for what speaks PEP 508, "conda", or
    "project" for a command that installs the project of its folder."""

    offset: int
    text: str
    requirements: tuple[str, ...] = ()
    editables: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    tool: str = "pip"


LONGEST_TEXT = 200


def installs(line: str) -> Iterator[Install]:
    """The install commands of a shell line (joined; newlines separate commands), in order."""
    yield from _installs(line, 0)


def joined(script: str) -> str:
    """A script with its continued lines joined; offsets stay."""
    return script.replace("\\\r\n", "   ").replace("\\\n", "  ")


def _installs(line: str, nested: int) -> Iterator[Install]:
    for command in _commands(_words(line)):
        while command and (command[0].text in _PREFIXES or _ASSIGNMENT.match(command[0].text)):
            command = command[1:]
        words = [word.text for word in command]
        if not words:
            continue
        offset, text = command[0].offset, " ".join(words)[:LONGEST_TEXT]
        script = _script(words)
        if script and nested < MOST_NESTED:
            for inner in _installs(script, nested + 1):
                yield replace(inner, offset=offset)
        elif _installs_project(words):
            yield Install(offset, text, tool="project")
        elif (arguments := _conda_arguments(words)) is not None:
            yield _conda(offset, text, arguments)
        elif (arguments := _arguments(words)) is not None:
            yield _install(offset, text, arguments)


def _script(words: list[str]) -> str:
    """The script that ``bash -c`` is given, and what ``conda run`` runs, "" for other commands."""
    if _SHELL.fullmatch(words[0]):
        at = next((at for at, word in enumerate(words) if _RUN.fullmatch(word)), len(words))
        return words[at + 1] if at + 1 < len(words) else ""
    if _CONDA.fullmatch(words[0]) and words[1:2] == ["run"]:
        at = next((at for at, word in enumerate(words) if _PIP.fullmatch(word) or _PYTHON.fullmatch(word)), 0)
        return shlex.join(words[at:]) if at else ""
    return ""


def _installs_project(words: list[str]) -> bool:
    if len(words) < 2 or words[1] not in _PROJECTS.get(words[0], ()):
        return False
    return words[0] != "pipenv" or all(word.startswith("-") for word in words[2:])


def _arguments(words: list[str]) -> list[str] | None:
    """What follows ``install`` when these words are an install command."""
    if words and _PYTHON.fullmatch(words[0]) and words[1:2] == ["-m"]:
        words = words[2:]
    if tuple(words[:2]) in _ADDERS:
        return words[2:]
    if words[:2] == ["uv", "pip"]:
        words = words[1:]
    if len(words) < 2 or not _PIP.fullmatch(words[0]):
        return None
    rest = words[1:]
    while rest and rest[0].startswith("-"):  # pip --no-cache-dir install
        rest = rest[1:]
    return rest[1:] if rest[:1] == ["install"] else None


def _conda_arguments(words: list[str]) -> list[str] | None:
    if not _CONDA.fullmatch(words[0]):
        return None
    rest = words[1:]
    if rest[:1] == ["env"] and rest[1:2] and rest[1] in ("create", "update"):
        return rest[2:]
    return rest[1:] if rest[:1] and rest[0] in ("install", "create", "update") else None


def _conda(offset: int, text: str, arguments: list[str]) -> Install:
    requirements: list[str] = []
    files: list[tuple[str, str]] = []
    remaining = iter(arguments)
    for word in remaining:
        option, separator, value = word.partition("=")
        if not word.startswith("-"):
            requirements.append(word)
        elif option in _CONDA_FILES:
            files.append(("-r", value if separator else next(remaining, "")))
        elif word in _CONDA_WITH_VALUE:
            next(remaining, None)
    return Install(offset, text, tuple(requirements), (), tuple(files), "conda")


def _install(offset: int, text: str, arguments: list[str]) -> Install:
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
    return Install(offset, text, tuple(requirements), tuple(editables), tuple(files))


def _commands(words: Iterable[Word]) -> Iterator[list[Word]]:
    command: list[Word] = []
    for word in words:
        if word.text in _SEPARATORS:
            yield command
            command = []
        else:
            command.append(word)
    yield command


def _substitution(line: str, start: int) -> int:
    """Where the command substitution that begins at ``start`` ends."""
    if line[start] == "`":
        end = line.find("`", start + 1)
        return end + 1 if end >= 0 else len(line)
    depth = 0
    for at in range(start + 1, len(line)):
        depth += (line[at] == "(") - (line[at] == ")")
        if not depth:
            return at + 1
    return len(line)


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
        elif one == "`" or line.startswith("$(", at):
            start = at if start < 0 else start
            end = _substitution(line, at)
            text.append(line[at:end])
            at = end - 1
        elif line.startswith("{{", at) and "}}" in line[at:]:  # {{ cookiecutter.name }}
            start = at if start < 0 else start
            end = line.index("}}", at) + 2
            text.append(line[at:end])
            at = end - 1
        elif one == "\\" and at + 1 < len(line):
            start = at if start < 0 else start
            at += 1
            text.append(line[at])
        elif one == "#" and start < 0:  # a comment, to the end of its line
            end = line.find("\n", at)
            at = end if end >= 0 else len(line)
            continue
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
