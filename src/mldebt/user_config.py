"""The user's own configuration: what a scanned repository has no say in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import tomli

from mldebt.errors import UserError

FILE = Path("mldebt") / "config.toml"


def where(environment: Mapping[str, str]) -> Path:
    """The file, which need not exist; a relative path is none."""
    home = environment.get("XDG_CONFIG_HOME") or os.path.join(environment.get("HOME", ""), ".config")
    return Path(home) / FILE


def wanted_plugins(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The plugins in the user's own configuration, ``mldebt/config.toml`` in their configuration folder:
    ``plugins = ["name"]``. Raises ``UserError`` for what cannot be meant."""
    path = where(environment)
    if not path.is_absolute() or not path.is_file():
        return ()
    try:
        values = tomli.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: cannot be read: {error}") from None
    names = values.pop("plugins", [])
    if values:
        raise UserError(f"{path}: there is no such key: {min(values)}; it knows plugins")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise UserError(f"{path}: plugins: expected a list of texts")
    return tuple(names)
