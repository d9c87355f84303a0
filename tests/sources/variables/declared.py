"""What the tests of the readers ask: the facts of a text by the path it would have."""

from __future__ import annotations

import textwrap

from mldebt.facts import F, of_kind
from mldebt.facts.variables import DeclaredVariable, ReadVariable
from mldebt.model import Notice
from mldebt.sources.variables import read


def facts(path: str, text: str, kind: type[F]) -> list[F]:
    return list(of_kind(read(path, textwrap.dedent(text).encode()).facts, kind))


def declared(path: str, text: str) -> list[tuple[str, str, str, int]]:
    """(service, name, value, line) of each."""
    return [(one.service, one.name, one.value, one.place.span.line) for one in facts(path, text, DeclaredVariable)]


def reads(path: str, text: str) -> list[tuple[str, str | None, int]]:
    """(name, default, line) of each."""
    return [
        (one.name, one.default if one.has_default else None, one.place.span.line)
        for one in facts(path, text, ReadVariable)
    ]


def notices(path: str, text: str) -> tuple[Notice, ...]:
    return read(path, textwrap.dedent(text).encode()).notices
