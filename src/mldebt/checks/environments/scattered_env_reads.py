"""ENV007: one environment variable is read in many files, or with different defaults."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from mldebt.environment_reads import environment_reads
from mldebt.facts.sites import EnvironmentRead
from mldebt.model import Confidence, Outcome, Role
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where

_QUIET = (Role.TEST, Role.EXAMPLE)


class ScatteredEnvReads(ProjectRule):
    def check(self, project: Project) -> Iterable[ProjectHit]:
        variables: dict[str, list[EnvironmentRead]] = defaultdict(list)
        for path, read in environment_reads(project):
            if project.role(path) not in _QUIET and _is_own(project, read.variable):
                variables[read.variable].append(read)
        for variable, found in sorted(variables.items()):
            for reads in project.groups(found, lambda read: read.place.path):
                yield from self._judge(project, variable, reads)

    def _judge(self, project: Project, variable: str, reads: Sequence[EnvironmentRead]) -> Iterator[ProjectHit]:
        conflicting = [] if project.names.is_flag(variable) else _conflicting(reads)
        if conflicting:
            yield self._hit(variable, conflicting, "conflict")
        elif project.vocabulary.matches("env-platform", variable):
            return  # its name and meaning are fixed by others
        elif len({read.place.path for read in reads}) >= self.options["max-readers"]:
            yield self._hit(variable, reads, "")

    def _hit(self, variable: str, reads: Sequence[EnvironmentRead], variant: str) -> ProjectHit:
        first = min(reads, key=lambda read: (read.place.path, read.place.span))
        return ProjectHit(
            sites=tuple(Where(read.place, read.symbol, read.snippet, read.source_line) for read in reads),
            key=variable,
            fields={"variable": variable, "default": f'"{first.default}"'},
            variant=variant,
            outcome=Outcome(confidence=Confidence.HIGH),
            concept=f"variable:{variable}",
        )


def _is_own(project: Project, variable: str) -> bool:
    """Is the variable the program's, not the hardware's and not one that each process has for itself?"""
    if variable in project.vocabulary.words("env-process"):
        return False
    return not project.vocabulary.matches("env-capability", variable)


def _conflicting(reads: Sequence[EnvironmentRead]) -> list[EnvironmentRead]:
    """The reads with a default of their own, when they are of more than one mind and file. An empty
    default is none: it only says that the variable may be unset."""
    given = [read for read in reads if read.has_default and read.default]
    several = len({read.default.strip().lower() for read in given}) > 1 and len({read.place.path for read in given}) > 1
    return given if several else []
