"""The options of rules, and words that a project adds to the vocabulary: from TOML to their types."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt import selectors, vocabulary
from mldebt.config_document import ConfigDocument, kind_of
from mldebt.errors import ConfigError
from mldebt.rule_spec import Option
from mldebt.toml_places import KeyPath

_OPTION_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "integer": ((int,), "a whole number"),
    "number": ((int, float), "a number"),
    "string": ((str,), "a text"),
    "boolean": ((bool,), "true or false"),
    "strings": ((str,), "a list of texts"),
    "numbers": ((int, float), "a list of numbers"),
}


def rule_options(file: ConfigDocument, key: KeyPath, value: object) -> tuple[tuple[str, str, object], ...]:
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


def vocabulary_lists(file: ConfigDocument, key: KeyPath, value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
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
