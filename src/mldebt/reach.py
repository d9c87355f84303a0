"""How one file gets at a name of another: by what it imports already, or by an import that can be added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from mldebt.project import Project

MAX_FILES = 2000  # that a module's imports are followed through


@dataclass(frozen=True, slots=True)
class Reach:
    """``expression`` is the name as the file would write it; ``module`` is what it has to be imported from first,
    "" when there is nothing to import."""

    expression: str
    module: str = ""


def reach(project: Project, path: str, home: str, name: str) -> Reach | None:
    """How the file ``path`` gets at ``name`` of the file ``home``; ``None`` when it cannot, or when nothing in the
    project shows how ``home`` is imported. No import is added that would lead in a circle."""
    if path == home:
        return Reach(name)
    if not path.endswith(".py") or not project.components.joined(path, home):
        return None
    for local, target in project.imports(path).items():
        if "." in local:
            continue
        located = project.modules.locate(path, target)
        if located == (home, name):
            return Reach(local)
        if located == (home, ""):
            return Reach(f"{local}.{name}")
    if path in _reached(project, home):
        return None
    roots = _roots(project, path.rpartition("/")[0])
    for module in dict.fromkeys((*_spelled(project, (path,), home), *_spellings(project, home))):
        reference = f"{module}{name}" if module.endswith(".") else f"{module}.{name}"
        if module.partition(".")[0] in roots and project.modules.locate(path, reference) == (home, name):
            return Reach(name, module)
    return None


@lru_cache(maxsize=64)
def _roots(project: Project, folder: str) -> frozenset[str]:
    """The packages of the project, "" for relative ones, that the files of a folder import from: what they are
    known to be run with."""
    paths = (path for path in project.files if path.rpartition("/")[0] == folder)
    return frozenset(
        target.partition(".")[0]
        for path in paths
        for target in project.imports(path).values()
        if project.modules.locate(path, target) is not None
    )


@lru_cache(maxsize=16)
def _spellings(project: Project, home: str) -> tuple[str, ...]:
    """How the files of the project call a module when they import it or from it, the most usual first."""
    return tuple(module for module, _ in Counter(sorted(_spelled(project, project.files, home))).most_common())


def _spelled(project: Project, paths: Iterable[str], home: str) -> Iterator[str]:
    for path in paths:
        for target in project.imports(path).values():
            located = project.modules.locate(path, target)
            if located is None or located[0] != home:
                continue
            module = target[: -len(located[1])] if located[1] else target
            if module.strip("."):
                module = module.rstrip(".")
            yield module


@lru_cache(maxsize=16)
def _reached(project: Project, home: str) -> frozenset[str]:
    """The files that importing ``home`` runs."""
    found, queue = {home}, [home]
    while queue and len(found) < MAX_FILES:
        for each in project.imported(queue.pop()):
            if each not in found:
                found.add(each)
                queue.append(each)
    return frozenset(found)
