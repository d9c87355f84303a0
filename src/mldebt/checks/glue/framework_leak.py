"""GLU001: one ML framework is imported all over an application, also where users or data bases are faced."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator

from mldebt.facts.acts import ImportSite
from mldebt.model import Confidence, Outcome, Role
from mldebt.practices import practices
from mldebt.project import Project
from mldebt.project_rule import ProjectHit, ProjectRule, Where
from mldebt.vocabulary import tokenise

_NO_CODE = (Role.TEST, Role.EXAMPLE, Role.SCRIPT)


_LESSONS = frozenset({"exercise", "exercises", "homework", "lesson", "lessons", "week", "chapter", "cohort", "cohorts"})


class FrameworkLeak(ProjectRule):
    """One hit a framework and component: its first import, the first of each further package related, when it
    is imported in too many packages, one of them at an edge. In a library the framework is the subject."""

    def check(self, project: Project) -> Iterator[ProjectHit]:
        sites: dict[tuple[str, str], list[ImportSite]] = defaultdict(list)
        frameworks = project.vocabulary.words("leaking-frameworks")
        for path, site in project.outside_tests(ImportSite):
            root = site.target.partition(".")[0]
            if root in frameworks and _is_code(project, path):
                sites[project.component(path), root].append(site)
        edges = frozenset(practices(project).importers("web-frameworks"))
        tops = {name: _top(paths) for name, paths in practices(project).by_component(_code(project)).items()}
        for (component, root), found in sorted(sites.items()):
            top = tops.get(component, "")
            packages: dict[str, ImportSite] = {}
            for site in found:
                packages.setdefault(_package(site.place.path, top), site)
            at_edge = [site for site in found if _is_edge(project, site.place.path, top, edges)]
            if len(packages) < self.options["max-packages"] or not at_edge:
                continue
            yield ProjectHit(
                sites=tuple(_where(each) for each in packages.values()),
                key=root,
                fields={"framework": root},
                outcome=Outcome(confidence=Confidence.MEDIUM),
            )


def _code(project: Project) -> list[str]:
    return [path for path in project.files if _is_code(project, path)]


def _is_code(project: Project, path: str) -> bool:
    """Is the file a part of the application: no notebook, test, example, no lesson of a course, no program of a
    collection?"""
    if not path.endswith(".py") or project.role(path) in _NO_CODE or path in project.unrelated:
        return False
    return not _LESSONS & set(tokenise(path))


def _top(paths: Iterable[str]) -> str:
    """The deepest folder that all files of a component share."""
    folders = [posixpath.dirname(path) for path in paths]
    common = posixpath.commonpath(folders) if folders and all(folders) else ""
    return f"{common}/" if common else ""


def _package(path: str, top: str) -> str:
    rest = path.removeprefix(top)
    first, slash, _ = rest.partition("/")
    return first if slash else ""


def _is_edge(project: Project, path: str, top: str, edges: frozenset[str]) -> bool:
    words = project.vocabulary.words("edge-packages")
    folders = path.removeprefix(top).split("/")[:-1]
    return path in edges or any(set(tokenise(each)) & words for each in folders)


def _where(site: ImportSite) -> Where:
    return Where(site.place, "", site.snippet, site.source_line)
