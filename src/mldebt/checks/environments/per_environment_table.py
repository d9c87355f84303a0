"""ENV003: a table in the code, or a class each, holds the values of every environment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from mldebt.engine import At, Hit, Rule, on
from mldebt.model import Confidence, Outcome
from mldebt.syntax.names import dotted, string
from mldebt.vocabulary import tokenise

LEAST = 2  # environments that make a table
MAX_KEYS = 12  # a larger table is keyed by something else

_ELSE = frozenset({"default", "base", "common", "shared", "other", "*"})
_SPELLINGS = (("dev", "development"), ("prod", "production"), ("stg", "staging"), ("stage", "staging"))
_LOOKS = frozenset({"badge", "badges", "color", "colors", "colour", "colours", "icon", "icons", "emoji", "emojis"})
_ENVIRONMENTS = frozenset({"env", "envs", "environment", "environments", "deployment"})
_CONFIGURES = frozenset({"config", "settings", "configuration", "environment", "conf"})


class PerEnvironmentTable(Rule):
    @on(cst.Dict)
    def table(self, node: cst.Dict, at: At) -> Iterator[Hit]:
        if not LEAST <= len(node.elements) <= MAX_KEYS:
            return
        keys = [_key(each.key) for each in node.elements if type(each) is cst.DictElement]
        names = [key for key in keys if key is not None and _names_environment(at, key)]
        others = {key for key in keys if key not in names}
        if len(names) < LEAST or others - _ELSE or not _is_deployment(at, names):
            return
        if _is_registry(at, names, node) or _translates(names) or _is_shown(at, node) or _lists_classes(at, node):
            return
        yield Hit(node, {"environments": ", ".join(names)}, outcomes=(Outcome(confidence=Confidence.MEDIUM),))

    @on(cst.Call, called=("dict",))
    def keywords(self, node: cst.Call, at: At) -> Iterator[Hit]:
        """``dict(prod="a", dev="b")``."""
        if type(node.func) is not cst.Name or node.func.value != "dict" or not LEAST <= len(node.args) <= MAX_KEYS:
            return
        keys = [each.keyword.value if each.keyword is not None else "" for each in node.args]
        names = [key for key in keys if _names_environment(at, key)]
        if len(names) >= LEAST and not {*keys} - {*names} - _ELSE and _is_deployment(at, names):
            yield Hit(node, {"environments": ", ".join(names)}, outcomes=(Outcome(confidence=Confidence.MEDIUM),))

    @on(cst.Module)
    def classes(self, node: cst.Module, at: At) -> Iterator[Hit]:
        found: dict[str, cst.ClassDef] = {}
        for statement in node.body:
            if type(statement) is cst.ClassDef:
                tokens = tokenise(statement.name.value)
                named = [token for token in tokens if _names_environment(at, token)]
                if tokens and tokens[-1] in _CONFIGURES and named:
                    found.setdefault(named[0], statement)
        if len(found) >= LEAST and _is_deployment(at, list(found)):
            first, *others = found.values()
            yield Hit(
                first.name,
                {"environments": ", ".join(found)},
                outcomes=(Outcome(confidence=Confidence.MEDIUM),),
                related=tuple((each.name, f"class {each.name.value}") for each in others),
            )


def _key(node: cst.BaseExpression) -> str | None:
    """A string, or the member of an enum of environments: ``Env.PROD``."""
    if type(node) is cst.Attribute and _ENVIRONMENTS & set(tokenise(dotted(node.value))):
        return node.attr.value
    return string(node)


def _names_environment(at: At, word: str) -> bool:
    return at.vocabulary.weights("env-names").get(word.lower(), 0) > 0


def _is_deployment(at: At, names: Sequence[str]) -> bool:
    """Is one of them a name that production or development has and nothing else? Splits of data are
    named train, dev and test."""
    lowered = {name.lower() for name in names}
    return bool(lowered & at.vocabulary.words("env-unmistakable"))


def _lists_classes(at: At, node: cst.Dict) -> bool:
    """Does it only list the classes of this module that hold the values? They are told of already."""
    module = at.parents[0]
    classes = (
        {each.name.value for each in module.body if type(each) is cst.ClassDef} if type(module) is cst.Module else ()
    )
    return all(type(each.value) is cst.Name and each.value.value in classes for each in node.elements)


def _is_registry(at: At, names: Sequence[str], node: cst.Dict) -> bool:
    """A table of a model registry's stages: Staging, Production, Archived."""
    keys = [string(each.key) for each in node.elements if type(each) is cst.DictElement]
    if {"Archived", "archived"} & set(keys):
        return True
    roots = {target.partition(".")[0] for target in at.imports.values()}
    around = {token for parent in at.parents if type(parent) is cst.Assign for token in _target_tokens(parent)}
    staged = {name.lower() for name in names} <= {"staging", "production", "none"}
    return staged and bool(around & {"stage", "stages", "model"} or roots & at.vocabulary.words("registry-modules"))


def _translates(names: Sequence[str]) -> bool:
    """Does the table know two spellings of one environment? Then it gives names to names."""
    lowered = {name.lower() for name in names}
    return any({short, long} <= lowered for short, long in _SPELLINGS)


def _is_shown(at: At, node: cst.Dict) -> bool:
    """Does it say how an environment looks on a page: by its own name, or by the name of what is chosen?"""
    texts = [(string(each.key) or "", string(each.value)) for each in node.elements if type(each) is cst.DictElement]
    if all(value is not None and value.lower() == key.lower() for key, value in texts):
        return True
    around = {token for parent in at.parents if type(parent) is cst.Assign for token in _target_tokens(parent)}
    return not around.isdisjoint(_LOOKS)


def _target_tokens(node: cst.Assign) -> Iterator[str]:
    for each in node.targets:
        yield from tokenise(dotted(each.target))
