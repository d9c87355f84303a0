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
from collections.abc import Iterable, Sequence

from mldebt import own_patterns, selectors
from mldebt.config_document import ConfigDocument
from mldebt.errors import ConfigError
from mldebt.model import Confidence, Role, Severity
from mldebt.pattern_spec import CODE, PatternSpec
from mldebt.rule_spec import DEBTS, FAMILIES, Example, RuleSpec

_KEYS = (
    "code", "name", "message", "summary", "why", "remedy", "severity", "confidence", "debt", "minutes", "roles",
    "bad", "good",
)  # fmt: skip
_EXAMPLE = ("path", "code")


def parse(path: str, data: bytes, known: Sequence[RuleSpec]) -> RuleSpec:
    """The rule in one file. ``known`` are the rules there are, whose codes and names are taken."""
    file = ConfigDocument.of(path, data, (), known)
    _check_keys(file, (*_KEYS, *own_patterns.KEYS))
    return _rule(file, own_patterns.read(file), own_patterns.bound(file))


def of_plugin(name: str, text: str, known: Sequence[RuleSpec]) -> RuleSpec:
    """The rule that a plugin tells of, which has a class instead of a pattern."""
    file = ConfigDocument.of(f"plugin {name}", text.encode("utf-8"), (), known)
    _check_keys(file, _KEYS)
    return _rule(file, None, None)


def _check_keys(file: ConfigDocument, keys: Sequence[str]) -> None:
    for key in file.values:
        if key not in keys:
            file.fail((key,), f"there is no such key{selectors.did_you_mean(key, keys)}")


def _rule(file: ConfigDocument, pattern: PatternSpec | None, names: frozenset[str] | None) -> RuleSpec:
    """``names`` are the metavariables that every match binds; ``None``: a class fills the message."""
    known = file.specs
    code = _code(file, known)
    name = _text(file, "name")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        file.fail(("name",), f"{name!r} is not kebab-case", value=True)
    if any(name == spec.name for spec in known):
        file.fail(("name",), f"{name!r} is taken", value=True)
    message = _text(file, "message")
    _check_message(file, message, names)
    severity = Severity(_one_of(file, "severity", [each.value for each in Severity], "warning"))
    roles = file.strings(("roles",), file.values["roles"]) if "roles" in file.values else ()
    for number, role in enumerate(roles):
        file.one_of(("roles", number), role, [each.value for each in Role])
    spoken = [role for role in Role if (role.value in roles if roles else role is not Role.TEST)]
    told = _without_places(message, names)
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
        placeholders=tuple((each.lower(), f"what ${each} stands for") for each in sorted(names or ())),
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


def _one_of(file: ConfigDocument, key: str, known: Sequence[str], default: str) -> str:
    return file.one_of((key,), file.values[key], known) if key in file.values else default


def _check_message(file: ConfigDocument, message: str, names: frozenset[str] | None) -> None:
    try:
        used = {name for _, name, _, _ in string.Formatter().parse(message) if name is not None}
    except ValueError as problem:
        file.fail(("message",), f"{problem}; write {{{{ for a brace", value=True)
    known = used if names is None else {name.lower() for name in names} | {CODE}
    for name in sorted(used - known):
        told = ", ".join(f"{{{each}}}" for each in sorted(known))
        message = f"{{{name}}} is a metavariable of no pattern, or not of all; it may say {told}"
        file.fail(("message",), message, value=True)


def _without_places(message: str, names: frozenset[str] | None) -> str:
    """A message for pages, with ``$MODEL`` where it says ``{model}``."""
    said = {name.lower(): f"${name}" for name in names or ()}
    parts = string.Formatter().parse(message)
    return "".join(text + (said.get(name, "...") if name else "") for text, name, _, _ in parts)


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
