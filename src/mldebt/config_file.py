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
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import tomli

from mldebt import profiles, score, selectors, vocabulary
from mldebt.catalogue import DEBTS, FAMILIES, Option, RuleSpec
from mldebt.config import NAME, PYPROJECT, Component, Config, Declaration, Limit, Policy
from mldebt.config_document import ConfigDocument, kind_of
from mldebt.errors import ConfigError
from mldebt.model import Place, Role, Severity, Suppression
from mldebt.toml_places import KeyPath

Reader: TypeAlias = "Callable[[str], bytes | None]"
"""A root-relative path -> its bytes, or None when there is no such file."""

KINDS = ("wrong", "accepted", "later")
CRITICALITIES = ("low", "medium", "high")
PROJECT_KINDS = ("application", "library")

_SHOWN = {name: level for level in Severity for name in (level.value, f"{level.value}s")}
_OPTION_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "integer": ((int,), "a whole number"),
    "number": ((int, float), "a number"),
    "string": ((str,), "a text"),
    "boolean": ((bool,), "true or false"),
    "strings": ((str,), "a list of texts"),
    "numbers": ((int, float), "a list of numbers"),
}


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
    return _files(file, ("rule-paths",), file.values.get("rule-paths", []))


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
        if key not in KEYS:
            file.fail((key,), f"there is no such key{selectors.did_you_mean(key, KEYS)}")
        field, reader = KEYS[key]
        given[field] = reader(file, (key,), value)
    return Config(**given)  # type: ignore[arg-type]  # each reader of KEYS returns what its field holds


def _selectors(file: ConfigDocument, key: KeyPath, value: object) -> tuple[str, ...]:
    written = file.strings(key, value)
    for number, text in enumerate(written):
        file.selector((*key, number), text)
    return written


def _patterns(file: ConfigDocument, key: KeyPath, value: object) -> tuple[str, ...]:
    return tuple(file.pattern((*key, number), text) for number, text in enumerate(file.strings(key, value)))


def _folders(file: ConfigDocument, key: KeyPath, value: object) -> tuple[str, ...]:
    folders: list[str] = []
    for number, text in enumerate(file.strings(key, value)):
        parts = [part for part in text.replace("\\", "/").split("/") if part not in ("", ".")]
        if text.startswith(("/", "\\")) or ":" in text or ".." in parts:
            file.fail((*key, number), f"{text!r} is not a folder under the root; write it relative to it", value=True)
        folders.append("/".join(parts) or ".")
    return tuple(folders)


def _file(file: ConfigDocument, key: KeyPath, value: object) -> str:
    text = file.string(key, value)
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if not parts or text.startswith("/") or "\\" in text or ".." in parts:
        file.fail(key, f"{text!r} is not a file under the root; write it relative to it", value=True)
    return "/".join(parts)


def _files(file: ConfigDocument, key: KeyPath, value: object) -> tuple[str, ...]:
    return tuple(_file(file, (*key, number), text) for number, text in enumerate(file.strings(key, value)))


def _fail_on(file: ConfigDocument, key: KeyPath, value: object) -> Severity | None:
    text = file.one_of(key, value, ("error", "warning", "note", "never"))
    return None if text == "never" else Severity(text)


def _shown(file: ConfigDocument, key: KeyPath, value: object) -> tuple[Severity, ...]:
    written = file.strings(key, value)
    return tuple(_SHOWN[file.one_of((*key, number), text, tuple(_SHOWN))] for number, text in enumerate(written))


def _address(file: ConfigDocument, key: KeyPath, value: object) -> str:
    text = file.string(key, value)
    if not re.fullmatch(r"https?://[!#-;=?-~]+", text):
        file.fail(key, f"{text!r} is not an address; write it as https://host/path/{{code}}", value=True)
    return text


