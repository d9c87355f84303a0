"""Functions that give back data which they read from outside."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct


class UncheckedLoad(Struct, frozen=True):
    """The function ``symbol`` (its qualified name) returns data that it reads, and nothing in its file looks at.
    ``handed`` are the references (see ``terms.Carries``) of what others define and is given the data first."""

    KIND: ClassVar[str] = "unchecked-load"
    VERSION: ClassVar[int] = 1

    symbol: str
    handed: tuple[str, ...] = ()
