"""What a module gives to those that import it."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from mldebt.model import Place
from mldebt.terms import TRUE, Term


class Carried(Struct, frozen=True):
    """One trait of an exported thing. ``detail`` is what the trait is about (the variable, the flag's key);
    ``parameter`` is the position of the argument that names it instead, -1 when none does."""

    trait: str
    weight: int
    detail: str = ""
    when: Term = TRUE
    parameter: int = -1


class Export(Struct, frozen=True):
    """A name of this module (``settings``, ``Settings.env``, ``is_prod()`` for what a call returns).

    ``refers`` is the reference it is another name or an instance of ("" when it is neither),
    ``value`` the literal it is bound to, as written, "" when it is not one; ``arguments`` is what the
    call which made it was given (see ``values.given_to``).
    """

    KIND: ClassVar[str] = "export"
    VERSION: ClassVar[int] = 1

    name: str
    place: Place
    refers: str = ""
    value: str = ""
    carried: tuple[Carried, ...] = ()
    arguments: tuple[str, ...] = ()
