"""FLG006: a flag has different defaults, or its text is tested for truth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from mldebt.environment_reads import environment_reads
from mldebt.facts.sites import EnvironmentRead, FlagSite, TruthOfText
from mldebt.flag_sites import flag_sites
from mldebt.known_values import parser
from mldebt.model import Confidence, Outcome, Recipe, Role, Severity
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where

_QUIET = (Role.TEST, Role.EXAMPLE)
_FALSE = frozenset({"false", "no", "off", "f", "n", "0", "disabled", "none"})
_TRUTH = {
    **dict.fromkeys(_FALSE, "false"),
    **dict.fromkeys(("true", "yes", "on", "t", "y", "1", "enabled"), "true"),
    "": "false",
}


class ConflictingFlagDefault(ProjectRule):
    def check(self, project: Project) -> Iterable[ProjectHit]:
        yield from self._truths(project)
        yield from self._conflicts(project)
        yield from self._fallbacks(project)

    def _truths(self, project: Project) -> Iterator[ProjectHit]:
        reads = [(path, read) for path, read in project.facts(TruthOfText) if _is_boolean(project, path, read)]
        asking = {path for path, read in reads if _is_sure(read)}
        for path, read in reads:
            sure = _is_sure(read)
            yield ProjectHit(
                sites=(Where(read.place, read.symbol, read.snippet, read.source_line),),
                key=f"{read.variable}:{path}:{read.symbol}",
                fields={"flag": read.variable},
                variant="truthy",
                outcome=Outcome() if sure else Outcome(confidence=Confidence.MEDIUM, severity=Severity.NOTE),
                concept=f"flag:{read.variable}",
                recipes=_recipes(project, path, asking, "unsafe" if sure else "suggested"),
            )

    def _conflicts(self, project: Project) -> Iterator[ProjectHit]:
        reads: dict[str, list[EnvironmentRead]] = defaultdict(list)
        for path, read in environment_reads(project):
            if read.has_default and project.names.is_flag(read.variable) and project.role(path) not in _QUIET:
                reads[read.variable].append(read)
        for variable, found in sorted(reads.items()):
            for given in project.groups(found, lambda read: read.place.path):
                meant = {_TRUTH.get(read.default.lower(), read.default) for read in given}
                if len(meant) > 1 and len({read.place.path for read in given}) > 1:
                    yield _conflict(variable, given)

    def _fallbacks(self, project: Project) -> Iterator[ProjectHit]:
        """What a provider's client is told to say where it knows nothing: one key has one answer."""
        for key, sites in flag_sites(project).items():
            found = [site for site in sites if site.kind == "sdk" and site.default]
            counted = [site for site in found if project.role(site.place.path) not in _QUIET]
            for given in project.groups(counted, lambda site: site.place.path):
                if len({_TRUTH.get(each.default.lower(), each.default.strip("\"'")) for each in given}) > 1:
                    yield _conflict(key, given)


def _is_boolean(project: Project, path: str, read: TruthOfText) -> bool:
    word = _word(read)
    named = project.names.is_flag(read.variable) or project.names.is_switch(read.variable)
    return project.role(path) is not Role.TEST and (named or (word in _FALSE and word != "none"))


def _is_sure(read: TruthOfText) -> bool:
    """Without a default the text may be meant to be there or not: any value turns it on."""
    return bool(_word(read)) and _word(read) in _TRUTH


def _word(read: TruthOfText) -> str:
    return read.default.strip("\"'").lower() if read.has_default else ""


def _recipes(project: Project, path: str, asking: Iterable[str], safety: str) -> tuple[Recipe, ...]:
    known = parser(project, path, asking)
    if known is None:
        return ()
    title = f"parse the text with {known.reach.expression}, {known.source}"
    return (Recipe("parse-boolean", title, safety, known.arguments),)


def _conflict(variable: str, given: Sequence[EnvironmentRead | FlagSite]) -> ProjectHit:
    first = min(given, key=lambda read: (read.place.path, read.place.span))
    return ProjectHit(
        sites=tuple(Where(read.place, read.symbol, read.snippet, read.source_line) for read in given),
        key=variable,
        fields={"flag": variable, "default": f'"{first.default}"'},
        concept=f"flag:{variable}",
    )