def _severities(file: ConfigDocument, key: KeyPath, value: object) -> tuple[tuple[str, Severity], ...]:
    """Selectors spread to codes; what is more exactly named wins."""
    levels: dict[str, tuple[int, Severity]] = {}
    for written, level in file.table(key, value).items():
        severity = Severity(file.one_of((*key, written), level, [known.value for known in Severity]))
        for spec in file.selector((*key, written), written, value=False):
            exactness = selectors.exactness(written, spec)
            if exactness >= levels.get(spec.code, (-1, severity))[0]:
                levels[spec.code] = (exactness, severity)
    return tuple((code, severity) for code, (_, severity) in sorted(levels.items()))


def _roles(file: ConfigDocument, key: KeyPath, value: object) -> tuple[tuple[str, Role], ...]:
    known = [role.value for role in Role]
    return tuple(
        (file.pattern((*key, glob), glob, value=False), Role(file.one_of((*key, glob), role, known)))
        for glob, role in file.table(key, value).items()
    )


def _options(file: ConfigDocument, key: KeyPath, value: object) -> tuple[tuple[str, str, object], ...]:
    return tuple(sorted(_each_option(file, key, value), key=lambda option: option[:2]))


def _each_option(file: ConfigDocument, key: KeyPath, value: object) -> Iterator[tuple[str, str, object]]:
    seen: dict[str, str] = {}
    for written, table in file.table(key, value).items():
        place = (*key, written)
        spec = next((s for s in file.specs if selectors.exactness(written, s) == selectors.EXACT), None)
        if spec is None:
            close = selectors.suggestion(written, file.specs)
            file.fail(place, f"there is no rule {written!r}; its code or name is needed{close}")
        if spec.code in seen:
            file.fail(place, f"says the same rule as [rules.{seen[spec.code]}]; keep one of them")
        seen[spec.code] = written
        options = {option.name: option for option in spec.options}
        for name, item in file.table(place, table).items():
            if name not in options:
                known = f"it has {', '.join(options)}" if options else "it has none"
                close = selectors.did_you_mean(name, options) or f"; {known}"
                file.fail((*place, name), f"{spec.code} has no option {name!r}{close}")
            yield spec.code, name, _option(file, (*place, name), item, options[name])


def _option(file: ConfigDocument, key: KeyPath, value: object, option: Option) -> object:
    types, expected = _OPTION_TYPES[option.type]
    many = option.type in ("strings", "numbers")
    if many != isinstance(value, list):
        file.fail(key, f"expected {expected}, found {kind_of(value)}", value=True)
    items = value if isinstance(value, list) else [value]
    for item in items:
        if not isinstance(item, types) or (isinstance(item, bool) and bool not in types):
            file.fail(key, f"expected {expected}, found {kind_of(item)}{' in it' if many else ''}", value=True)
    if float in types:
        try:
            items = [float(item) for item in items if isinstance(item, (int, float))]
        except OverflowError:
            file.fail(key, "is larger than any number that can be compared", value=True)
    return tuple(items) if many else items[0]


