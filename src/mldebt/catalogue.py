"""The only reader of ``rules/``: what a person is told about each rule, and where the vocabularies are."""

from __future__ import annotations

import difflib
import functools
import hashlib
import re
import string
from collections.abc import Mapping, Sequence
from pathlib import Path

import tomli
from msgspec import Struct
from msgspec.structs import replace

from mldebt import __version__, pattern_table
from mldebt.errors import CatalogueError, UserError
from mldebt.model import Confidence, Role, Severity
from mldebt.pattern_spec import PatternSpec
from mldebt.tables import Table

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
STAGES = ("check", "filter")
SAFETIES = ("safe", "unsafe", "suggested")
AFFECTS = ("facts", "link", "report")


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


class Catalogue(Struct, frozen=True):
    """All rules, sorted by code, a digest of their files for cache keys, and what was measured of families."""

    specs: tuple[RuleSpec, ...]
    digest: str
    labelled: tuple[Labelled, ...] = ()

    def by_code(self, code: str) -> RuleSpec:
        """For code of ours; raises ``CatalogueError`` when there is none."""
        return self._only("code", code)

    def by_name(self, name: str) -> RuleSpec:
        """For code of ours; raises ``CatalogueError`` when there is none."""
        return self._only("name", name)

    def find(self, text: str) -> RuleSpec:
        """The rule that a user means by a code or a name, in any case. Raises ``UserError``."""
        for spec in self.specs:
            if text.upper() == spec.code or text.lower() == spec.name:
                return spec
        raise UserError(f"there is no rule {text!r}{_hint(text, [w for s in self.specs for w in (s.code, s.name)])}")

    def _only(self, key: str, value: str) -> RuleSpec:
        for spec in self.specs:
            if getattr(spec, key) == value:
                return spec
        raise CatalogueError(f"there is no rule with {key} {value!r}")


def _hint(text: str, known: Sequence[str]) -> str:
    by_case = {word.lower(): word for word in known}
    close = difflib.get_close_matches(text.lower(), by_case, n=1, cutoff=0.6)
    return f"; did you mean {by_case[close[0]]!r}?" if close else "; `mldebt rules` lists them"


def rules_folder() -> Path:
    """Where ``rules/`` is: beside the modules in a wheel (``_rules``), at the top of the project in
    a checkout or an editable install. Nobody else needs to know."""
    here = Path(__file__).resolve().parent
    for folder in (here / "_rules", here.parent.parent / "rules"):
        if (folder / "vocabulary").is_dir():
            return folder
    raise CatalogueError(f"rules: not found beside {here}; the installation is not complete")


def pages() -> Path | None:
    """Where the rules' pages are, ``CODE.md`` each: beside ``rules_folder``, in a wheel and in a checkout alike."""
    rules = rules_folder()
    folder = rules.with_name("_pages") if rules.name == "_rules" else rules.parent / "docs" / "rules"
    return folder if folder.is_dir() else None


def read_toml(path: Path) -> dict[str, object]:
    """The values of one file of ``rules/``."""
    try:
        return tomli.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CatalogueError(f"{path.name}: cannot be read: {error}") from error


def load(folder: Path | None = None) -> Catalogue:
    """The rules of ``folder`` (those that ship with mldebt), read once a process. Raises
    ``CatalogueError``, naming file and key, for anything that is not as it should be."""
    return _load(folder or rules_folder())


@functools.lru_cache(maxsize=4)
def _load(folder: Path) -> Catalogue:
    paths = sorted(path for path in folder.glob("*/*.toml") if path.parent.name != "vocabulary")
    specs = [_rule(path) for path in paths]
    digest = hashlib.sha256()
    for path, spec in zip(paths, specs, strict=True):
        digest.update(f"{spec.code}\0{path.stem}\0".encode() + path.read_bytes())
    _check_together(specs)
    measured, labelled = _accuracy(folder / "accuracy.toml")
    specs = [replace(spec, accuracy=measured.get(spec.code)) for spec in specs]
    return Catalogue(tuple(sorted(specs, key=lambda spec: spec.code)), digest.hexdigest(), labelled)


