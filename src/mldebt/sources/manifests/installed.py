"""What an install command in an image, a job or a program says, as facts."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator

from mldebt import locators
from mldebt.facts import Fact
from mldebt.facts.pins import Include, Pin
from mldebt.model import Place
from mldebt.sources.manifests.commands import Install
from mldebt.sources.manifests.conda_specs import conda_pin
from mldebt.sources.manifests.contents import displayed, resolve
from mldebt.sources.manifests.requirements import parse

PROJECT = "."
"""The target of a command that installs the project of its folder."""


def as_given(target: str) -> Iterable[str]:
    """Files that a command names are taken where it runs."""
    return (target.lstrip("/"),)


def installed(
    install: Install,
    here: Place,
    source_line: str,
    dialect: str,
    group: str = "",
    files: Callable[[str], Iterable[str]] = as_given,
) -> Iterator[Fact]:
    """The pins and includes of one command that stands at ``here``. ``files`` says which files of the
    repository a named file may be. Credentials are kept nowhere."""
    command, shown = locators.redact(install.text), locators.redact(displayed(source_line.strip()))
    yield from _includes(install, here, command, shown, files)
    conda = install.tool == "conda"
    given = [(one, False) for one in install.requirements] + [(one, True) for one in install.editables]
    for requirement, editable in given:
        if _is_folder(requirement):
            continue  # a path where the command runs, not one of the repository
        name = f"{dialect}-conda" if conda else dialect
        blank = Pin("", "", requirement, here, shown, name, group, editable=editable, command=command)
        try:
            pin = conda_pin(requirement, blank) if conda else parse(requirement, blank)
        except ValueError:
            continue  # shell, not a requirement: $(cat packages), <file
        if not (conda and pin.name == "python"):
            yield pin


def _includes(
    install: Install, here: Place, command: str, shown: str, files: Callable[[str], Iterable[str]]
) -> Iterator[Include]:
    base = posixpath.dirname(here.path)
    for option, target in install.files:
        if target and not locators.is_templated(target) and "://" not in target:
            for written in files(target):
                yield Include(resolve(base, written), resolve("", written), option == "-c", here, command, shown)
    own = [one for one in (*install.requirements, *install.editables) if one.partition("[")[0] in (".", "./")]
    if install.tool == "project" or own:
        yield Include(resolve(base, PROJECT), PROJECT, False, here, command, shown)


def _is_folder(requirement: str) -> bool:
    return locators.is_locator(requirement) and "://" not in requirement and not locators.VCS.match(requirement)
