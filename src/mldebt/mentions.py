"""Names of feature flags anywhere in a text: evidence that a flag is read or set in a way that nothing else sees."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from mldebt.facts.variables import MentionedFlags
from mldebt.traits.names import Names

_NAME = re.compile(
    r"(?<!\w)([\"']?)([A-Za-z][A-Za-z0-9]*_\w+)(?:([\"'])|[ \t]*(?::[^=\n()]{0,60})?=(?!=)())?", re.ASCII
)

_AT_LARGE = re.compile(
    r"(?<!\w)(?:getattr\(\s{0,20}(?:\w{1,40}\.){0,4}(?:self|cls|\w{0,40}(?:settings|config|conf|cfg))\s{0,20},\s{0,20}(?![\"'])"
    r"|\w{0,40}(?:settings|config|conf|cfg)(?:\(\))?\.(?:model_dump|dict|json|__dict__|items)"
    r"|(?:vars|asdict|dict|iter)\(\s{0,20}(?:\w{1,40}\.){0,4}\w{0,40}(?:settings|config|conf|cfg)\b)",
    re.ASCII | re.IGNORECASE,
)
_TAKING = frozenset({"getattr", "model_dump", "dict", "json", "vars", "asdict", "iter", "items", "__dict__"})


def mentioned_flags(text: str, words: Iterable[str], names: Names) -> tuple[MentionedFlags, ...]:
    """The one fact that tells of them, or none. ``words`` are those of ``text``: mostly none of them is a flag."""
    at_large = not _TAKING.isdisjoint(words) and _AT_LARGE.search(text) is not None
    if not at_large and not any("_" in word and names.is_flag(word.upper()) for word in words):
        return ()
    found: Counter[str] = Counter()
    assigned: Counter[str] = Counter()
    quoted: set[str] = set()
    for each in _NAME.finditer(text):
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
