"""The only reader of ``rules/``: what a person is told about each rule, and the vocabularies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import tomli

from mldebt.errors import CatalogueError
from mldebt.model import Confidence, Role, Severity


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a rule. ``affects`` says which stage reads it: "facts", "link" or "report"."""

    name: str
    type: str  # "integer" | "number" | "string" | "boolean" | "strings" | "numbers"
    default: bool | int | float | str | tuple[str, ...] | tuple[float, ...]
    meaning: str
    affects: str


@dataclass(frozen=True, slots=True)
class Example:
    """Code with the file it would stand in; ``# expect: CODE`` marks the lines that are reported."""

    path: str
    code: str


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """One rule as ``rules/<family>/<name>.toml`` tells it.

    ``roles`` maps the roles a rule speaks in to how loud it is there; a role that is not in it
    is silent. ``message`` has ``{placeholders}`` that the check fills from what is written at
    the place.
    """

    code: str
    name: str
    family: str
    debt: str
    severity: Severity
    confidence: Confidence
    roles: tuple[tuple[Role, Severity], ...]
    message: str
    summary: str
    why: str
    remedy: str
    minutes: int
    references: tuple[str, ...]
    supersedes: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    bad: tuple[Example, ...] = ()
    good: tuple[Example, ...] = ()
    enabled: bool = True


def rules_folder() -> Path:
    """Where ``rules/`` is: beside the modules in a wheel (``_rules``), at the top of the project in
    a checkout or an editable install. Nobody else needs to know."""
    here = Path(__file__).resolve().parent
    for folder in (here / "_rules", here.parent.parent / "rules"):
        if (folder / "vocabulary").is_dir():
            return folder
    raise CatalogueError(f"rules: not found beside {here}; the installation is not complete")


def read_toml(path: Path) -> dict[str, object]:
    """The values of one file of ``rules/``."""
    try:
        return tomli.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CatalogueError(f"{path.name}: cannot be read: {error}") from error
