"""The words of mldebt as plain data: places, candidates, findings.

Everything here is frozen, slotted and made of plain values, so that it crosses a process
boundary and enters a cache as it is. Nothing in this module imports another one of ours.
"""

from __future__ import annotations

import enum

from msgspec import Struct

from mldebt.terms import TRUE, Term


class Severity(enum.Enum):
    """What a finding costs if it is true. Ordered: error is the worst."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return _SEVERITY_RANK[self.value]

    def at_least(self, other: Severity) -> bool:
        return self.rank <= other.rank


_SEVERITY_RANK = {"error": 0, "warning": 1, "note": 2}


class Confidence(enum.Enum):
    """How sure mldebt is that a finding is true."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for the surest."""
        return _CONFIDENCE_RANK[self.value]


_CONFIDENCE_RANK = {"high": 0, "medium": 1, "low": 2}


class Status(enum.Enum):
    """What became of a finding in ``filter``; findings are never deleted."""

    OPEN = "open"
    SUPPRESSED = "suppressed"
    BASELINED = "baselined"
    SUPERSEDED = "superseded"
    OUTSIDE = "outside"


class Novelty(enum.Enum):
    """How a finding stands to what was known before. ``RETURNED``: it was known once, and paid."""

    NEW = "new"
    KNOWN = "known"
    RETURNED = "returned"


class Role(enum.Enum):
    """What a file is for."""

    TRAIN = "train"
    SERVE = "serve"
    PIPELINE = "pipeline"
    SETTINGS = "settings"
    TEST = "test"
    EXAMPLE = "example"
    LIBRARY = "library"
    SCRIPT = "script"
    OTHER = "other"


class Span(Struct, frozen=True, order=True):
    """A stretch of a physical file. Lines and columns are 1-based, columns count characters,
    the end is exclusive (the column after the last character)."""

    line: int
    column: int
    end_line: int
    end_column: int


class Cell(Struct, frozen=True):
    """Where in a notebook a place is, beside its physical line.

    ``index`` counts all cells from 1, ``line`` is the line in the cell from 1.
    """

    index: int
    id: str | None
    execution_count: int | None
    line: int


class Place(Struct, frozen=True):
    """A span in a file; ``path`` is relative to the root, with ``/``."""

    path: str
    span: Span
    cell: Cell | None = None


class Related(Struct, frozen=True):
    """Another place that belongs to a finding, with the words that are said of it. ``part``: the rule
    itself named it, so that the finding stands for what a weaker rule finds there."""

    place: Place
    message: str
    part: bool = False


class Recipe(Struct, frozen=True):
    """A fix as a name and plain arguments; ``fix`` turns it into edits on demand, by the module of that
    name in ``recipes``. ``safe``: the program does what it did; ``unsafe``: right as a rule, and a person
    should look; ``suggested``: shown and never applied. ``wants`` is what a rule that sees one file leaves
    for ``link`` to ask the project for (a question of ``known_values``); "" when nothing is open."""

    name: str
    title: str
    safety: str  # "safe" | "unsafe" | "suggested"
    arguments: tuple[tuple[str, str], ...] = ()
    wants: str = ""


class Edit(Struct, frozen=True, order=True):
    """``text`` in the stead of a span of a file; an empty span is an insertion. Both are as the file has
    them: physical places, and in a notebook the escapes of JSON."""

    path: str
    span: Span
    text: str


class Fix(Struct, frozen=True):
    """A recipe realised: what to write where. Edits are sorted and do not overlap."""

    title: str
    safety: str  # as the recipe's
    edits: tuple[Edit, ...]


class Outcome(Struct, frozen=True):
    """How loud a candidate is when ``when`` holds. ``None`` severity: what the catalogue says."""

    when: Term = TRUE
    confidence: Confidence = Confidence.HIGH
    severity: Severity | None = None


class Candidate(Struct, frozen=True):
    """A hit of a rule in one file, before the rest of the project has been heard.

    ``link`` takes the first of ``outcomes`` whose ``when`` holds; if none does, silence.
    ``concept`` names what the finding is about across files ("threshold:confidence",
    "flag:use_new_ranker"); sites that share it become each other's related places, and it is
    one *cause* in the summary. ``value`` is what stands here for that concept ("0.45").
    """

    code: str
    place: Place
    message: str
    symbol: str
    snippet: str
    source_line: str
    outcomes: tuple[Outcome, ...] = (Outcome(),)
    concept: str = ""
    value: str = ""
    related: tuple[Related, ...] = ()
    flow: tuple[Related, ...] = ()
    recipes: tuple[Recipe, ...] = ()
    minutes: int | None = None


