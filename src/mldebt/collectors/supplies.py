"""Records which settings of a model a module takes from where: command line, environment, files."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from mldebt.engine import At, Collector, Seen, Where, on
from mldebt.facts.configs import Supply
from mldebt.syntax.asked import is_keyed
from mldebt.syntax.names import dotted, last_name, string
from mldebt.vocabulary import tokenise

_DEFINES = frozenset(
    {"DEFINE_integer", "DEFINE_float", "DEFINE_string", "DEFINE_bool", "DEFINE_boolean", "DEFINE_enum"}
)
_COMMAND_LINE = frozenset({"add_argument", "option", *_DEFINES})
_TYPED = frozenset({"getint", "getfloat", "getboolean"})  # of ConfigParser
_OPTIONS = frozenset({"typer.Option", "typer.Argument"})
_PARSED = {
    "yaml.safe_load": "YAML files", "yaml.load": "YAML files", "yaml.full_load": "YAML files",
    "json.load": "JSON files", "json.loads": "JSON files",
    "tomllib.load": "TOML files", "tomli.load": "TOML files", "toml.load": "TOML files",
    "hydra.compose": "Hydra", "omegaconf.OmegaConf.load": "Hydra",
}  # fmt: skip
_SHORTEST = 4  # letters of a name that means one thing everywhere


class Supplies(Collector):
    """Only settings that say how a model learns or decides: of those, several sources are dear."""

    @on(cst.Call, called=_COMMAND_LINE | _TYPED | {"getenv", "get", "compose"})
    def call(self, node: cst.Call, at: At) -> Iterator[Seen]:
        last = last_name(node.func)
        if last in _COMMAND_LINE:
            names = [string(each.value) or "" for each in node.args if each.keyword is None]
            yield from _seen(node, next((each for each in names if each.startswith("--") or last in _DEFINES), ""),
                             "command line", at)  # fmt: skip
        elif last in _TYPED:
            yield from _seen(node, string(node.args[1].value) or "" if len(node.args) > 1 else "", "INI files", at)
        elif last == "compose":
            parent = at.parent()
            name = parent.attr.value if type(parent) is cst.Attribute else ""
            yield from _seen(node, name, "Hydra" if at.reference(node.func) == "hydra.compose" else "", at)
        elif node.args and isinstance(node.func, cst.Attribute | cst.Name):
            reference = at.reference(node.func)
            if reference in {"os.getenv", "os.environ.get"}:
                yield from _seen(node, string(node.args[0].value) or "", "environment", at)
            elif last == "get" and type(node.func) is cst.Attribute:
                yield from _seen(node, string(node.args[0].value) or "", _parsed(node.func.value, at), at)

    @on(cst.Subscript, like=is_keyed)
    def key(self, node: cst.Subscript, at: At) -> Iterator[Seen]:
        index = node.slice[0].slice
        name = string(index.value) if type(index) is cst.Index else None
        if name is None or not _is_knob(name, at):
            return
        if dotted(node.value).endswith("environ") and at.reference(node.value) == "os.environ":
            yield from _seen(node, name, "environment", at)
        else:
            yield from _seen(node, name, _parsed(node.value, at), at)

    @on(cst.Param, like=lambda node: type(node.default) is cst.Call)
    def option(self, node: cst.Param, at: At) -> Iterator[Seen]:
        if type(node.default) is cst.Call and at.reference(node.default.func) in _OPTIONS:
            yield from _seen(node, node.name.value, "command line", at)


def _parsed(node: cst.BaseExpression, at: At) -> str:
    """The system that a table of settings was read from, "" for any other."""
    call = at.value(node).call
    return _PARSED.get(at.reference(call.func), "") if call is not None else ""


def _is_knob(name: str, at: At) -> bool:
    plain = name.lstrip("-").replace("-", "_").lower()
    words = at.vocabulary.words
    known = plain in words("hyper-parameters") or bool(set(tokenise(plain)) & words("model-keys"))
    return known and len(plain) >= _SHORTEST


def _seen(node: cst.CSTNode, name: str, system: str, at: At) -> Iterator[Seen]:
    if not system or not name or not _is_knob(name, at):
        return
    plain = name.lstrip("-").replace("-", "_").lower()

    def make(where: Where) -> Supply:
        return Supply(plain, system, where.place, where.symbol, where.snippet[:80], where.source_line)

    yield Seen(node, make)
