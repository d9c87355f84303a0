"""FLG007: a flag is declared and never read, or read and never declared."""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from mldebt.environment_reads import environment_reads
from mldebt.facts.exports import Export
from mldebt.facts.sites import EnvironmentRead
from mldebt.facts.variables import DeclaredVariable, MentionedFlags, ReadVariable
from mldebt.flag_registry import declared_flags
from mldebt.flag_sites import flag_sites, has_open_keys
from mldebt.model import Confidence, Outcome, Role
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where
from mldebt.traits.values import Trait
from mldebt.vocabulary import tokenise

_DEPLOYED = frozenset({"dotenv", "compose", "kubernetes", "helm"})
"""Where what is declared is for our own programs. In images and pipelines it is mostly for their tools."""

_QUIET = frozenset({Role.TEST, Role.EXAMPLE, Role.SETTINGS})
_FEATURES = frozenset({"feature", "features", "ff", "flag", "flags", "experiment", "experimental"})
"""What a setting is called by that is a flag of ours: Django reads ``USE_TZ`` itself, libraries their ``ENABLE_X``."""
LEAST_DOCUMENTED = 3
"""So many variables that the code reads must stand in a file for it to be where they are declared; or one flag."""


class OrphanFlag(ProjectRule):
    def check(self, project: Project) -> Iterable[ProjectHit]:
        view = _View(project)
        yield from self._unread(project, view)
        yield from self._undeclared(project, view)
        yield from _unasked(project)
        yield from _unread_settings(project)

    def _unread(self, project: Project, view: _View) -> Iterator[ProjectHit]:
        orphans: dict[str, list[DeclaredVariable]] = defaultdict(list)
        for path, declared in project.facts(DeclaredVariable):
            if declared.declared_in not in _DEPLOYED or declared.foreign or project.role(path) is Role.TEST:
                continue
            if view.is_flag(declared) and not view.is_read(declared.name) and view.is_ours(declared):
                orphans[declared.name].append(declared)
        for name, places in sorted(orphans.items()):
            yield ProjectHit(
                sites=tuple(Where(each.place, each.service, each.name, each.source_line) for each in places),
                key=name,
                fields={"flag": name},
                outcome=Outcome(confidence=Confidence.MEDIUM),
                concept=f"flag:{name}",
            )

    def _undeclared(self, project: Project, view: _View) -> Iterator[ProjectHit]:
        unknown: dict[str, list[EnvironmentRead]] = defaultdict(list)
        for path, read in environment_reads(project):
            if project.role(path) in _QUIET or not view.is_flag_name(read.variable):
                continue
            if read.variable not in view.declared and view.is_documented(path):
                unknown[read.variable].append(read)
        for name, reads in sorted(unknown.items()):
            yield ProjectHit(
                sites=tuple(Where(each.place, each.symbol, each.snippet, each.source_line) for each in reads),
                key=f"undeclared:{name}",
                fields={"flag": name},
                variant="undeclared",
                outcome=Outcome(confidence=Confidence.MEDIUM),
                concept=f"flag:{name}",
            )


def _unasked(project: Project) -> Iterator[ProjectHit]:
    """Flags of a registry that nobody evaluates, where others of it are."""
    declared, sites = declared_flags(project), flag_sites(project)
    if not any(key in sites for key in declared) or has_open_keys(project):
        return
    texts = {export.value.strip("\"'") for _, export in project.facts(Export) if export.value}
    for key, (path, value) in sorted(declared.items()):
        if key not in sites and key not in texts and project.role(path) is not Role.TEST:
            yield _hit(key, Where(value.place, "", key, value.source_line))


def _unread_settings(project: Project) -> Iterator[ProjectHit]:
    """Flags among the settings, a field of pydantic's or one of Django's, whose name stands nowhere else in a
    project that asks for its settings by name."""
    named: Counter[str] = Counter()
    again: dict[str, set[str]] = defaultdict(set)
    for path, fact in project.facts(MentionedFlags):
        if fact.at_large and project.role(path) is not Role.TEST:
            return  # who knows which are read
        named.update(fact.names)
        again[path].update(fact.again)
    for path, export in project.facts(Export):
        name = export.name.rpartition(".")[2]
        if named[name.upper()] != 1 or name.upper() in again[path] or not _is_setting(project, path, export):
            continue
        yield _hit(name, Where(export.place, "", name, name))


