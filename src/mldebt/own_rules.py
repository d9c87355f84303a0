"""Rules of the scanned project's own: TOML files with patterns, read as data and never run.

    code = "OWN001"                          # letters of your own, three digits
    name = "client-not-model"
    message = "`{model}` is asked directly: go through scoring.client"
    pattern = "$MODEL.predict($X, ...)"      # or patterns = [...]
    severity = "warning"                     # optional: error, warning, note
    inside = ["function"]                    # optional; so are not-inside, function, paths, roles

    [where.MODEL]                            # optional conditions on what a metavariable stands for
    trait = "model"

    [[bad]]
    code = "model.predict(rows)  # expect: OWN001"

    [[good]]
    code = "client.predict(rows)"

Every mistake raises ``ConfigError``: ``lint/client.toml:4:1: pattern: ...``.
"""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from mldebt import selectors
from mldebt.catalogue import DEBTS, FAMILIES, Example, RuleSpec
from mldebt.config_document import ConfigDocument
from mldebt.errors import ConfigError
from mldebt.model import Confidence, Role, Severity
from mldebt.pattern_spec import ENCLOSINGS, LITERALS, PatternSpec, Where
from mldebt.syntax import stack
from mldebt.syntax.matching import PatternError, compile_pattern
from mldebt.toml_places import KeyPath
from mldebt.traits.values import Trait

KEYS = (
    "code", "name", "message", "summary", "why", "remedy", "severity", "confidence", "debt", "minutes", "roles",
    "pattern", "patterns", "not-pattern", "where", "inside", "not-inside", "function", "paths", "bad", "good",
)  # fmt: skip
_OF_PATTERNS = ("pattern", "patterns", "not-pattern", "where", "inside", "not-inside", "function", "paths")
_WHERE = ("trait", "not-trait", "literal", "value", "not-value", "like", "not-like")
_EXAMPLE = ("path", "code")
_TRAITS = tuple(trait.value for trait in Trait)
_METAVARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")


def parse(path: str, data: bytes, known: Sequence[RuleSpec]) -> RuleSpec:
    """The rule in one file. ``known`` are the rules there are, whose codes and names are taken."""
    file = ConfigDocument.of(path, data, (), known)
    return _rule(file, _pattern(file))


def of_plugin(name: str, text: str, known: Sequence[RuleSpec]) -> RuleSpec:
    """The rule that a plugin tells of, which has a class instead of a pattern."""
    return _rule(ConfigDocument.of(f"plugin {name}", text.encode("utf-8"), (), known), None)


def _pattern(file: ConfigDocument) -> PatternSpec:
    sources = _sources(file)
    return PatternSpec(
        sources,
        _unlike(file),
        _conditions(file, _metavariables(file, sources)),
        _enclosings(file, "inside"),
        _enclosings(file, "not-inside"),
        _strings(file, "function"),
        tuple(file.pattern(("paths", number), each) for number, each in enumerate(_strings(file, "paths"))),
    )


def _rule(file: ConfigDocument, pattern: PatternSpec | None) -> RuleSpec:
    known = file.specs
    for key in file.values:
        if key not in KEYS or (pattern is None and key in _OF_PATTERNS):
            file.fail((key,), f"there is no such key{selectors.did_you_mean(key, KEYS)}")
    code = _code(file, known)
    name = _text(file, "name")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        file.fail(("name",), f"{name!r} is not kebab-case", value=True)
    if any(name == spec.name for spec in known):
        file.fail(("name",), f"{name!r} is taken", value=True)
    names = frozenset[str]() if pattern is None else _metavariables(file, pattern.sources)
    message = _text(file, "message")
    _check_message(file, message, names)
    severity = Severity(_one_of(file, "severity", [each.value for each in Severity], "warning"))
    roles = file.strings(("roles",), file.values["roles"]) if "roles" in file.values else ()
    for number, role in enumerate(roles):
        file.one_of(("roles", number), role, [each.value for each in Role])
    spoken = [role for role in Role if (role.value in roles if roles else role is not Role.TEST)]
    told = _without_places(message)
    return RuleSpec(
        code=code,
        name=name,
        family=code.rstrip("0123456789"),
        debt=_one_of(file, "debt", DEBTS, "model"),
        severity=severity,
        confidence=Confidence(_one_of(file, "confidence", ("high", "medium"), "high")),
        roles=tuple((role, severity) for role in spoken),
        message=message,
        summary=_text(file, "summary", told),
        why=_text(file, "why", told),
        remedy=_text(file, "remedy", "See the message."),
        minutes=file.count(("minutes",), file.values.get("minutes", 15), 1),
        references=(),
        bad=_examples(file, "bad"),
        good=_examples(file, "good"),
        placeholders=tuple((each.lower(), f"what ${each} stands for") for each in sorted(names)),
        pattern=pattern,
    )


