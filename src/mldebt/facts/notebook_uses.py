"""Places where a program runs a notebook or imports from one."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from mldebt.model import Place


class NotebookUse(Struct, frozen=True):
    """``how``: "run" or "import"; ``notebook`` is the one that is meant, or what does it, as written."""

    KIND: ClassVar[str] = "notebook-use"
    VERSION: ClassVar[int] = 1

    how: str
    notebook: str
    place: Place
    symbol: str
    snippet: str
    source_line: str
