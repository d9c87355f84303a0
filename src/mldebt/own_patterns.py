"""The part of a rule's file that says what code looks like: patterns and conditions, as ``PatternSpec``.

Every mistake raises ``ConfigError`` with its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from mldebt import selectors
from mldebt.config_document import ConfigDocument
from mldebt.errors import ConfigError
from mldebt.pattern_spec import ENCLOSINGS, LITERALS, PatternSpec, Where, is_enclosing
from mldebt.syntax import stack
from mldebt.syntax.metavariables import PatternError, compile_pattern
from mldebt.toml_places import KeyPath
from mldebt.traits.values import Trait

KEYS = (
    "pattern", "patterns", "not-pattern", "where", "inside", "not-inside", "function", "paths", "not-paths", "imports",
)  # fmt: skip
_WHERE = (
    "trait", "not-trait", "literal", "value", "not-value", "like", "not-like", "word", "not-word",
)  # fmt: skip
_TRAITS = tuple(trait.value for trait in Trait)


def read(file: ConfigDocument) -> PatternSpec:
    """What the rule in ``file`` looks for."""
    sources = _sources(file)
    unlike = _strings(file, "not-pattern")
    inside, not_inside = _enclosings(file, "inside"), _enclosings(file, "not-inside")
    names = _names(file, _key(file), sources, every=False) | _names(file, "not-pattern", unlike, every=False)
    for key, texts in (("inside", inside), ("not-inside", not_inside)):
        names |= _names(file, key, texts, every=False)
    return PatternSpec(
        sources,
        unlike,
        _conditions(file, names),
        inside,
        not_inside,
        _strings(file, "function"),
        _paths(file, "paths"),
        _paths(file, "not-paths"),
        _strings(file, "imports"),
    )


def bound(file: ConfigDocument) -> frozenset[str]:
    """The metavariables that stand for something whichever of the patterns matches."""
    inside = _names(file, "inside", _strings(file, "inside"), every=False)
    return _names(file, _key(file), _sources(file), every=True) | inside


def _key(file: ConfigDocument) -> str:
    return "pattern" if "pattern" in file.values else "patterns"


def _sources(file: ConfigDocument) -> tuple[str, ...]:
    if ("pattern" in file.values) == ("patterns" in file.values):
        raise ConfigError(f"{file.path}:1:1: pattern (a text) or patterns (a list) is needed, and not both")
    found = _strings(file, _key(file))
    if not found:
        file.fail((_key(file),), "is empty", value=True)
    return found


def _strings(file: ConfigDocument, key: str) -> tuple[str, ...]:
    """A text, or a list of texts."""
    value = file.values.get(key, [])
    return (value,) if isinstance(value, str) else file.strings((key,), value)


def _paths(file: ConfigDocument, key: str) -> tuple[str, ...]:
    return tuple(file.pattern((key, number), each) for number, each in enumerate(_strings(file, key)))


def _names(file: ConfigDocument, key: str, texts: Sequence[str], *, every: bool) -> frozenset[str]:
    """The metavariables in patterns: those of any, or those that ``every`` one has."""
    found: frozenset[str] | None = None
    for number, text in enumerate(texts):
        if not is_enclosing(text) or not key.endswith("inside"):
            place: KeyPath = (key,) if isinstance(file.values[key], str) else (key, number)
            names = _compiled(file, place, text)
            found = names if found is None else found & names if every else found | names
    return found or frozenset()


def _compiled(file: ConfigDocument, place: KeyPath, source: str) -> frozenset[str]:
    """The metavariables of a pattern. Raises for one that cannot be read."""
    try:
        return stack.call(partial(compile_pattern, source)).names
    except PatternError as problem:
        file.fail(place, f"the pattern {problem}", value=True)


def _enclosings(file: ConfigDocument, key: str) -> tuple[str, ...]:
    found = _strings(file, key)
    for each in found:
        if is_enclosing(each) and each not in ENCLOSINGS:
            known = f"{', '.join(ENCLOSINGS)}, or a pattern"
            close = selectors.did_you_mean(each, ENCLOSINGS)
            file.fail((key,), f"expected one of {known}, found {each!r}{close}", value=True)
    return found


def _conditions(file: ConfigDocument, names: frozenset[str]) -> tuple[Where, ...]:
    found = []
    for name, table in file.table(("where",), file.values.get("where", {})).items():
        place: KeyPath = ("where", name)
        if name not in names:
            known = f"; there is {', '.join(f'${each}' for each in sorted(names))}" if names else ""
            file.fail(place, f"${name} is a metavariable of no pattern{known}")
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
                close = selectors.did_you_mean(trait, _TRAITS) or f"; there is {', '.join(_TRAITS)}"
                file.fail((*place, key), f"there is no trait {trait!r}{close}", value=True)
    literal = table.get("literal", "")
    if isinstance(literal, bool):
        literal = "any" if literal else "not"
    elif literal:
        literal = file.one_of((*place, "literal"), literal, LITERALS)
    return Where(
        name, many("trait"), many("not-trait"), str(literal), literals("value"), literals("not-value"),
        many("like"), many("not-like"), many("word"), many("not-word"),
    )  # fmt: skip
