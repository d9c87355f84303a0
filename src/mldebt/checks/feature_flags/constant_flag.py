"""FLG004: a feature flag always has the same value."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from mldebt.environment_reads import environment_reads
from mldebt.facts.exports import Export
from mldebt.facts.modules import ModuleFact
from mldebt.facts.sites import EnvironmentRead, FlagSite
from mldebt.facts.variables import DeclaredVariable, MentionedFlags, ReadVariable
from mldebt.flag_sites import flag_sites
from mldebt.model import Confidence, Outcome, Recipe, Role
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where
from mldebt.traits.values import Trait

_DEPLOYED = frozenset({"compose", "kubernetes", "helm", "dockerfile", "dotenv"})
_QUIET = frozenset({Role.TEST, Role.EXAMPLE})


class ConstantFlag(ProjectRule):
    """A constant of a module, assigned once in the whole project, that decides branches. What is read from
    the environment, is known by its text or can be overlaid by a star import may be set by others.

    And a variable with one literal default that decides branches, in a project whose deployments set most of the
    variables that it reads, and never this one."""

    def check(self, project: Project) -> Iterable[ProjectHit]:
        sites = flag_sites(project)
        set_by_others = _set_by_others(project)
        assigned = _assigned(project)
        for path, export in project.facts(Export):
            name = export.name.rpartition(".")[2]
            if export.value not in ("True", "False") or not name.isupper() or project.role(path) is Role.TEST:
                continue
            if "." in export.name and not _is_plain_class(project, path, export):
                continue
            if assigned[name] != 1 or name in set_by_others or _is_overlaid(project, export) or not _is_flag(export):
                continue
            decided = [
                site
                for site in sites.get(name, ())
                if site.branches
                and project.role(site.place.path) not in _QUIET
                and project.components.joined(path, site.place.path)
            ]
            if decided:
                yield _hit(
                    export, decided, [file for file, known in project.facts(MentionedFlags) if name in known.names]
                )
        yield from _never_set(project, sites)


def _never_set(project: Project, sites: Mapping[str, Sequence[FlagSite]]) -> Iterator[ProjectHit]:
    reads: dict[str, list[EnvironmentRead]] = defaultdict(list)
    for path, read in environment_reads(project):
        if project.role(path) not in _QUIET and not project.vocabulary.matches("env-never", read.variable):
            reads[read.variable].append(read)
    deployed = {fact.name for _, fact in project.facts(DeclaredVariable) if fact.declared_in in _DEPLOYED}
    named = {fact.name for _, fact in project.facts(DeclaredVariable)} | {
        *(fact.name for _, fact in project.facts(ReadVariable)),
        *(name for path, fact in project.facts(MentionedFlags) for name in _given(path, fact, reads)),
    }
    settings = {name for name in reads if not project.names.is_flag(name)}
    if not deployed or 2 * len(deployed & settings) < len(settings):
        return
    for name, found in sorted(reads.items()):
        values = {read.default for read in found}
        if name in named or len(values) != 1 or not found[0].default or not project.names.is_flag(name):
            continue
        if any(site.branches for site in sites.get(name, ())):
            places = tuple(Where(each.place, each.symbol, each.snippet, each.source_line) for each in found)
            yield ProjectHit(
                sites=places,
                key=name,
                fields={"flag": name, "value": found[0].default},
                outcome=Outcome(confidence=Confidence.MEDIUM),
                concept=f"flag:{name}",
            )


def _given(path: str, fact: MentionedFlags, reads: Mapping[str, Sequence[EnvironmentRead]]) -> Iterator[str]:
    """The names that a file gives a value; ``NAME = os.getenv("NAME", "0")`` only takes what the environment gives."""
    for name, count in fact.assigned:
        if count > sum(read.place.path == path for read in reads.get(name, ())):
            yield name


def _is_plain_class(project: Project, path: str, export: Export) -> bool:
    """Is it an attribute of a class that inherits nothing? What has a base may be filled by it."""
    found = project.find_class(path, f"@.{export.name.rpartition('.')[0]}")
    return found is not None and not found[1].bases and not found[1].decorators


def _hit(export: Export, decided: Sequence[FlagSite], named_in: Sequence[str]) -> ProjectHit:
    name = export.name.rpartition(".")[2]
    declaration = Where(export.place, "", name, f"{name} = {export.value}")
    settled = (("flag", name), ("value", export.value), ("in", "\n".join(named_in)))
    kept = f"take {name} out and keep what runs when it is {export.value}"
    return ProjectHit(
        sites=(declaration,),
        key=name,
        fields={"flag": name, "value": export.value},
        outcome=Outcome(confidence=Confidence.MEDIUM),
        concept=f"flag:{name}",
        related=tuple(Where(each.place, each.symbol, each.snippet, each.source_line) for each in decided),
        recipes=(Recipe("settle-flag", kept, "unsafe", settled),) if name == export.name else (),
    )


def _is_flag(export: Export) -> bool:
    return any(each.trait == Trait.FLAG.value for each in export.carried)


def _is_overlaid(project: Project, export: Export) -> bool:
    """Does a star import stand below, which may bring another value? In a notebook it may stand anywhere."""
    path = export.place.path
    if not project.stars(path):
        return False
    return path.endswith(".ipynb") or any(
        export.place.span.line < each.last_star for each in project.of(path, ModuleFact)
    )


def _assigned(project: Project) -> Counter[str]:
    """How often each name is given a value, tests aside: they show that the other branch still runs."""
    counts: Counter[str] = Counter()
    for path, mentioned in project.facts(MentionedFlags):
        if project.role(path) is not Role.TEST:
            counts.update(dict(mentioned.assigned))
    return counts


def _set_by_others(project: Project) -> frozenset[str]:
    return frozenset(
        {
            *(fact.name for _, fact in project.facts(DeclaredVariable)),
            *(fact.name for _, fact in project.facts(ReadVariable)),
            *(fact.variable for _, fact in environment_reads(project)),
            *(name for path, fact in project.facts(MentionedFlags) for name in fact.quoted),
        }
    )
