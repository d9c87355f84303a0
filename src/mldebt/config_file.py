"""Reads the configuration: mldebt.toml, or the table [tool.mldebt] of pyproject.toml.

    select = ["THR", "hard-coded-score-threshold"]   # codes, prefixes, names, families, "ALL"
    extend-select = ["PIN001"]
    ignore = ["THR003"]
    rule-paths = ["lint/"]                           # rules of the project's own
    baseline = "mldebt-baseline.txt"                 # known debt; mldebt baseline write makes it
    exclude = ["legacy/", "*_old.py"]                # as in .gitignore, on top of the built-in ones
    source-roots = ["src", "services/api"]
    project-kind = "application"                     # or "library"
    fail-on = "warning"                              # error, warning, note, never
    show = ["notes"]
    strict = false
    max-file-lines = 20000
    profile = "default"                              # research, default, strict, serving
    jobs = 0                                         # 0: decided by the work
    rules-url = "https://docs.example.org/{code}"    # the team's pages of the rules, for links in reports

    [suppressions]
    require-reason = false                           # one without a reason is a warning
    max-days = 180                                   # how far off the end of one may be
    grace-days = 30                                  # how long past its end one holds under strict
    never = ["PIN001"]                               # what nobody may suppress

    [budget]
    total = 120                                      # findings that the whole project may have
    family.THR = 40                                  # also by debt, component, path (as in .gitignore), severity

    [severity]
    THR001 = "note"                                  # code, name, prefix or family = level

    [roles]
    "jobs/**" = "train"                              # pattern as in .gitignore = role, first match wins

    [[component]]
    name = "scoring"
    paths = ["services/scoring/"]                    # as in .gitignore, first component that matches wins
    kind = "application"                             # or "library"
    profile = "strict"
    owner = "team-x"
    criticality = "high"                             # low, medium, high

    [rules.THR001]                                   # code or name; options as ``mldebt explain`` lists them
    OPTION = 3

    [vocabulary]
    extend-score-words = ["riskiness"]               # extend-<list of rules/vocabulary>

    [evidence.churn]                                 # a component or a model of the evidence sheet
    monitoring = { elsewhere = "dashboard 12", owner = "team-x", until = 2027-03-31 }

    [[suppress]]
    path = "examples/**/*.py"                        # as in .gitignore
    code = "THR001"                                  # or codes = [...]
    symbol = "main"
    kind = "accepted"                                # wrong, accepted, later
    reason = "a demonstration"
    until = 2027-03-31
    owner = "team-x"

Whatever cannot be used raises ``ConfigError``: ``file:line:column: key: what is wrong; what to do``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

import tomli

from mldebt import config_options, config_tables, config_values
from mldebt.config import NAME, PYPROJECT, Config
from mldebt.config_document import ConfigDocument
from mldebt.errors import ConfigError
from mldebt.rule_spec import RuleSpec
from mldebt.toml_places import KeyPath

Reader: TypeAlias = "Callable[[str], bytes | None]"
"""A root-relative path -> its bytes, or None when there is no such file."""


def load(read: Reader, specs: Sequence[RuleSpec]) -> Config:
    """The configuration of a root; the defaults when there is none."""
    own, project = read(NAME), read(PYPROJECT)
    inside = project is not None and has_table(project)
    if own is not None:
        if inside:
            raise ConfigError(f"{NAME} and [tool.mldebt] in {PYPROJECT} are both here; keep one of them")
        return parse(NAME, own, specs)
    return parse(PYPROJECT, project, specs) if project is not None and inside else Config()


def rule_paths(read: Reader) -> tuple[str, ...]:
    """Where the project's own rules are, which must be known before what speaks of rules can be read.
    Nothing where the configuration has a mistake: ``load`` tells of it."""
    own, project = read(NAME), read(PYPROJECT)
    if own is None and (project is None or not has_table(project)):
        return ()
    try:
        if own is not None:
            return _files_of(ConfigDocument.of(NAME, own, (), ()))
        assert project is not None
        return _files_of(ConfigDocument.of(PYPROJECT, project, ("tool", "mldebt"), ()))
    except ConfigError:
        return ()


def _files_of(file: ConfigDocument) -> tuple[str, ...]:
    return config_values.file_list(file, ("rule-paths",), file.values.get("rule-paths", []))


def has_table(data: bytes) -> bool:
    """Does a pyproject.toml hold [tool.mldebt]? One that is not TOML but speaks of it does: its mistake
    must be told, and that of any other file is not ours."""
    if b"mldebt" not in data:
        return False
    try:
        tool = tomli.loads(data.decode("utf-8")).get("tool")
    except (ValueError, RecursionError):
        return re.search(rb"^\s*\[\[?\s*tool\s*\.\s*mldebt\b", data, re.MULTILINE) is not None
    return isinstance(tool, dict) and "mldebt" in tool


def parse(path: str, data: bytes, specs: Sequence[RuleSpec]) -> Config:
    """One file, whose name says whether the keys are at its top or under [tool.mldebt]."""
    top = ("tool", "mldebt") if path.rpartition("/")[2] == PYPROJECT else ()
    file = ConfigDocument.of(path, data, top, specs)
    given: dict[str, object] = {"path": path}
    for key, value in file.values.items():
        if key in ("plugin", "plugins"):
            told = "--plugin NAME turns plugins on, or the user's own configuration; a project cannot"
            file.fail((key,), f"there is no such key; {told}")
        file.known((key,), KEYS)
        field, reader = KEYS[key]
        given[field] = reader(file, (key,), value)
    return Config(**given)  # type: ignore[arg-type]  # each reader of KEYS returns what its field holds


# Key -> field of ``Config`` and its reader.
KEYS: dict[str, tuple[str, Callable[[ConfigDocument, KeyPath, object], object]]] = {
    "select": ("select", config_values.selector_list),
    "extend-select": ("extend_select", config_values.selector_list),
    "ignore": ("ignore", config_values.selector_list),
    "baseline": ("baseline", config_values.file_path),
    "rule-paths": ("rule_paths", config_values.file_list),
    "exclude": ("exclude", config_values.pattern_list),
    "source-roots": ("source_roots", config_values.folder_list),
    "project-kind": ("project_kind", lambda file, key, value: file.one_of(key, value, config_tables.PROJECT_KINDS)),
    "fail-on": ("fail_on", config_values.fail_on),
    "show": ("show", config_values.shown),
    "strict": ("strict", ConfigDocument.boolean),
    "suppressions": ("policy", config_tables.policy),
    "max-file-lines": ("max_file_lines", lambda file, key, value: file.count(key, value, 1)),
    "jobs": ("jobs", lambda file, key, value: file.count(key, value, 0)),
    "rules-url": ("rules_url", config_values.address),
    "budget": ("budget", config_tables.budget),
    "severity": ("severity", config_values.severities),
    "roles": ("roles", config_values.roles),
    "rules": ("options", config_options.rule_options),
    "vocabulary": ("vocabulary", config_options.vocabulary_lists),
    "suppress": ("suppressions", config_tables.suppressions),
    "component": ("components", config_tables.components),
    "profile": ("profile", config_values.profile),
    "evidence": ("evidence", config_tables.evidence),
}