def _accuracy(path: Path) -> tuple[dict[str, Accuracy], tuple[Labelled, ...]]:
    """What benchmarks/accuracy has measured, by rule and by family; nothing when it has not been run."""
    if not path.exists():
        return {}, ()
    top = Table(path.name, read_toml(path))
    found = {}
    for code, values in top.take("rule", dict, {}).items():
        found[code] = _measured(Table(f"{path.name}: rule.{code}", values))
    labelled = []
    for family, values in top.take("family", dict, {}).items():
        table = Table(f"{path.name}: family.{family}", values)
        shares = [_share(Table(f"{table.where}.{name}", table.take(name, dict))) for name in ("precision", "recall")]
        table.finish()
        labelled.append(Labelled(family, *shares))
    top.finish()
    return found, tuple(labelled)


def _share(table: Table) -> Share:
    found = Share(
        table.take("part", int), table.take("whole", int), table.take("low", float), table.take("high", float)
    )
    table.finish()
    return found


def _measured(table: Table) -> Accuracy:
    parts = {}
    for name in ("loud", "fresh"):
        values = table.take(name, dict, {})
        parts[name] = _measured(Table(f"{table.where}.{name}", values)) if values else None
    found = Accuracy(
        judged=table.take("judged", int),
        right=table.take("right", int),
        repositories=table.take("repositories", int),
        low=table.take("low", float),
        high=table.take("high", float),
        **parts,
    )
    table.finish()
    return found


# Families whose rules may stand for another family's: the id of a language model is a version, too.
_BESIDE: Mapping[str, tuple[str, ...]] = {"LLM": ("PIN",)}


def _check_together(specs: Sequence[RuleSpec]) -> None:
    """What one file cannot say of itself: codes and names are unique, superseded rules exist."""
    seen: dict[str, str] = {}
    for spec in specs:
        for word in (spec.code, spec.name):
            if word in seen:
                raise CatalogueError(f"{spec.name}.toml: {word!r} is also {seen[word]}.toml's")
            seen[word] = spec.name
    for spec in specs:
        for code in spec.supersedes:
            if code not in seen or not code.startswith((spec.family, *_BESIDE.get(spec.family, ()))):
                raise CatalogueError(f"{spec.name}.toml: supersedes: {code!r} is no rule of family {spec.family}")


_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PLACEHOLDER = re.compile(r"[a-z][a-z_]*")


def _rule(path: Path) -> RuleSpec:
    table = Table(f"{path.parent.name}/{path.name}", read_toml(path))
    spec = RuleSpec(
        code=table.text("code"),
        name=table.text("name"),
        family=table.one_of("family", list(FAMILIES)),
        debt=table.one_of("debt", DEBTS),
        severity=table.member("severity", Severity),
        confidence=table.member("confidence", Confidence),
        roles=_roles(Table(f"{table.where}: roles", table.take("roles", dict))),
        message=table.text("message"),
        summary=table.text("summary"),
        why=table.text("why"),
        remedy=table.text("remedy"),
        minutes=table.take("minutes", int),
        references=table.strings("references"),
        supersedes=table.strings("supersedes"),
        options=tuple(_option(option) for option in table.tables("options")),
        bad=tuple(_example(example) for example in table.tables("bad")),
        good=tuple(_example(example) for example in table.tables("good")),
        fixes=tuple(_fix(fix) for fix in table.tables("fixes")),
        enabled=table.take("enabled", bool, True),
        since=_version(table),
        variants=table.pairs("variants"),
        placeholders=table.pairs("placeholders"),
        stage=table.one_of("stage", STAGES, "check"),
        absence=table.take("absence", bool, False),
        topic=table.take("topic", str, ""),
        pattern=pattern_table.read(table),
        documentation=table.take("documentation", bool, True),
    )
    table.finish()
    for problem in _problems(spec, path):
        raise CatalogueError(f"{table.where}: {problem}")
    return spec


