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


def mentioned_flags(text: str, words: Iterable[str], names: Names) -> tuple[MentionedFlags, ...]:
    """The one fact that tells of them, or none. ``words`` are those of ``text``: mostly none of them is a flag."""
    if not any("_" in word and names.is_flag(word.upper()) for word in words):
        return ()
    found: set[str] = set()
    assigned: Counter[str] = Counter()
    quoted: set[str] = set()
    for each in _NAME.finditer(text):
        name = each[2].upper()
        found.add(name)
        if each[1] or each[3]:
            quoted.add(name)
        elif each[4] is not None and name == each[2]:
            assigned[name] += 1
    flags = {name for name in found if names.is_flag(name)}
    if not flags:
        return ()
    return (
        MentionedFlags(
            tuple(sorted(flags)),
            tuple(sorted((name, count) for name, count in assigned.items() if name in flags)),
            tuple(sorted(quoted & flags)),
        ),
    )
