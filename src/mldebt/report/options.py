"""What every report is a function of, beside the run itself."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from typing import TypeAlias

from msgspec import Struct

from mldebt import __version__
from mldebt.model import Run, Severity
from mldebt.rule_spec import RuleSpec


class ColumnUnit(enum.Enum):
    """What a column counts. Spans count characters; other units need the text of the line."""

    CHARACTERS = "characters"
    UTF16 = "utf16"
    BYTES = "bytes"


class ReportOptions(Struct, frozen=True):
    """How to show a run.

    ``show``: severities listed beyond errors and warnings; ``path_base``: the absolute POSIX
    folder that text paths are relative to ("": the root), unless they are ``absolute_paths``;
    ``width``: columns of the terminal. ``column_unit`` is for text: every other format counts as
    its consumers do. ``rules_url``: where the team keeps the pages of the rules; ``pages_url``:
    where they lie on this machine, for ``hyperlinks`` of a terminal and for editors only.
    """

    show: tuple[Severity, ...] = ()
    column_unit: ColumnUnit = ColumnUnit.CHARACTERS
    path_base: str = ""
    absolute_paths: bool = False
    include_suppressed: bool = False
    sarif_category: str = ""
    color: bool = False
    hyperlinks: bool = False
    rules_url: str = ""
    pages_url: str = ""
    width: int = 100
    version: str = __version__


TextOf: TypeAlias = Callable[[str], "bytes | None"]
"""The bytes of a root-relative path, or ``None`` when they are not there to be read."""

Report: TypeAlias = Callable[[Run, Sequence[RuleSpec], ReportOptions, TextOf], str]