class Suppression(Struct, frozen=True):
    """One ``# mldebt: ignore[...]`` comment or ``[[tool.mldebt.suppress]]`` entry, as written.

    ``kind`` is "wrong", "accepted", "later" or "" (not said); ``until`` is an ISO date or "".
    ``lines`` are the physical lines (1-based, inclusive) it holds for; (0, 0) is the whole file.
    ``place`` is where it is written.
    """

    codes: tuple[str, ...]
    place: Place
    lines: tuple[int, int]
    kind: str = ""
    reason: str = ""
    until: str = ""
    owner: str = ""
    symbol: str = ""  # configuration entries may narrow to a symbol
    pattern: str = ""  # configuration entries: the files it holds for, as .gitignore has it; "" is place.path
    text: str = ""  # the comment as written, cut to 400 characters


class Finding(Struct, frozen=True):
    """What is reported. ``identity`` is what it stays the same by when lines move;
    ``fingerprint`` is its versioned hash, with an ordinal among equals."""

    code: str
    name: str
    family: str
    debt: str
    severity: Severity
    confidence: Confidence
    message: str
    place: Place
    role: Role
    component: str
    minutes: int
    symbol: str
    snippet: str
    source_line: str
    identity: str
    fingerprint: str
    concept: str = ""
    value: str = ""
    related: tuple[Related, ...] = ()
    flow: tuple[Related, ...] = ()
    recipes: tuple[Recipe, ...] = ()
    fixes: tuple[Fix, ...] = ()  # the recipes realised, where a report wants them
    status: Status = Status.OPEN
    by: str = ""  # the code that superseded it
    suppression: Suppression | None = None
    listed: bool = True
    novelty: Novelty | None = None  # None: it was compared with nothing


class Notice(Struct, frozen=True):
    """Something that could not be read, parsed or decided. ``kind`` is stable and kebab-case
    ("syntax-error", "undecodable", "rule-crashed"); ``fatal`` makes the exit code 2."""

    kind: str
    message: str
    path: str = ""
    line: int = 0
    column: int = 0
    fatal: bool = False


class Summary(Struct, frozen=True):
    """What a run did, for the summary, JSON and SARIF. ``seconds`` is never written into
    JSON or SARIF: they are the same bytes for the same input. ``foreign`` are those of the files that were not
    analysed that a program wrote, or others did; a notice says why of each of the rest."""

    files: int
    lines: int
    not_analysed: int
    seconds: float = 0.0
    rules: tuple[str, ...] = ()
    profile: str = ""  # for whom the run spoke, with the components for which it was another
    foreign: int = 0


class Paid(Struct, frozen=True):
    """Debt that was known and is not there any more. ``identity`` names it, ``count`` is how often."""

    identity: str
    count: int


class Comparison(Struct, frozen=True):
    """What a run was compared with ("HEAD", "main, at 1a2b3c4", "mldebt-baseline.txt"), and what of that is
    not there any more. ``recent`` is how many were paid this month as a baseline remembers it."""

    against: tuple[str, ...]
    paid: tuple[Paid, ...] = ()
    recent: int = 0


class Run(Struct, frozen=True):
    """All that a report is made from. ``root`` and ``git_top`` are absolute POSIX paths;
    ``findings`` holds every status, sorted by (path, line, column, code)."""

    root: str
    git_top: str
    findings: tuple[Finding, ...]
    notices: tuple[Notice, ...]
    summary: Summary
    suppressions: tuple[Suppression, ...] = ()
    comparison: Comparison | None = None


class InventoryKind(enum.Enum):
    """What ``mldebt inventory`` lists; the command's word is the plural."""

    THRESHOLD = "threshold"
    FLAG = "flag"
    ENVIRONMENT = "environment"
    VERSION = "version"
    MODEL = "model"
    KNOB = "knob"


class InventorySite(Struct, frozen=True):
    """One place where an inventory item is written or read. ``path`` is root-relative, ``line``
    and ``column`` are physical and 1-based; ``value`` is what is written there ("0.45",
    ">=2.1,<3", "" when nothing is), ``default`` what is used when it is not set (``None``: there
    is none), ``detail`` says more in a few words ("compared with score", "requirements")."""

    path: str
    line: int
    column: int
    value: str
    role: Role
    default: str | None = None
    detail: str = ""


class Agreement(Struct, frozen=True):
    """What the sites of a package come to. ``range`` is PEP 440 text that all admit, "" when they leave it
    open, ``None`` when no version satisfies all; ``culprits`` are then the positions of the sites that
    stand against each other. ``locked`` are the versions that locks hold."""

    range: str | None
    culprits: tuple[int, ...] = ()
    locked: tuple[str, ...] = ()


class InventoryItem(Struct, frozen=True):
    """A thing that exists once in people's heads and at ``sites`` in the repository: a threshold,
    a flag key, an environment variable, a package, a model id. ``sites`` are sorted by place."""

    kind: InventoryKind
    key: str
    sites: tuple[InventorySite, ...]
    agreement: Agreement | None = None  # of packages