def digest(files: Iterable[tuple[str, bytes]]) -> str:
    """A digest of the files of own rules, for keys of what is remembered."""
    found = hashlib.sha256()
    for path, data in sorted(files):
        found.update(f"{path}\0{len(data)}\0".encode("utf-8", "surrogatepass") + data)
    return found.hexdigest()


def _code(file: ConfigDocument, known: Sequence[RuleSpec]) -> str:
    code = _text(file, "code")
    found = re.fullmatch(r"([A-Z]{2,8})\d{3}", code)
    if found is None:
        file.fail(("code",), f"{code!r} is no code: capitals and three digits, as in OWN001", value=True)
    if found[1] in FAMILIES:
        file.fail(("code",), f"{found[1]} is a family of mldebt; take other letters", value=True)
    if any(code == spec.code for spec in known):
        file.fail(("code",), f"{code} is taken", value=True)
    return code


def _text(file: ConfigDocument, key: str, default: str | None = None) -> str:
    if key not in file.values:
        if default is not None:
            return default
        raise ConfigError(f"{file.path}:1:1: {key} is missing")
    text = file.string((key,), file.values[key]).strip()
    if not text or (key == "message" and "\n" in text):
        file.fail((key,), "must say something, in one line", value=True)
    return text


def _strings(file: ConfigDocument, key: str) -> tuple[str, ...]:
    """A text, or a list of texts."""
    value = file.values.get(key, [])
    return (value,) if isinstance(value, str) else file.strings((key,), value)


def _one_of(file: ConfigDocument, key: str, known: Sequence[str], default: str) -> str:
    return file.one_of((key,), file.values[key], known) if key in file.values else default


def _sources(file: ConfigDocument) -> tuple[str, ...]:
    if ("pattern" in file.values) == ("patterns" in file.values):
        raise ConfigError(f"{file.path}:1:1: pattern (a text) or patterns (a list) is needed, and not both")
    return _strings(file, "pattern" if "pattern" in file.values else "patterns")


def _metavariables(file: ConfigDocument, sources: Sequence[str]) -> frozenset[str]:
    """Those that every pattern of the rule has. Raises for a pattern that cannot be read."""
    key = "pattern" if "pattern" in file.values else "patterns"
    shared: frozenset[str] | None = None
    if not sources:
        file.fail((key,), "is empty", value=True)
    for number, source in enumerate(sources):
        names = _compiled(file, (key, number) if key == "patterns" else (key,), source)
        shared = names if shared is None else shared & names
    return shared or frozenset()


def _check_message(file: ConfigDocument, message: str, names: frozenset[str]) -> None:
    try:
        used = {name for _, name, _, _ in string.Formatter().parse(message) if name is not None}
    except ValueError as problem:
        file.fail(("message",), f"{problem}; write {{{{ for a brace", value=True)
    known = sorted(name.lower() for name in names)
    for name in sorted(used - set(known)):
        told = f"; it may say {', '.join(f'{{{each}}}' for each in known)}" if known else ""
        file.fail(("message",), f"{{{name}}} is a metavariable of no pattern, or not of all{told}", value=True)


