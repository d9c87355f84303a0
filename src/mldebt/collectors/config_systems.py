"""Records from which systems a module takes its settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import libcst as cst

from mldebt.engine import At, Collector, Seen, Where, on
from mldebt.facts import Fact
from mldebt.facts.configs import ConfigSystem
from mldebt.syntax.children import descendants
from mldebt.syntax.names import dotted, last_name
from mldebt.vocabulary import tokenise

_COMMAND_LINE = "argparse click typer fire absl optparse docopt tyro simple_parsing configargparse"
_SYSTEMS = {
    **dict.fromkeys(_COMMAND_LINE.split(), "command line"),
    "hydra": "Hydra",
    "omegaconf": "Hydra",
    "gin": "gin",
    "pydantic_settings": "pydantic settings",
    "dynaconf": "Dynaconf",
    "configparser": "INI files",
    **{
        name: name
        for name in ("decouple", "environs", "confuse", "yacs", "ml_collections", "sacred", "everett", "goodconf")
    },
}
_SETTINGS = frozenset(
    {"config", "configs", "configuration", "cfg", "conf", "settings", "setting", "options", "params", "parameters",
     "hparams"}
)  # fmt: skip
_YAML = frozenset({"yaml.safe_load", "yaml.load", "yaml.full_load", "ruamel.yaml.YAML().load"})
_TOML = frozenset({"tomli.load", "tomllib.load", "toml.load", "tomli.loads", "tomllib.loads", "toml.loads"})
_READS = frozenset({"getenv", "get", "safe_load", "load", "full_load", "loads"})
_COMPOSES = frozenset({"main", "compose"})  # what hydra gives a configuration by
_ENVIRONMENT = frozenset({"os.getenv", "os.environ.get"})


class ConfigSystems(Collector):
    @on(cst.Import)
    def imported(self, node: cst.Import, at: At) -> Iterator[Seen]:
        for alias in node.names:
            root = dotted(alias.name).partition(".")[0]
            system = _SYSTEMS.get(root)
            if system is not None and not _is_passed_by(root, at):
                yield Seen(node, _maker(system))

    @on(cst.ImportFrom)
    def imported_from(self, node: cst.ImportFrom, at: At) -> Iterator[Seen]:
        root = dotted(node.module).partition(".")[0] if node.module is not None and not node.relative else ""
        system = _SYSTEMS.get(root)
        if system is None and root == "pydantic" and not isinstance(node.names, cst.ImportStar):
            system = "pydantic settings" if any(last_name(each.name) == "BaseSettings" for each in node.names) else None
        if system is not None and not _is_passed_by(root, at):
            yield Seen(node, _maker(system))

    @on(cst.Call, called=_READS)
    def read(self, node: cst.Call, at: At) -> Iterator[Seen]:
        reference = at.reference(node.func)
        if reference in _ENVIRONMENT:
            yield Seen(node, _maker("environment"))
        elif reference in _YAML | _TOML and _holds_settings(node, at):
            yield Seen(node, _maker("YAML files" if reference in _YAML else "TOML files"))

    @on(cst.Subscript, like=lambda node: dotted(node.value).endswith("environ"))
    def variable(self, node: cst.Subscript, at: At) -> Iterator[Seen]:
        if at.reference(node.value) == "os.environ":
            yield Seen(node, _maker("environment"))


def _is_passed_by(root: str, at: At) -> bool:
    """Is Hydra there for a library that asks it, and for making objects, and never for the settings of this code?"""
    return root == "hydra" and _COMPOSES.isdisjoint(at.called)


def _holds_settings(node: cst.Call, at: At) -> bool:
    """Is what is parsed called settings: by its file, by its name, or by the function or module around?"""
    said = [at.path, at.symbol]
    for each in (node, *(each for each in at.parents if isinstance(each, (cst.Assign, cst.With, cst.Return)))):
        for part in descendants(each):
            if type(part) is cst.Name:
                said.append(part.value)
            elif type(part) is cst.SimpleString:
                said.append(part.value[:200])
    return bool(_SETTINGS & {token for each in said for token in tokenise(each)})


def _maker(system: str) -> Callable[[Where], Fact]:
    def make(where: Where) -> Fact:
        return ConfigSystem(system, where.place, where.symbol, where.snippet[:80], where.source_line)

    return make
