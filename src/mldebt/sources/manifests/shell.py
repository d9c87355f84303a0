"""Shell scripts: what they install."""

from __future__ import annotations

import re

from mldebt.facts import Fact
from mldebt.model import Place, Span
from mldebt.sources.manifests.commands import installs, joined
from mldebt.sources.manifests.contents import ManifestFacts, split_lines
from mldebt.sources.manifests.installed import installed

DIALECT = "shell"
PATTERN = re.compile(r"\.(?:sh|bash|zsh|ksh)$")

_WORDS = re.compile(r"\b(?:install|add|sync|create|update)\b")
_HEREDOC = re.compile(r"(?<!<)<<-?[ \t]*[\"']?([A-Za-z_]\w*)[\"']?")


def read(path: str, text: str) -> ManifestFacts:
    """Documents that a script holds for other programs are not its commands."""
    if not _WORDS.search(text):
        return ManifestFacts()
    lines = split_lines(text)
    script = "\n".join(_commands_only(lines))
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    facts: dict[Fact, None] = {}
    at = 0
    for install in installs(joined(script)):
        while starts[at + 1] <= install.offset:
            at += 1
        line = lines[at]
        here = Place(path, Span(at + 1, install.offset - starts[at] + 1, at + 1, len(line) + 1))
        facts.update(dict.fromkeys(installed(install, here, line, DIALECT)))
    places = sorted({(fact.place.span.line,) * 2 for fact in facts if hasattr(fact, "place")})
    return ManifestFacts(tuple(facts), (), (), tuple(places))


def _commands_only(lines: list[str]) -> list[str]:
    """The lines, those of here-documents blank."""
    found, ending = [], ""
    for line in lines:
        if ending:
            ending = "" if line.strip() == ending else ending
            found.append(" " * len(line))
            continue
        found.append(line)
        opened = None if line.lstrip().startswith("#") else _HEREDOC.search(line)
        ending = opened[1] if opened else ""
    return found