def _version(table: Table) -> str:
    text = table.take("since", str, "")
    if text and not re.fullmatch(r"\d+\.\d+\.\d+", text):
        raise CatalogueError(f"{table.where}: since: {text!r} is no version; write it as 0.2.0")
    return text


def _roles(table: Table) -> tuple[tuple[Role, Severity], ...]:
    known = [role.value for role in Role]
    for key in table.values:
        if key not in known:
            raise CatalogueError(f"{table.where}: {key!r} is no role")
    return tuple((role, table.member(role.value, Severity)) for role in Role if role.value in table.values)


def _problems(spec: RuleSpec, path: Path) -> list[str]:
    """What is wrong with a rule whose keys and types are right."""
    declared = {name for name, _ in spec.placeholders}
    used = {name for text in (spec.message, *dict(spec.variants).values()) for name in _placeholders(path, text)}
    checks = [
        (re.fullmatch(rf"{spec.family}\d{{3}}", spec.code), f"code: {spec.code!r} is not {spec.family} and 3 digits"),
        (path.parent.name == FAMILIES[spec.family], f"family: {spec.family} belongs in {FAMILIES[spec.family]}/"),
        (_NAME.fullmatch(spec.name), f"name: {spec.name!r} is not kebab-case"),
        (spec.name == path.stem, f"name: {spec.name!r} is not the file's name"),
        (spec.minutes > 0, "minutes: is not positive"),
        ("\n" not in spec.message + spec.summary, "message, summary: more than one line"),
        (not used - declared, f"message: {', '.join(sorted(used - declared))} not declared under placeholders"),
        (not declared - used, f"placeholders: {', '.join(sorted(declared - used))} not in any message"),
        (spec.code not in spec.supersedes, "supersedes: itself"),
        (spec.roles, "roles: the rule speaks nowhere"),
        (spec.absence or not spec.topic, "topic: only what is missed can be elsewhere"),
        (spec.bad and spec.good, "bad, good: at least one example of each is needed"),
        (_all_differ(spec.bad) and _all_differ(spec.good), "bad, good: two examples have one path"),
    ]
    return [problem for right, problem in checks if not right]


def _all_differ(examples: Sequence[Example]) -> bool:
    return len({example.path for example in examples}) == len(examples)


def _placeholders(path: Path, text: str) -> set[str]:
    try:
        parsed = [(name, form, way) for _, name, form, way in string.Formatter().parse(text) if name is not None]
    except ValueError as error:
        raise CatalogueError(f"{path.name}: message: {error}") from error
    for name, form, way in parsed:
        if not _PLACEHOLDER.fullmatch(name) or form or way:
            raise CatalogueError(f"{path.name}: message: {{{name}}} is no plain placeholder")
    return {name for name, _, _ in parsed}


def _example(table: Table) -> Example:
    example = Example(table.text("path"), table.take("code", str).strip("\n") + "\n")
    table.finish()
    return example


def _fix(table: Table) -> Remedied:
    fix = Remedied(table.text("recipe"), table.one_of("safety", SAFETIES), table.text("does"))
    table.finish()
    return fix


_TYPES: Mapping[str, type] = {
    "integer": int,
    "number": float,
    "string": str,
    "boolean": bool,
    "strings": str,
    "numbers": float,
}


def _option(table: Table) -> Option:
    kind = table.one_of("type", list(_TYPES))
    default = table.values.pop("default", None)
    many = kind in ("strings", "numbers")
    items = default if many and isinstance(default, list) else [default]
    if isinstance(default, list) is not many or not all(type(item) is _TYPES[kind] for item in items):
        raise CatalogueError(f"{table.where}: default: is not of type {kind}")
    option = Option(
        name=table.text("name"),
        type=kind,
        default=tuple(items) if many else default,  # type: ignore[arg-type]  # the type was checked above
        meaning=table.text("meaning"),
        affects=table.one_of("affects", AFFECTS),
    )
    table.finish()
    if not _NAME.fullmatch(option.name):
        raise CatalogueError(f"{table.where}: name: {option.name!r} is not kebab-case")
    return option
