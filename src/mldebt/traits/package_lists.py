"""Requirements that a program writes: lists handed to a platform, and install commands that it runs."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from functools import lru_cache

import libcst as cst
from msgspec import Struct

from mldebt.traits.evaluate import Evaluator
from mldebt.traits.values import Value
from mldebt.vocabulary import Vocabulary

_RUNNERS = frozenset(
    {"run", "call", "check_call", "check_output", "Popen", "system", "popen", "getoutput", "getstatusoutput"}
)
_RUNNING_MODULES = ("subprocess.", "os.", "get_ipython", "pip.", "pip._internal.")
_INTERPRETER = "python"
"""What ``sys.executable`` is in a command."""


class Entry(Struct, frozen=True):
    """A place in the vocabulary's list: the platform, the modules of which one must be imported (none: any
    will do), and whether the call itself installs."""

    platform: str
    modules: tuple[str, ...]
    installs: bool


class Requirement(Struct, frozen=True):
    """One requirement as written, at its literal. ``conda``: in conda's language."""

    text: str
    node: cst.CSTNode
    conda: bool = False


class PackageList(Struct, frozen=True):
    """The requirements that a call is given under one name."""

    entry: Entry
    requirements: tuple[Requirement, ...]


@lru_cache(maxsize=4)
def _entries(vocabulary: Vocabulary) -> Mapping[str, Mapping[str, Entry]]:
    """Argument -> name of the call ("*" for any) -> entry."""
    found: dict[str, dict[str, Entry]] = {}
    for name, (platform, *rest) in vocabulary.mapping("package-lists").items():
        call, _, argument = name.partition(":")
        modules = tuple(one for one in rest if one != "installs")
        found.setdefault(argument, {})[call] = Entry(platform, modules, "installs" in rest)
    return found


def package_lists(
    node: cst.Call, name: str, evaluator: Evaluator, vocabulary: Vocabulary, imported: frozenset[str]
) -> Iterator[PackageList]:
    """The lists among the arguments of a call; ``name`` is the last one of what is called, ``imported`` are
    the modules that the file imports."""
    entries = _entries(vocabulary)
    positional: list[Requirement] = []
    for argument in node.args:
        if argument.keyword is not None and argument.keyword.value in entries:
            known = entries[argument.keyword.value]
            entry = known.get(name) or known.get("*")
            if entry is not None and _is_imported(entry, imported):
                conda = argument.keyword.value.startswith("conda")
                values = [evaluator.value(part) for part in _summands(argument.value)]
                yield PackageList(entry, tuple(one for value in values for one in _requirements(value, conda=conda)))
        elif argument.keyword is None and name in entries.get("", ()):
            value = evaluator.value(argument.value)
            each = Value(elements=(value,)) if isinstance(value.constant, str) else value
            positional.extend(_requirements(each, conda="conda" in name or "mamba" in name))
    if positional and _is_imported(entries[""][name], imported):
        yield PackageList(entries[""][name], tuple(positional))


def _summands(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """The lists that a sum of lists is made of, last first."""
    while type(node) is cst.BinaryOperation and type(node.operator) is cst.Add:
        yield node.right
        node = node.left
    yield node


def _is_imported(entry: Entry, imported: frozenset[str]) -> bool:
    return not entry.modules or not imported.isdisjoint(entry.modules)


_HOLDERS = ("runtime_env", "pip", "packages", "dependencies", "conda", "uv")


def _requirements(value: Value, *, conda: bool, depth: int = 3) -> Iterator[Requirement]:
    """Strings of a list; of a mapping those under the keys that hold such a list, or its keys with their
    versions."""
    if value.columns is not None and depth:
        known = [key for key in _HOLDERS if key in value.columns]
        for key in known:
            yield from _requirements(value.columns[key], conda=key in ("conda", "dependencies"), depth=depth - 1)
        if not known and all(_is_version(one) for one in value.columns.values()):
            for name, version in value.columns.items():
                if version.literal is not None:
                    yield Requirement(
                        f"{name}=={version.constant}" if version.constant else name, version.literal, conda
                    )
        return
    for element in value.elements or ():
        if isinstance(element.constant, str) and element.literal is not None:
            yield Requirement(element.constant, element.literal, conda)
        elif depth and (element.columns is not None or element.elements is not None):
            yield from _requirements(element, conda=conda, depth=depth - 1)


def _is_version(value: Value) -> bool:
    return isinstance(value.constant, str) and re.fullmatch(r"[\d.*a-z]{0,40}", value.constant) is not None


def command_line(node: cst.Call, name: str, reference: str, evaluator: Evaluator) -> str:
    """The shell line that a call runs, "" for any other call. What is not known is a variable."""
    if not node.args or not (
        (name in _RUNNERS and reference.startswith(_RUNNING_MODULES)) or reference.startswith("pip.")
    ):
        return ""
    given = evaluator.value(node.args[0].value)
    if isinstance(given.constant, str):
        return given.constant
    if isinstance(node.args[0].value, (cst.List, cst.Tuple)):
        words = [_word(each.value, evaluator) for each in node.args[0].value.elements]
    else:
        words = [one.constant if isinstance(one.constant, str) else "$X" for one in given.elements or ()]
    if reference.startswith("pip."):
        words.insert(0, "pip")
    return " ".join(word if word.startswith("$") else shlex.quote(word) for word in words)


def _word(node: cst.BaseExpression, evaluator: Evaluator) -> str:
    value = evaluator.value(node)
    if isinstance(value.constant, str):
        return value.constant
    return _INTERPRETER if value.reference == "sys.executable" else "$X"


def has_list(node: cst.Call, name: str, vocabulary: Vocabulary) -> bool:
    """Could an argument be such a list? The cheap question."""
    entries = _entries(vocabulary)
    return name in entries.get("", ()) or any(
        one.keyword is not None and one.keyword.value in entries for one in node.args
    )


def may_run(name: str) -> bool:
    """Could a call of this name run a command? The cheap question."""
    return name in _RUNNERS or name == "main"


__all__ = ["Entry", "PackageList", "Requirement", "command_line", "has_list", "may_run", "package_lists"]