def _vocabulary(file: ConfigDocument, key: KeyPath, value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    added: list[tuple[str, tuple[str, ...]]] = []
    table = file.table(key, value)
    known = [f"extend-{name}" for name in vocabulary.load().lists] if table else []
    for written, items in table.items():
        if written not in known:
            file.fail((*key, written), f"there is no such list{selectors.did_you_mean(written, known)}")
        name, entries = written[len("extend-") :], file.strings((*key, written), items)
        try:
            vocabulary.load({name: entries})
        except ConfigError as problem:
            file.fail((*key, written), str(problem), value=True)
        added.append((name, entries))
    return tuple(sorted(added))


_POLICY: dict[str, tuple[str, Callable[[ConfigDocument, KeyPath, object], object]]] = {
    "require-reason": ("require_reason", ConfigDocument.boolean),
    "max-days": ("max_days", lambda file, key, value: file.count(key, value, 1)),
    "grace-days": ("grace_days", lambda file, key, value: file.count(key, value, 0)),
    "never": ("never", _selectors),
}


def _policy(file: ConfigDocument, key: KeyPath, value: object) -> Policy:
    given: dict[str, object] = {}
    for name, item in file.table(key, value).items():
        if name not in _POLICY:
            file.fail((*key, name), f"there is no such key{selectors.did_you_mean(name, _POLICY)}")
        field, reader = _POLICY[name]
        given[field] = reader(file, (*key, name), item)
    return Policy(**given)  # type: ignore[arg-type]  # each reader of _POLICY returns what its field holds


BUDGETS = ("total", "family", "debt", "component", "path", "severity")


def _budget(file: ConfigDocument, key: KeyPath, value: object) -> tuple[Limit, ...]:
    limits: list[Limit] = []
    for kind, given in file.table(key, value).items():
        place = (*key, kind)
        if kind not in BUDGETS:
            file.fail(place, f"there is no such key{selectors.did_you_mean(kind, BUDGETS)}")
        if kind == "total":
            limits.append(Limit(kind, "", file.count(place, given, 0)))
            continue
        for name, most in file.table(place, given).items():
            meant = _budget_key(file, (*place, name), kind, name)
            limits.append(Limit(kind, meant, file.count((*place, name), most, 0), name))
    return tuple(limits)


def _budget_key(file: ConfigDocument, key: KeyPath, kind: str, name: str) -> str:
    known = {"debt": DEBTS, "severity": tuple(level.value for level in Severity)}
    if kind == "path":
        return file.pattern(key, name, value=False)
    if kind == "family":
        letters = {name.upper(): name.upper() for name in FAMILIES} | {
            word.upper(): at for at, word in FAMILIES.items()
        }
        if name.upper() not in letters:
            file.fail(key, f"there is no family {name!r}{selectors.did_you_mean(name, tuple(FAMILIES))}")
        return letters[name.upper()]
    if kind in known and name not in known[kind]:
        file.fail(key, f"expected one of {', '.join(known[kind])}{selectors.did_you_mean(name, known[kind])}")
    return name


_SUPPRESS = ("path", "code", "codes", "symbol", "kind", "reason", "until", "owner")


def _suppressions(file: ConfigDocument, key: KeyPath, value: object) -> tuple[Suppression, ...]:
    if not isinstance(value, list):
        file.fail(key, "expected tables; write [[suppress]]")
    return tuple(_suppression(file, (*key, number), entry) for number, entry in enumerate(value))


def _suppression(file: ConfigDocument, key: KeyPath, value: object) -> Suppression:
    entry = file.table(key, value)
    for name in entry:
        if name not in _SUPPRESS:
            file.fail((*key, name), f"there is no such key{selectors.did_you_mean(name, _SUPPRESS)}")
    if "path" not in entry:
        file.fail(key, "path is missing: the files it holds for")
    if ("code" in entry) == ("codes" in entry):
        file.fail(key, "code (a text) or codes (a list) is needed, and not both")
    texts = {name: file.string((*key, name), entry.get(name, "")) for name in ("symbol", "reason", "owner")}
    if "codes" in entry:
        codes = _selectors(file, (*key, "codes"), entry["codes"])
    else:
        codes = (file.string((*key, "code"), entry["code"]),)
        file.selector((*key, "code"), codes[0])
    kind = file.one_of((*key, "kind"), entry["kind"], KINDS) if "kind" in entry else ""
    until = file.day((*key, "until"), entry["until"]) if "until" in entry else ""
    pattern = file.pattern((*key, "path"), file.string((*key, "path"), entry["path"]))
    place = Place(file.path, file.span(key, of_key=False))
    return Suppression(
        codes, place, (0, 0), kind, texts["reason"], until, texts["owner"], texts["symbol"], pattern=pattern
    )


_DECLARATION = ("elsewhere", "owner", "until")


def _evidence(file: ConfigDocument, key: KeyPath, value: object) -> tuple[Declaration, ...]:
    found: list[Declaration] = []
    known = tuple(dict.fromkeys(test.topic for test in score.load()))
    for name, topics in file.table(key, value).items():
        for topic, entry in file.table((*key, name), topics).items():
            place = (*key, name, topic)
            if topic not in known:
                file.fail(place, f"there is no topic {topic!r}{selectors.did_you_mean(topic, known)}")
            table = file.table(place, entry)
            for word in table:
                if word not in _DECLARATION:
                    file.fail((*place, word), f"there is no such key{selectors.did_you_mean(word, _DECLARATION)}")
            if not table.get("elsewhere"):
                file.fail(place, "elsewhere is missing: where it stands")
            texts = {word: file.string((*place, word), table.get(word, "")) for word in ("elsewhere", "owner")}
            until = file.day((*place, "until"), table["until"]) if "until" in table else ""
            found.append(Declaration(name, topic, texts["elsewhere"], texts["owner"], until))
    return tuple(found)


def _profile(file: ConfigDocument, key: KeyPath, value: object) -> str:
    return file.one_of(key, value, tuple(profiles.load()))


_COMPONENT = ("name", "paths", "kind", "profile", "owner", "criticality")


def _components(file: ConfigDocument, key: KeyPath, value: object) -> tuple[Component, ...]:
    if not isinstance(value, list):
        file.fail(key, "expected tables; write [[component]]")
    components: list[Component] = []
    for number, entry in enumerate(value):
        component = _component(file, (*key, number), entry)
        if any(component.name == other.name for other in components):
            file.fail((*key, number, "name"), f"there is a component {component.name!r} already", value=True)
        components.append(component)
    return tuple(components)


def _component(file: ConfigDocument, key: KeyPath, value: object) -> Component:
    entry = file.table(key, value)
    for name in entry:
        if name not in _COMPONENT:
            file.fail((*key, name), f"there is no such key{selectors.did_you_mean(name, _COMPONENT)}")
    for name, meaning in (("name", "what it is called"), ("paths", "the files that belong to it")):
        if not entry.get(name):
            file.fail((*key, name) if name in entry else key, f"{name} is missing: {meaning}")
    kind = file.one_of((*key, "kind"), entry["kind"], PROJECT_KINDS) if "kind" in entry else ""
    weight = entry.get("criticality")
    criticality = "" if weight is None else file.one_of((*key, "criticality"), weight, CRITICALITIES)
    texts = {name: file.string((*key, name), entry.get(name, "")) for name in ("name", "owner")}
    profile = _profile(file, (*key, "profile"), entry["profile"]) if "profile" in entry else ""
    paths = _patterns(file, (*key, "paths"), entry["paths"])
    return Component(texts["name"], paths, kind, profile, texts["owner"], criticality)


# Key -> field of ``Config`` and its reader.
KEYS: dict[str, tuple[str, Callable[[ConfigDocument, KeyPath, object], object]]] = {
    "select": ("select", _selectors),
    "extend-select": ("extend_select", _selectors),
    "ignore": ("ignore", _selectors),
    "baseline": ("baseline", _file),
    "rule-paths": ("rule_paths", _files),
    "exclude": ("exclude", _patterns),
    "source-roots": ("source_roots", _folders),
    "project-kind": ("project_kind", lambda file, key, value: file.one_of(key, value, PROJECT_KINDS)),
    "fail-on": ("fail_on", _fail_on),
    "show": ("show", _shown),
    "strict": ("strict", ConfigDocument.boolean),
    "suppressions": ("policy", _policy),
    "max-file-lines": ("max_file_lines", lambda file, key, value: file.count(key, value, 1)),
    "jobs": ("jobs", lambda file, key, value: file.count(key, value, 0)),
    "rules-url": ("rules_url", _address),
    "budget": ("budget", _budget),
    "severity": ("severity", _severities),
    "roles": ("roles", _roles),
    "rules": ("options", _options),
    "vocabulary": ("vocabulary", _vocabulary),
    "suppress": ("suppressions", _suppressions),
    "component": ("components", _components),
    "profile": ("profile", _profile),
    "evidence": ("evidence", _evidence),
}
