"""Calls that draw at random."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from mldebt.model import Place


class Draw(Struct, frozen=True):
    """A call that draws at random and is given no seed. ``api`` is what is called, as people say it;
    ``generator`` the library whose global generator it draws from ("numpy", "random", "torch",
    "tensorflow"); ``own`` says that the call takes a seed itself and training is all it is for.
    ``keyword`` is the argument that it would take it by, "" when there is none or when the same seed again
    would be wrong, in a loop; ``near`` is a parameter of the function around it that is a seed."""

    KIND: ClassVar[str] = "draw"
    VERSION: ClassVar[int] = 2

    api: str
    generator: str
    own: bool
    place: Place
    symbol: str
    snippet: str
    source_line: str
    keyword: str = ""
    near: str = ""
