"""Errors that a user can mend. Each message says what, where, and what to do."""

from __future__ import annotations


class UserError(Exception):
    """Bad usage, configuration or input. Printed as one line; the exit code is 2."""


class ConfigError(UserError):
    """The configuration cannot be used; the message names file, line, key and a remedy."""


class CatalogueError(Exception):
    """A rule's TOML is wrong: a mistake of ours, found by the contract test before a user does."""
