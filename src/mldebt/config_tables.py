"""Tables of the configuration with keys of their own: suppressions, budgets, evidence, components."""

from __future__ import annotations

from collections.abc import Callable

from mldebt import score, selectors
from mldebt.config import Component, Declaration, Limit, Policy
from mldebt.config_document import ConfigDocument
from mldebt.config_values import pattern_list, profile, selector_list
from mldebt.model import Place, Severity, Suppression
from mldebt.rule_spec import DEBTS, FAMILIES
from mldebt.toml_places import KeyPath

KINDS = ("wrong", "accepted", "later")
CRITICALITIES = ("low", "medium", "high")
PROJECT_KINDS = ("application", "library")

_POLICY: dict[str, tuple[str, Callable[[ConfigDocument, KeyPath, object], object]]] = {
    "require-reason": ("require_reason", ConfigDocument.boolean),
    "max-days": ("max_days", lambda file, key, value: file.count(key, value, 1)),
    "grace-days": ("grace_days", lambda file, key, value: file.count(key, value, 0)),
    "never": ("never", selector_list),
}


def policy(file: ConfigDocument, key: KeyPath, value: object) -> Policy:
    given: dict[str, object] = {}
    for name, item in file.table(key, value).items():
        file.known((*key, name), _POLICY)
        field, reader = _POLICY[name]
        given[field] = reader(file, (*key, name), item)
    return Policy(**given)  # type: ignore[arg-type]  # each reader of _POLICY returns what its field holds


BUDGETS = ("total", "family", "debt", "component", "path", "severity")


def budget(file: ConfigDocument, key: KeyPath, value: object) -> tuple[Limit, ...]:
    limits: list[Limit] = []
    for kind, given in file.table(key, value).items():
        place = (*key, kind)
        file.known(place, BUDGETS)
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


def suppressions(file: ConfigDocument, key: KeyPath, value: object) -> tuple[Suppression, ...]:
    if not isinstance(value, list):
        file.fail(key, "expected tables; write [[suppress]]")
    return tuple(_suppression(file, (*key, number), entry) for number, entry in enumerate(value))


def _suppression(file: ConfigDocument, key: KeyPath, value: object) -> Suppression:
    entry = file.table(key, value)
    for name in entry:
        file.known((*key, name), _SUPPRESS)
    if "path" not in entry:
        file.fail(key, "path is missing: the files it holds for")
    if ("code" in entry) == ("codes" in entry):
        file.fail(key, "code (a text) or codes (a list) is needed, and not both")
    texts = {name: file.string((*key, name), entry.get(name, "")) for name in ("symbol", "reason", "owner")}
    if "codes" in entry:
        codes = selector_list(file, (*key, "codes"), entry["codes"])
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


def evidence(file: ConfigDocument, key: KeyPath, value: object) -> tuple[Declaration, ...]:
    found: list[Declaration] = []
    known = tuple(dict.fromkeys(test.topic for test in score.load()))
    for name, topics in file.table(key, value).items():
        for topic, entry in file.table((*key, name), topics).items():
            place = (*key, name, topic)
            if topic not in known:
                file.fail(place, f"there is no topic {topic!r}{selectors.did_you_mean(topic, known)}")
            table = file.table(place, entry)
            for word in table:
                file.known((*place, word), _DECLARATION)
            if not table.get("elsewhere"):
                file.fail(place, "elsewhere is missing: where it stands")
            texts = {word: file.string((*place, word), table.get(word, "")) for word in ("elsewhere", "owner")}
            until = file.day((*place, "until"), table["until"]) if "until" in table else ""
            found.append(Declaration(name, topic, texts["elsewhere"], texts["owner"], until))
    return tuple(found)


_COMPONENT = ("name", "paths", "kind", "profile", "owner", "criticality")


def components(file: ConfigDocument, key: KeyPath, value: object) -> tuple[Component, ...]:
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
        file.known((*key, name), _COMPONENT)
    for name, meaning in (("name", "what it is called"), ("paths", "the files that belong to it")):
        if not entry.get(name):
            file.fail((*key, name) if name in entry else key, f"{name} is missing: {meaning}")
    kind = file.one_of((*key, "kind"), entry["kind"], PROJECT_KINDS) if "kind" in entry else ""
    weight = entry.get("criticality")
    criticality = "" if weight is None else file.one_of((*key, "criticality"), weight, CRITICALITIES)
    texts = {name: file.string((*key, name), entry.get(name, "")) for name in ("name", "owner")}
    audience = profile(file, (*key, "profile"), entry["profile"]) if "profile" in entry else ""
    paths = pattern_list(file, (*key, "paths"), entry["paths"])
    return Component(texts["name"], paths, kind, audience, texts["owner"], criticality)
