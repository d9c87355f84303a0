"""What a person is told about a rule, and how often it was right: the words of ``rules/`` as plain data."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from mldebt import __version__
from mldebt.errors import CatalogueError
from mldebt.model import Confidence, Role, Severity
from mldebt.pattern_spec import PatternSpec

FAMILIES: Mapping[str, str] = {
    "THR": "thresholds",
    "BIZ": "business-logic",
    "ENV": "environments",
    "FLG": "feature-flags",
    "PIN": "versions",
    "CFG": "configuration",
    "DAT": "data",
    "REP": "reproducibility",
    "NBK": "notebooks",
    "TST": "tests",
    "OPS": "operations",
    "GLU": "glue",
    "DOC": "admitted-debt",
    "LLM": "language-models",
    "MOD": "models",
    "SUP": "suppressions",
}
"""Letters of a code -> folder of ``rules/``, which is the family's name for selection too."""

DEBTS = ("model", "data", "integration", "configuration", "testing", "dependency")


class Option(Struct, frozen=True):
    """An option of a rule. ``affects`` says which stage reads it: "facts", "link" or "report"."""

    name: str
    type: str  # "integer" | "number" | "string" | "boolean" | "strings" | "numbers"
    default: bool | int | float | str | tuple[str, ...] | tuple[float, ...]
    meaning: str
    affects: str


class Example(Struct, frozen=True):
    """Code with the file it would stand in; ``# expect: CODE`` marks the lines that are reported.
    All bad examples of a rule are files of one small project, and so are all good ones."""

    path: str
    code: str


class Remedied(Struct, frozen=True):
    """A way in which findings of a rule are fixed: what ``recipe`` does, and how safe that is."""

    recipe: str
    safety: str
    does: str


class Accuracy(Struct, frozen=True):
    """How often a rule was right when its findings in real repositories were read: ``right`` of
    ``judged``, in so many ``repositories``; ``low`` and ``high`` bound the share (Wilson, 95 %)."""

    judged: int
    right: int
    repositories: int
    low: float
    high: float
    loud: Accuracy | None = None  # of those that were warnings or errors when they were read
    fresh: Accuracy | None = None  # of those in repositories that no guard of the rule was made on


class Share(Struct, frozen=True):
    """``right`` of ``judged``, with its interval (Wilson, 95 %)."""

    right: int
    judged: int
    low: float
    high: float


class Labelled(Struct, frozen=True):
    """How a family did on lines that were labelled before any rule spoke."""

    family: str
    precision: Share
    recall: Share


class RuleSpec(Struct, frozen=True):
    """One rule as ``rules/<family>/<name>.toml`` tells it.

    ``roles`` maps the roles a rule speaks in to how loud it is there; a role that is not in it
    is silent. ``message`` has ``{placeholders}`` that the check fills from what is written at
    the place; ``variants`` are other messages of a rule that meets more than one shape, by name;
    ``placeholders`` says what fills each. ``stage`` is "check", or "filter" for the rules about
    suppressions, which have no class. ``since`` is the version that it came with ("0.2.0"; "" for those
    of the first). ``absence``: it says that something is not there, which is whispered: it may be elsewhere;
    ``topic`` is what declares that it is (see ``rules/evidence.toml``), "" when nothing does.
    ``documentation``: it speaks of what pages for readers show, too (see ``roles.is_documentation``).
    ``pattern`` is what detects a rule that has no class of its own. ``fixes`` are the ways in which its
    findings are fixed.
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
    variants: tuple[tuple[str, str], ...] = ()
    placeholders: tuple[tuple[str, str], ...] = ()
    stage: str = "check"
    absence: bool = False
    topic: str = ""
    documentation: bool = True
    accuracy: Accuracy | None = None
    since: str = ""
    pattern: PatternSpec | None = None
    fixes: tuple[Remedied, ...] = ()

    @property
    def is_new(self) -> bool:
        """Did the rule come with this minor version? Then it speaks as a note, so that no upgrade turns red."""
        return bool(self.since) and self.since.split(".")[:2] == __version__.split(".")[:2]

    @property
    def class_name(self) -> str:
        """The name of the class that detects it: ``HardCodedScoreThreshold``."""
        return "".join(part.capitalize() for part in self.name.split("-"))

    def say(self, variant: str = "", /, **values: str) -> str:
        """The message, or one of its variants, with its placeholders filled. Raises
        ``CatalogueError`` when a value is missing or the variant does not exist."""
        text = dict(self.variants).get(variant) if variant else self.message
        if text is None:
            raise CatalogueError(f"{self.code}: there is no message named {variant!r}")
        try:
            return text.format_map(values)
        except KeyError as missing:
            raise CatalogueError(f"{self.code}: the message needs a value for {missing}") from missing
