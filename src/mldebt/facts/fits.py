"""Calls that train a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from mldebt.model import Place


@dataclass(frozen=True, slots=True)
class ModelFit:
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
