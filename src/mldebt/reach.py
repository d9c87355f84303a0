"""How one file gets at a name of another: by what it imports already, or by an import that can be added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache

from msgspec import Struct

from mldebt.modules import inside
from mldebt.project import Project

MAX_FILES = 2000  # that a module's imports are followed through


class Reach(Struct, frozen=True):
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
    imports = _imports(project)
    if path in imports.reached(home):
        return None
    roots = imports.roots(path.rpartition("/")[0])
    for module in dict.fromkeys((*imports.spelled((path,), home), *imports.spellings(home))):
        reference = inside(module, name)
        if module.partition(".")[0] in roots and project.modules.locate(path, reference) == (home, name):
            return Reach(name, module)
    return None


class _Imports:
    """What the files of one project import, asked again and again."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._roots: dict[str, frozenset[str]] = {}
        self._spellings: dict[str, tuple[str, ...]] = {}
        self._reached: dict[str, frozenset[str]] = {}

    def roots(self, folder: str) -> frozenset[str]:
        """The packages of the project, "" for relative ones, that the files of a folder import from: what they are
        known to be run with."""
        if folder not in self._roots:
            paths = [path for path in self._project.files if path.rpartition("/")[0] == folder]
            self._roots[folder] = frozenset(
                target.partition(".")[0]
                for path in paths
                for target in self._project.imports(path).values()
                if self._project.modules.locate(path, target) is not None
            )
        return self._roots[folder]

    def spellings(self, home: str) -> tuple[str, ...]:
        """How the files of the project call a module when they import it or from it, the most usual first."""
        if home not in self._spellings:
            found = Counter(sorted(self.spelled(self._project.files, home)))
            self._spellings[home] = tuple(module for module, _ in found.most_common())
        return self._spellings[home]

    def spelled(self, paths: Iterable[str], home: str) -> Iterator[str]:
        """How these files call a module, once for each import."""
        for path in paths:
            for target in self._project.imports(path).values():
                located = self._project.modules.locate(path, target)
                if located is None or located[0] != home:
                    continue
                module = target[: -len(located[1])] if located[1] else target
                yield module.rstrip(".") or module

    def reached(self, home: str) -> frozenset[str]:
        """The files that importing ``home`` runs."""
        if home not in self._reached:
            found, queue = {home}, [home]
            while queue and len(found) < MAX_FILES:
                for each in self._project.imported(queue.pop()):
                    if each not in found:
                        found.add(each)
                        queue.append(each)
            self._reached[home] = frozenset(found)
        return self._reached[home]


@lru_cache(maxsize=1)  # a server sees one project after the other
def _imports(project: Project) -> _Imports:
    return _Imports(project)
