"""Requirements that a program hands to a platform, and what it installs by a command."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import libcst as cst

from mldebt.engine import At, Collector, Seen, Where, on
from mldebt.facts import Fact
from mldebt.facts.pins import Pin
from mldebt.model import Place, Span
from mldebt.sources.manifests.commands import Install, installs
from mldebt.sources.manifests.conda import conda_pin
from mldebt.sources.manifests.installed import installed
from mldebt.sources.manifests.requirements import parse
from mldebt.traits.package_lists import PackageList, Requirement, command_line, has_list, may_run, package_lists

LIST = "package-list"
"""The dialect of what a platform is given; the group is its name."""
PROGRAM = "program"
"""The dialect of what a program installs."""

_NOWHERE = Place("", Span(1, 1, 1, 1))


class Packages(Collector):
    """A ``Pin`` for every requirement that the program writes as a literal."""

    @on(cst.Call)
    def call(self, node: cst.Call, at: At) -> Iterator[Seen]:
        func = node.func
        name = func.attr.value if isinstance(func, cst.Attribute) else func.value if isinstance(func, cst.Name) else ""
        evaluator = at.interpreter.evaluator
        if may_run(name):
            line = command_line(node, name, at.reference(func), evaluator)
            for install in installs(line) if "install" in line else ():
                yield from _run(node, install)
        if has_list(node, name, at.vocabulary):
            imported = frozenset(target.partition(".")[0] for target in at.imports.values())
            for found in package_lists(node, name, evaluator, at.vocabulary, imported):
                for pin, literal in _pins(found, name):
                    yield Seen(node if found.entry.installs else literal, _placed(pin))


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
