"""What the functions of a Python file call. The cheap tier."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct


class FunctionFact(Struct, frozen=True):
    """A function or method, or the statements of the module and its classes themselves (``name`` "").

    ``name`` is its qualified name in the file, ``line`` that of its ``def`` in the text. ``calls`` are
    the references (see ``terms.Carries``) of what it calls, each once, in order; a method of what a
    local name, a parameter or an attribute of ``self`` was made from is written as one of that:
    ``app.net.Net().train``. ``handed`` are the references that it passes to a call: callbacks. ``refuses``:
    it asserts something, or raises an error of its own.
    """

    KIND: ClassVar[str] = "function"
    VERSION: ClassVar[int] = 2

    name: str
    line: int
    calls: tuple[str, ...]
    handed: tuple[str, ...] = ()
    refuses: bool = False
