"""Requirements that a program hands to a platform, and what it installs by a command."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import libcst as cst
from msgspec.structs import replace
from packaging.version import InvalidVersion, Version

from mldebt.engine import At, Collector, Seen, Where, on
from mldebt.facts import Fact
from mldebt.facts.pins import Pin
from mldebt.model import Place, Span
from mldebt.sources.manifests.commands import Install, installs
from mldebt.sources.manifests.conda_specs import conda_pin
from mldebt.sources.manifests.installed import installed
from mldebt.sources.manifests.requirements import parse
from mldebt.traits.package_lists import PackageList, Requirement, command_line, has_list, may_run, package_lists
from mldebt.traits.platform_versions import PlatformVersion, platform_versions

LIST = "package-list"
"""The dialect of what a platform is given; the group is its name."""
PROGRAM = "program"
"""The dialect of what a program installs."""

VERSION = "platform-version"
"""The dialect of the version of a framework that a platform is asked for."""

_NOWHERE = Place("", Span(1, 1, 1, 1))


class Packages(Collector):
    """A ``Pin`` for every requirement that the program writes as a literal."""

    @on(cst.Call)
    def call(self, node: cst.Call, at: At) -> Iterator[Seen]:
        func = node.func
        name = func.attr.value if type(func) is cst.Attribute else func.value if type(func) is cst.Name else ""
        evaluator = at.interpreter.evaluator
        if may_run(name):
            line = command_line(node, name, at.reference(func), evaluator)
            for install in installs(line) if "install" in line else ():
                yield from _run(node, install)
        if name in at.vocabulary.mapping("platform-versions") and at.reference(func).startswith("sagemaker."):
            for found in platform_versions(node, name, evaluator, at.vocabulary):
                yield Seen(found.node, _placed(_version_pin(found)))
        if has_list(node, name, at.vocabulary):
            imported = frozenset(target.partition(".")[0] for target in at.imports.values())
            for listed in package_lists(node, name, evaluator, at.vocabulary, imported):
                for pin, literal in _pins(listed, name):
                    yield Seen(node if listed.entry.installs else literal, _placed(pin))


def _version_pin(found: PlatformVersion) -> Pin:
    pin = Pin(found.package, "", found.shown, _NOWHERE, "", VERSION, found.platform, unresolved=found.version is None)
    if not found.version:
        return pin
    try:
        release = Version(found.version).release
    except InvalidVersion:
        return replace(pin, unresolved=True)
    return replace(pin, specifier=f"=={'.'.join(map(str, release))}{'' if len(release) > 2 else '.*'}")


def _run(node: cst.Call, install: Install) -> Iterator[Seen]:
    for fact in installed(install, _NOWHERE, "", PROGRAM):
        if isinstance(fact, Pin):
            yield Seen(node, _placed(fact))


def _pins(found: PackageList, name: str) -> Iterator[tuple[Pin, cst.CSTNode]]:
    shown = ", ".join(f'"{one.text}"' for one in found.requirements)
    command = f"{name}({shown})" if found.entry.installs else ""
    for one in found.requirements:
        pin = _pin(one, found.entry.platform, command)
        if pin is not None:
            yield pin, one.node


def _pin(one: Requirement, platform: str, command: str) -> Pin | None:
    dialect = PROGRAM if command else LIST
    blank = Pin("", "", one.text, _NOWHERE, "", f"{dialect}-conda" if one.conda else dialect, platform, command=command)
    try:
        pin = conda_pin(one.text, blank) if one.conda else parse(one.text, blank)
    except (ValueError, RecursionError):
        return None
    return None if pin.name in ("python", "pip") else pin


def _placed(pin: Pin) -> Callable[[Where], Fact]:
    def make(where: Where) -> Fact:
        return replace(pin, place=where.place, source_line=where.source_line)

    return make
