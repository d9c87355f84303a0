"""The settings classes of a project, and how a file gets at an object of one."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from mldebt.facts.exports import Export
from mldebt.facts.modules import ClassFact
from mldebt.model import Role
from mldebt.project import Project
from mldebt.reach import Reach, reach
from mldebt.vocabulary import tokenise

_FIELDS_BY_DECORATOR = frozenset({"dataclass", "dataclasses.dataclass"})
_APART = frozenset({Role.TEST, Role.EXAMPLE})


class Home(Struct, frozen=True):
    """The class ``klass`` of the file ``path``, and an object of it: what the file ``where`` calls ``name``, with
    ``()`` behind it when that is a function that gives one. ``external``: its fields are read from outside, from the
    environment or a file."""

    path: str
    klass: str
    where: str
    name: str
    external: bool


def home_of(project: Project, path: str, *, external: bool = False) -> tuple[Home, Reach] | None:
    """The settings that the file ``path`` gets at: those that it imports already, else the only ones it could
    import; when it says so, only of those that are read from outside."""
    found: dict[bool, list[tuple[Home, Reach]]] = {False: [], True: []}
    for home in homes(project):
        if external and not home.external:
            continue
        reached = reach(project, path, home.where, home.name.removesuffix("()"))
        if reached is not None:
            call = "()" if home.name.endswith("()") else ""
            reached = replace(reached, expression=reached.expression + call)
            found[bool(reached.module)].append((home, reached))
    nearest = found[False] or found[True]
    return nearest[0] if len({(home.path, home.klass) for home, _ in nearest}) == 1 else None


def homes(project: Project) -> tuple[Home, ...]:
    """Objects before functions that give them, and what stands beside its class first."""
    return project.reads.once(homes, lambda: tuple(sorted(_homes(project), key=_nearest)))


def _nearest(home: Home) -> tuple[bool, bool, str]:
    return home.name.endswith("()"), home.where != home.path, home.where


def _homes(project: Project) -> Iterator[Home]:
    settings = (path for path in project.files if project.role(path) is Role.SETTINGS)
    if not any(_is_settings(project, path, each) for path in settings for each in project.of(path, ClassFact)):
        return
    for where, export in project.facts(Export):
        if not _gives_one(export) or project.role(where) in _APART:
            continue
        found = project.find_class(where, export.refers.removesuffix("()"))
        if found is not None and _is_settings(project, *found):
            yield Home(found[0], found[1].name, where, export.name, _is_external(project, found[1]))


def _gives_one(export: Export) -> bool:
    """Is it an object made by a call, or a function, by its name, that gives one?"""
    if not export.refers.endswith("()") or "." in export.name:
        return False
    return not export.name.endswith("()") or tokenise(export.name)[:1] == ("get",)


def _is_settings(project: Project, path: str, fact: ClassFact) -> bool:
    """A class of the module, in a file of settings, whose fields have types and defaults."""
    if "." in fact.name or project.role(path) is not Role.SETTINGS:
        return False
    if _is_external(project, fact):
        return True
    named = tokenise(fact.name)[-1:] and tokenise(fact.name)[-1] in project.vocabulary.words("config-suffixes")
    return bool(named and _FIELDS_BY_DECORATOR & set(fact.decorators) and not _is_base(project, path, fact.name))


def _is_external(project: Project, fact: ClassFact) -> bool:
    bases = project.vocabulary.words("settings-bases")
    return any(each in bases or each.rpartition(".")[2] in bases for each in fact.bases)


def _is_base(project: Project, path: str, name: str) -> bool:
    """Does a class inherit from it? The fields of a dataclass that have defaults come last, in all of them."""
    return any(
        (found := project.find_class(other, base)) is not None and found[0] == path and found[1].name == name
        for other, fact in project.facts(ClassFact)
        for base in fact.bases
    )
