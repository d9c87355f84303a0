"""Which environment variable each read in the project is of, also where a constant of another file names it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from mldebt.facts.sites import EnvironmentRead
from mldebt.project import Project


def environment_reads(project: Project) -> Sequence[tuple[str, EnvironmentRead]]:
    """What rules about flags and environments ask: the same answer each time."""
    return project.reads.once(environment_reads, lambda: _named(project))


def _named(project: Project) -> Sequence[tuple[str, EnvironmentRead]]:
    """The reads in path order, each with its file. What no file names is left out."""
    found = []
    for path, read in project.facts(EnvironmentRead):
        variable = read.variable or project.text(path, f"@{read.reference}")
        if variable:
            found.append((path, replace(read, variable=variable) if read.reference else read))
    return found
