"""What a Python module is made of: imports, classes, and marks of what it is for. The cheap tier."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct


class Import(Struct, frozen=True):
    """``name`` in this file means ``target``: a dotted name, relative ones with their leading dots."""

    name: str
    target: str


class ModuleFact(Struct, frozen=True):
    """One Python file. ``imports`` are its bindings in order, ``stars`` the modules imported with ``*``, the last
    of them in line ``last_star`` (0: none), which may bind anew what was bound above,
    ``marks`` what its text shows of its purpose ("fits", "main", ...), ``decorators`` the references
    of all decorators, ``constants`` the names assigned at the top level, ``definitions`` the
    functions and classes there."""

    KIND: ClassVar[str] = "module"
    VERSION: ClassVar[int] = 2

    imports: tuple[Import, ...]
    stars: tuple[str, ...]
    marks: tuple[str, ...]
    decorators: tuple[str, ...]
    constants: tuple[str, ...]
    definitions: tuple[str, ...]
    origin: str = "own"  # "own" | "vendored" | "generated"
    last_star: int = 0


class ClassFact(Struct, frozen=True):
    """A class. ``name`` is its qualified name in the file, ``bases`` and ``builds`` are references
    (see ``terms.Carries``): ``builds`` are the calls assigned to attributes of ``self``. ``line`` is
    that of the ``class`` keyword in the text."""

    KIND: ClassVar[str] = "class"
    VERSION: ClassVar[int] = 1

    name: str
    bases: tuple[str, ...]
    methods: tuple[str, ...]
    builds: tuple[str, ...]
    decorators: tuple[str, ...]
    line: int = 1