def _is_setting(project: Project, path: str, export: Export) -> bool:
    """Is it a flag of a settings class that others import, or one that a settings module calls a feature?"""
    if not any(each.trait == Trait.FLAG.value for each in export.carried):
        return False
    if project.role(path) in {Role.TEST, Role.EXAMPLE}:
        return False
    owner, _, name = export.name.rpartition(".")
    if not owner:
        return project.role(path) is Role.SETTINGS and name.isupper() and tokenise(name)[0] in _FEATURES
    found = project.find_class(path, f"@.{owner}")
    bases = project.vocabulary.words("settings-bases")
    if found is None or not any(each in bases or each.rpartition(".")[2] in bases for each in found[1].bases):
        return False
    return any(path in set(project.imported(other)) for other in project.files)


def _hit(flag: str, site: Where) -> ProjectHit:
    return ProjectHit(
        sites=(site,),
        key=flag,
        fields={"flag": flag},
        outcome=Outcome(confidence=Confidence.MEDIUM),
        concept=f"flag:{flag}",
    )


class _View:
    """Who declares what, and who reads it."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._truthy = project.vocabulary.words("flag-truthy")
        declared = list(project.facts(DeclaredVariable))
        self.declared = {fact.name for _, fact in declared}
        handed_on = {(path, fact.place.span.line, fact.name) for path, fact in declared}  # A: ${A:-false}
        self._environment = {read.variable for _, read in environment_reads(project)}
        self._mentioned = {name for _, fact in project.facts(MentionedFlags) for name in fact.names}
        self._read = {
            *self._environment,
            *(
                read.name
                for path, read in project.facts(ReadVariable)
                if (path, read.place.span.line, read.name) not in handed_on
            ),
            *flag_sites(project),
        }
        self._together: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._templates: dict[str, set[str]] = defaultdict(set)
        for path, fact in declared:
            self._together[path, fact.service].add(fact.name)
            if fact.template and fact.declared_in == "dotenv":
                self._templates[posixpath.dirname(path)].add(fact.name)
        self._wanted: dict[str, set[str]] = defaultdict(set)  # folder -> what is read in it and below
        for path, read in environment_reads(project):
            if project.role(path) in _QUIET or self._is_of_tools(read.variable):
                continue
            folder = posixpath.dirname(path)
            self._wanted[""].add(read.variable)
            while folder:
                self._wanted[folder].add(read.variable)
                folder = posixpath.dirname(folder)

    def is_flag(self, declared: DeclaredVariable) -> bool:
        """By its name, and by a value that is a boolean, or left to others."""
        value = declared.value
        if value.startswith("${"):
            value = value.partition("-")[2].rstrip("}")
        return self.is_flag_name(declared.name) and (not value or value.lower() in self._truthy)

    def is_flag_name(self, name: str) -> bool:
        return name.isupper() and self._project.names.is_flag(name) and not self._is_of_tools(name)

    def is_read(self, name: str) -> bool:
        """By its name, or by the end of it behind the prefix of an application; who writes ``A__B`` reads
        it as a tree."""
        parts = name.upper().split("_")
        ends = {"_".join(parts[begin:]) for begin in range(len(parts) - 1)}
        return name in self._read or "" in parts or not ends.isdisjoint(self._mentioned)

    def is_ours(self, declared: DeclaredVariable) -> bool:
        """Does our code read another variable that is declared with this one?"""
        others = self._together[declared.place.path, declared.service] - {declared.name}
        return any(other in self._environment or other in self._mentioned for other in others)

    def is_documented(self, path: str) -> bool:
        """Is there a file above that shows most of the variables which are read below it?"""
        folder = posixpath.dirname(path)
        while True:
            wanted = self._wanted[folder]
            shown = self._templates.get(folder, set()) & wanted
            enough = len(shown) >= LEAST_DOCUMENTED or any(map(self.is_flag_name, shown))
            if enough and 2 * len(shown) >= len(wanted):
                return True
            if not folder:
                return False
            folder = posixpath.dirname(folder)

    def _is_of_tools(self, name: str) -> bool:
        matches = self._project.vocabulary.matches
        return matches("tool-variables", name) or matches("env-capability", name) or matches("boolean-never", name)
