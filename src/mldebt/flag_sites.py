"""Which flag each evaluation in the project is of: keys resolved through settings, wrappers and clients."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from mldebt.facts.sites import FlagSite
from mldebt.project import Project
from mldebt.traits.values import Trait


def flag_sites(project: Project) -> Mapping[str, tuple[FlagSite, ...]]:
    """What every rule about flags asks: the same answer each time."""
    return project.reads.once(flag_sites, lambda: _found(project))


def _found(project: Project) -> Mapping[str, tuple[FlagSite, ...]]:
    """Flag key -> its evaluations in path order, tests included. What no file says to be a flag is left
    out; a line that reads a flag and decides on it is one site."""
    found: dict[str, dict[tuple[str, int], FlagSite]] = defaultdict(dict)
    for path, site in project.facts(FlagSite):
        for resolved in _resolved(project, path, site):
            at = (path, resolved.place.span.line)
            known = found[resolved.key].get(at)
            if known is None or (resolved.branches and not known.branches):
                found[resolved.key][at] = resolved
    return {key: tuple(sites[at] for at in sorted(sites)) for key, sites in sorted(found.items())}


def has_open_keys(project: Project) -> bool:
    """Is a provider asked for a flag that nothing here names, or for all of them? Then any may be read."""
    asked = ((path, site) for path, site in project.facts(FlagSite) if site.kind == "sdk" and not site.key)
    return any(not any(True for _ in _resolved(project, path, site)) for path, site in asked)


def _resolved(project: Project, path: str, site: FlagSite) -> Iterator[FlagSite]:
    is_option = site.kind == "option" or "()." in site.reference
    if is_option and project.holds(site.unless) is True:
        return
    if not site.reference:
        key = site.key or _key(project, path, site.arguments, 0)
        if key and project.holds(site.when) is True:
            yield replace(site, key=key)
        return
    carried = project.carried(path, site.reference, Trait.FLAG)
    if carried is None:
        if site.key:
            yield site
        return
    said, _ = carried
    key = said.detail
    if said.parameter >= 0:
        key = _key(project, path, site.arguments, said.parameter)
        if project.names.is_switch(key):
            return
    if key or site.key:
        yield replace(site, key=key or site.key)


def _key(project: Project, path: str, arguments: tuple[str, ...], position: int) -> str:
    """The key that the arguments of an evaluation name: the one at ``position``, or the only text."""
    given = arguments[position] if position < len(arguments) else ""
    if not given:
        texts = [each for each in arguments if each.startswith("=")]
        given = texts[0] if len(texts) == 1 else ""
    return project.text(path, given) or (given.rpartition(".")[2] if given.startswith("@") else "")
