"""A rule written as a pattern, as plain data. ``pattern_rules`` matches it."""

from __future__ import annotations

import re

from msgspec import Struct

LITERALS = ("any", "number", "string", "boolean", "none")
ENCLOSINGS = ("function", "class", "loop", "model-class", "model-code", "ml-module", "ml-imports")
CODE = "code"
"""What a message calls the code that matches, unless a metavariable has that name."""

_WORD = re.compile(r"[a-z]+(-[a-z]+)*")


def is_enclosing(text: str) -> bool:
    """Is it the name of an enclosing, well spelled or not, and no pattern?"""
    return _WORD.fullmatch(text) is not None


class Where(Struct, frozen=True):
    """What must hold of the code that a metavariable stands for. Empty means: whatever.

    ``traits`` and ``not_traits``: it has one of them, none of them; ``literal``: it is a literal of a kind of
    ``LITERALS``, by itself or through names bound to one ("" whatever, "not" none); ``values``: it is one of
    these; ``not_values``: none of them; ``like`` and ``not_like``: what it refers to, imports applied, or as
    it is written, matches one of these globs (``*`` any characters, ``?`` one); ``words`` and ``not_words``:
    they are, or are not, among the words of its name or text, whole.
    """

    metavariable: str
    traits: tuple[str, ...] = ()
    not_traits: tuple[str, ...] = ()
    literal: str = ""
    values: tuple[str | int | float | bool, ...] = ()
    not_values: tuple[str | int | float | bool, ...] = ()
    like: tuple[str, ...] = ()
    not_like: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    not_words: tuple[str, ...] = ()


class PatternSpec(Struct, frozen=True):
    """``sources`` are Python with metavariables, any of which may match; what is like one of ``unlike`` as well
    is left out; ``inside`` and ``not_inside`` are names of ``ENCLOSINGS`` or patterns of code around;
    ``function`` are globs of the enclosing function's qualified name; ``paths`` and ``not_paths`` patterns as in
    .gitignore of the files that are looked at, and that are not; ``imports`` modules of which the file imports
    one. Empty means: whatever."""

    sources: tuple[str, ...]
    unlike: tuple[str, ...] = ()
    where: tuple[Where, ...] = ()
    inside: tuple[str, ...] = ()
    not_inside: tuple[str, ...] = ()
    function: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    not_paths: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
