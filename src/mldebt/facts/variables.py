"""Environment variables and flags where they are declared and where the shell reads them; paths of containers."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from mldebt.model import Place


class DeclaredVariable(Struct, frozen=True):
    """A variable that a file gives to a program.

    ``value`` is as written, without its quotes and with its ``${...}`` left alone; it is "" where none is
    given (``has_value`` false: passed on, or taken from elsewhere) and for a secret, of which nothing but
    the name is kept, also in ``source_line``. ``environment`` is "prod", "staging", "dev" or "test" by the
    name of the file, a folder or the file's own word, else "". ``declared_in`` is the dialect ("dotenv",
    "compose", "kubernetes", "helm", "github-actions", "gitlab-ci", "dockerfile", "shell"). ``service`` is
    the service, workload, job or build stage that gets it, "" for all of the file. ``foreign``: a program
    of others gets it, an image that is not built here. ``template``: the file shows which variables there
    are and sets none (``.env.example``).
    """

    KIND: ClassVar[str] = "declared-variable"
    VERSION: ClassVar[int] = 1

    name: str
    value: str
    place: Place
    source_line: str
    declared_in: str
    environment: str = ""
    service: str = ""
    has_value: bool = True
    secret: bool = False
    foreign: bool = False
    template: bool = False


class ReadVariable(Struct, frozen=True):
    """``$NAME`` or ``${NAME:-default}`` in a script, or in a file that declares variables (``read_in`` is its
    dialect). ``default`` as written, "" without one and for secrets."""

    KIND: ClassVar[str] = "read-variable"
    VERSION: ClassVar[int] = 1

    name: str
    place: Place
    source_line: str
    read_in: str
    default: str = ""
    has_default: bool = False


class VariableFile(Struct, frozen=True):
    """``env_file:`` of a service: ``target``, root-relative, declares what the service gets."""

    KIND: ClassVar[str] = "variable-file"
    VERSION: ClassVar[int] = 1

    target: str
    service: str
    place: Place
    foreign: bool = False


class ContainerPath(Struct, frozen=True):
    """A path that exists in an image whatever machine builds it: the home of ``USER`` ("USER home"), or
    ``WORKDIR`` ("WORKDIR"). Absolute, normalised."""

    KIND: ClassVar[str] = "container-path"
    VERSION: ClassVar[int] = 1

    path: str
    kind: str
    place: Place


class MentionedFlags(Struct, frozen=True):
    """The names in the text of a Python file that have the stem of a feature flag, in capitals: whoever is
    named here may be read in a way that nothing else sees (a wrapper, a field of a settings class).
    ``assigned`` counts how often each that is written in capitals stands before ``=``, ``quoted`` are those
    that stand beside a quote: what is known by its text may be set from anywhere. ``again`` are those that
    stand there more than once, and not as a text. ``at_large``: the file takes settings as a whole, or by names
    that it makes up."""

    KIND: ClassVar[str] = "mentioned-flags"
    VERSION: ClassVar[int] = 2

    names: tuple[str, ...]
    assigned: tuple[tuple[str, int], ...] = ()
    quoted: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    at_large: bool = False
