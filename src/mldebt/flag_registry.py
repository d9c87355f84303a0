"""Flags that a file of the project declares: ``flags.yaml`` with an owner and a day each, a table in the settings."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from mldebt.facts.configs import ConfigValue
from mldebt.project import Project
from mldebt.vocabulary import tokenise

_FILES = frozenset({"flags", "feature_flags", "featureflags", "toggles", "feature_toggles"})
_INSIDE = _FILES | {"features"}
_TRUTHS = frozenset({"true", "false"})


def declared_flags(project: Project) -> Mapping[str, tuple[str, ConfigValue]]:
    """What rules about flags ask: the same answer each time."""
    return project.reads.once(declared_flags, lambda: _declared(project))


def _declared(project: Project) -> Mapping[str, tuple[str, ConfigValue]]:
    """Key of a flag -> the file and the first thing that its registry says of it. A registry is a file called so,
    with or without a table around the flags, or such a table in another file; it says of each flag whether it is
    on, or things with names."""
    found: dict[str, tuple[str, ConfigValue]] = {}
    for path, value in project.facts(ConfigValue):
        parts = value.key.split(".")
        called = "_".join(tokenise(posixpath.basename(path).partition(".")[0])) in _FILES
        table = "_".join(tokenise(parts[0]))
        if table in (_INSIDE if called else _FILES - {"flags"}):
            parts = parts[1:]
        elif not called:
            continue
        if len(parts) == 2 or (len(parts) == 1 and value.value.lower() in _TRUTHS):
            found.setdefault(parts[0], (path, value))
    return found
