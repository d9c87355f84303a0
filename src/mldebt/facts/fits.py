"""Calls that train a model."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from mldebt.model import Place


class ModelFit(Struct, frozen=True):
    """A model is trained at ``place``; ``call`` is the method as written. ``recorded``: the
    function writes down something about the run beside the model."""

    KIND: ClassVar[str] = "model-fit"
    VERSION: ClassVar[int] = 2

    call: str
    place: Place
    symbol: str
    snippet: str
    source_line: str
    recorded: bool = False
