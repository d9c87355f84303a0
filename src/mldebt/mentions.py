"""Names of feature flags anywhere in a text: evidence that a flag is read or set in a way that nothing else sees."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from mldebt.facts.variables import MentionedFlags
from mldebt.traits.names import Names

_NAME = re.compile(
    r"(?<!\w)([\"']?)([A-Za-z][A-Za-z0-9]*_\w+)(?:([\"'])|[ \t]*(?::[^=\n()]{0,60})?=(?!=)())?", re.ASCII
)

_HOLDER = r"(?:settings|config|conf|cfg)"
_AT_LARGE = (
    (
        ("getattr(",),
        rf"(?<!\w)getattr\(\s{{0,20}}(?:\w{{1,40}}\.){{0,4}}(?:self|cls|\w{{0,40}}{_HOLDER})\s{{0,20}},\s{{0,20}}(?![\"'])",
    ),
    (("settings", "conf", "cfg"), rf"{_HOLDER}(?:\(\))?\.(?:model_dump|dict|json|__dict__|items)"),
    (
        ("vars(", "dict(", "iter("),
        rf"(?<!\w)(?:vars|asdict|dict|iter)\(\s{{0,20}}(?:\w{{1,40}}\.){{0,4}}\w{{0,40}}{_HOLDER}\b",
    ),
)
"""How the settings are read without the names of the fields, in small letters, and texts of which each needs one."""

_TAKING = frozenset({"getattr", "model_dump", "dict", "json", "vars", "asdict", "iter", "items", "__dict__"})


def mentioned_flags(text: str, words: frozenset[str], names: Names) -> tuple[MentionedFlags, ...]:
    """The one fact that tells of them, or none. ``words`` are those of ``text``: mostly none of them is a flag."""
    at_large = not _TAKING.isdisjoint(words) and _takes_all(text.lower())
    named = names.flags_among(words)
    if not at_large and not named:
        return ()
    found: Counter[str] = Counter()
    assigned: Counter[str] = Counter()
    quoted: set[str] = set()
    for each in _names_near(text, named):
        name = each[2].upper()
        if each[1] or each[3]:
            found.setdefault(name, 0)
            quoted.add(name)
            continue
        found[name] += 1
        if each[4] is not None and name == each[2]:
            assigned[name] += 1
    flags = {name for name in found if names.is_flag(name)}
    if not flags and not at_large:
        return ()
    return (
        MentionedFlags(
            tuple(sorted(flags)),
            tuple(sorted((name, count) for name, count in assigned.items() if name in flags)),
            tuple(sorted(quoted & flags)),
            tuple(sorted(name for name in flags if found[name] > 1)),
            at_large,
        ),
    )


def _names_near(text: str, words: Iterable[str]) -> Iterator[re.Match[str]]:
    """The names in those lines of ``text`` that hold one of ``words``. No name goes beyond a line."""
    lines: set[tuple[int, int]] = set()
    for word in words:
        at = text.find(word)
        while at >= 0:
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            lines.add((text.rfind("\n", 0, at) + 1, end))
            at = text.find(word, end)
    for begin, end in sorted(lines):
        yield from _NAME.finditer(text, begin, end)


def _takes_all(lowered: str) -> bool:
    return any(
        any(each in lowered for each in needed) and re.search(pattern, lowered, re.ASCII) is not None
        for needed, pattern in _AT_LARGE
    )
