"""Path patterns as .gitignore has them, matched in time linear in the path.

Patterns come from the repository under review, so the usual translation into one regular
expression (``*a*a*a*b`` backtracks for minutes) will not do: each part between slashes is matched
alone, by an expression that never backtracks, and ``**`` by a loop that goes back to the last one only.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable
from typing import TypeAlias

from msgspec import Struct

_SPECIAL = re.compile(r"[*?\[\\]")

Part: TypeAlias = "str | re.Pattern[str] | None"
"""What one part of a path must be: this name, like this expression, or (None, for ``**``) any number of parts."""


class PatternError(ValueError):
    """A pattern that can match nothing; the message says why."""


class Pattern(Struct, frozen=True):
    """One line: ``exclude`` is false for ``!``; ``folders`` means folders alone; ``parts`` is from the top."""

    parts: tuple[Part, ...]
    exclude: bool = True
    folders: bool = False

    def matches(self, names: tuple[str, ...], *, folder: bool) -> bool:
        """Does it match exactly this path (not what lies below it)?"""
        if self.folders and not folder:
            return False
        if len(self.parts) == 2 and self.parts[0] is None:  # the usual one: a name at any depth
            return _same(self.parts[1], names[-1])
        return _all_match(self.parts, names)


class Patterns:
    """Lines of a .gitignore, in order: the last one that matches decides."""

    def __init__(self, patterns: tuple[Pattern, ...]) -> None:
        self.patterns = patterns
        self._folders: dict[str, bool] = {}

    @classmethod
    def of(cls, lines: Iterable[str]) -> Patterns:
        """Raises ``PatternError`` for a line that cannot be meant. Blank lines and comments are left out."""
        return cls(tuple(found for line in lines if (found := parse(line)) is not None))

    @classmethod
    def lenient(cls, lines: Iterable[str]) -> Patterns:
        """The same, with git's manners: what cannot be meant matches nothing."""
        found: list[Pattern] = []
        for line in lines:
            try:
                pattern = parse(line)
            except PatternError:
                continue
            if pattern is not None:
                found.append(pattern)
        return cls(tuple(found))

    def verdict(self, path: str, *, folder: bool = False) -> bool | None:
        """Excluded (true), kept by ``!`` (false) or not spoken of (None): this path alone."""
        names = tuple(path.split("/"))
        for pattern in reversed(self.patterns):
            if (folder or not pattern.folders) and pattern.matches(names, folder=folder):
                return pattern.exclude
        return None

    def excludes(self, path: str, *, folder: bool = False) -> bool:
        """Is the path excluded, or any folder above it? What lies in an excluded folder cannot be kept."""
        if not self.patterns or path in ("", "."):
            return False
        above = path.rpartition("/")[0]
        return (above != "" and self._excludes_folder(above)) or self.verdict(path, folder=folder) is True

    def _excludes_folder(self, folder: str) -> bool:
        """From the top down, for a hostile path may be deeper than the stack."""
        known = self._folders.get(folder)
        if known is None:
            names = folder.split("/")
            known = any(self._verdict_of_folder("/".join(names[:end])) for end in range(1, len(names) + 1))
            self._folders[folder] = known
        return known

    def _verdict_of_folder(self, folder: str) -> bool:
        known = self._folders.get(folder)  # true also when a folder above it is what is excluded
        return self.verdict(folder, folder=True) is True if known is None else known


def parse(line: str) -> Pattern | None:
    """One line of a .gitignore; None for blank lines and comments."""
    line = line.rstrip("\r\n")
    kept = line.rstrip(" ")
    if kept.endswith("\\") and len(kept) < len(line):
        kept += " "  # an escaped space at the end is meant
    if not kept or kept.startswith("#"):
        return None
    exclude = not kept.startswith("!")
    body = kept if exclude else kept[1:]
    folders = body.endswith("/") and not body.endswith("\\/")
    body = body[:-1] if folders else body
    anchored = "/" in body
    body = body[1:] if body.startswith("/") else body
    if not body or body.startswith("/"):
        raise PatternError("it names no file")
    parts = tuple(_part(text) for text in body.split("/"))
    if not anchored and parts != (None,):
        parts = (None, *parts)
    if parts.count(None) > 1:
        parts = tuple(
            part for number, part in enumerate(parts) if part is not None or parts[number - 1 : number] != (None,)
        )
    return Pattern(parts, exclude, folders)


def _part(text: str) -> Part:
    if text == "**":
        return None
    if not _SPECIAL.search(text):
        return text
    translated: list[str] = []
    position = 0
    while position < len(text):
        character = text[position]
        if character == "\\":
            if position + 1 == len(text):
                raise PatternError("it ends in a backslash")
            position += 1
            translated.append(_literal(text[position]))
        elif character == "[":
            end = _class_end(text, position)
            if end < 0:
                raise PatternError("a [ has no ]")
            translated.append(_class(text[position + 1 : end]))
            position = end
        else:
            translated.append(character)
        position += 1
    return re.compile(fnmatch.translate("".join(translated)))


def _literal(character: str) -> str:
    return f"[{character}]" if character in "*?[" else character


def _class_end(text: str, start: int) -> int:
    position = start + 1
    position += text[position : position + 1] in ("!", "^")
    position += text[position : position + 1] == "]"
    while position < len(text) and text[position] != "]":
        position += 2 if text[position] == "\\" else 1
    return position if position < len(text) else -1


def _class(body: str) -> str:
    """A character class in fnmatch's words: negated by ``!`` only, and without escapes."""
    negated = body[:1] in ("!", "^")
    members = re.sub(r"\\(.)", r"\1", body[1:] if negated else body)
    if "]" in members:
        members = "]" + members.replace("]", "")
    return f"[{'!' if negated else ''}{members}]"


def _same(part: Part, name: str) -> bool:
    return part == name if isinstance(part, str) else part is None or part.match(name) is not None


def _all_match(parts: tuple[Part, ...], names: tuple[str, ...]) -> bool:
    """Match part for name; on a mismatch let the last ``**`` take one name more."""
    at, here, star, taken = 0, 0, -1, 0
    while here < len(names):
        if at < len(parts) and parts[at] is None:
            star, taken = at, here
            at += 1
            if at == len(parts):
                return True  # what is left, at least one name, lies below
        elif at < len(parts) and _same(parts[at], names[here]):
            at += 1
            here += 1
        elif star >= 0:
            taken += 1
            at, here = star + 1, taken
        else:
            return False
    return at == len(parts)
