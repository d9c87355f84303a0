"""Settings: keys with their values, in configuration files and in the code."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from mldebt.model import Place


class ConfigValue(Struct, frozen=True):
    """A key of a configuration file with a plain value. ``key`` is the dotted path as written
    ("model.threshold"), ``value`` the text without its quotes; ``environment`` is the one that the file's
    name, or a folder's, says it is for ("prod", "staging", "dev", "test", "")."""

    KIND: ClassVar[str] = "config-value"
    VERSION: ClassVar[int] = 1

    key: str
    value: str
    environment: str
    place: Place
    source_line: str


class Knob(Struct, frozen=True):
    """A literal hyper-parameter in the code. ``owner`` is what is called with it ("RandomForestClassifier"),
    "" for a constant of the module; ``name`` as written."""

    KIND: ClassVar[str] = "knob"
    VERSION: ClassVar[int] = 1

    name: str
    owner: str
    value: str
    place: Place
    symbol: str
    snippet: str
    source_line: str


class Supply(Struct, frozen=True):
    """A setting, by its name in small letters ("learning_rate"), is taken from a system (see ``ConfigSystem``)."""

    KIND: ClassVar[str] = "supply"
    VERSION: ClassVar[int] = 1

    name: str
    system: str
    place: Place
    symbol: str
    snippet: str
    source_line: str


class ConfigSystem(Struct, frozen=True):
    """A module takes settings from a system: "command line", "environment", "hydra", "yaml", ..."""

    KIND: ClassVar[str] = "config-system"
    VERSION: ClassVar[int] = 1

    system: str
    place: Place
    symbol: str
    snippet: str
    source_line: str