def _without_places(message: str) -> str:
    """A message for pages, with ``$MODEL`` where it says ``{model}``."""
    parts = string.Formatter().parse(message)
    return "".join(text + (f"${name.upper()}" if name else "") for text, name, _, _ in parts)


def _unlike(file: ConfigDocument) -> tuple[str, ...]:
    found = _strings(file, "not-pattern")
    for source in found:
        _compiled(file, ("not-pattern",), source)
    return found


def _compiled(file: ConfigDocument, place: KeyPath, source: str) -> frozenset[str]:
    """The metavariables of a pattern. Raises for one that cannot be read."""
    try:
        return stack.call(partial(compile_pattern, source)).names
    except PatternError as problem:
        file.fail(place, f"the pattern {problem}", value=True)


def _conditions(file: ConfigDocument, names: frozenset[str]) -> tuple[Where, ...]:
    found = []
    for name, table in file.table(("where",), file.values.get("where", {})).items():
        place: KeyPath = ("where", name)
        if name not in names:
            known = f"; there is {', '.join(f'${each}' for each in sorted(names))}" if names else ""
            file.fail(place, f"${name} is a metavariable of no pattern, or not of all{known}")
        found.append(_where(file, place, name, file.table(place, table)))
    return tuple(found)


def _where(file: ConfigDocument, place: KeyPath, name: str, table: Mapping[str, object]) -> Where:
    for key in table:
        if key not in _WHERE:
            file.fail((*place, key), f"there is no such condition{selectors.did_you_mean(key, _WHERE)}")

    def many(key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        return (value,) if isinstance(value, str) else file.strings((*place, key), value)

    def literals(key: str) -> tuple[str | int | float | bool, ...]:
        value = table.get(key, [])
        items = value if isinstance(value, list) else [value]
        for item in items:
            if not isinstance(item, (str, int, float, bool)):
                file.fail((*place, key), "expected texts, numbers, true or false", value=True)
        return tuple(items)

    for key in ("trait", "not-trait"):
        for trait in many(key):
            if trait not in _TRAITS:
                close = selectors.did_you_mean(trait, _TRAITS)
                file.fail((*place, key), f"there is no trait {trait!r}{close}; docs/traits.md lists them", value=True)
    literal = table.get("literal", "")
    if isinstance(literal, bool):
        literal = "any" if literal else "not"
    elif literal:
        literal = file.one_of((*place, "literal"), literal, LITERALS)
    return Where(
        name, many("trait"), many("not-trait"), str(literal), literals("value"), literals("not-value"),
        many("like"), many("not-like"),
    )  # fmt: skip


def _enclosings(file: ConfigDocument, key: str) -> tuple[str, ...]:
    found = _strings(file, key)
    for each in found:
        file.one_of((key,), each, ENCLOSINGS)
    return found


def _examples(file: ConfigDocument, key: str) -> tuple[Example, ...]:
    given = file.values.get(key, [])
    if not isinstance(given, list) or not given:
        raise ConfigError(f"{file.path}:1:1: [[{key}]] is missing: an example that {_SAID[key]}")
    found = []
    for number, value in enumerate(given):
        table = file.table((key, number), value)
        for name in table:
            if name not in _EXAMPLE:
                file.fail((key, number, name), f"there is no such key{selectors.did_you_mean(name, _EXAMPLE)}")
        code = file.string((key, number, "code"), table.get("code", "")).strip("\n") + "\n"
        default = "example.py" if len(given) == 1 else f"example_{number + 1}.py"
        path = file.string((key, number, "path"), table.get("path", default))
        if path.startswith("/") or ".." in path.split("/"):
            file.fail((key, number, "path"), "must lie under the root", value=True)
        found.append(Example(path, code))
    return tuple(found)


_SAID = {"bad": "is reported, with # expect: CODE on its lines", "good": "is not"}
