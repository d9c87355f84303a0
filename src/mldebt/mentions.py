"""Names of feature flags anywhere in a text: evidence that a flag is read in a way that nothing else sees."""

from __future__ import annotations

import re

from mldebt.facts.variables import MentionedFlags
from mldebt.traits.names import Names

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*_\w+")


def mentioned_flags(text: str, names: Names) -> tuple[MentionedFlags, ...]:
    """The one fact that tells of them, or none."""
    found = {name.upper() for name in _NAME.findall(text)}
    flags = sorted(name for name in found if names.is_flag(name))
    return (MentionedFlags(tuple(flags)),) if flags else ()
