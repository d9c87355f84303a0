"""Flags that several commands take, and what they ask the pipeline for."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mldebt.observer import SILENT, Observer

if TYPE_CHECKING:
    from mldebt.run import Request


def project_options(command: Callable[..., None]) -> Callable[..., None]:
    """The flags that say which project is meant and which rules speak."""
    decorators = [
        click.argument("paths", nargs=-1, type=click.Path()),
        click.option("--root", metavar="DIR", help="The project's root, instead of looking for a configuration."),
        click.option("--exclude", multiple=True, metavar="PATTERN", help="Leave out what meets a gitignore pattern."),
        click.option("--force-exclude", is_flag=True, help="Exclusions hold for files named on the command line, too."),
        click.option("--jobs", type=click.IntRange(0), metavar="N", help="Worker processes; 0 decides by the work."),
        click.option("--plugin", "plugins", multiple=True, metavar="NAME", help="Rules of an installed package, too."),
        click.option("--no-cache", is_flag=True, help="Analyse everything anew."),
        click.option("-q", "--quiet", is_flag=True, help="No summary; of notices, those that make the exit code 2."),
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def root_option(command: Callable[..., None]) -> Callable[..., None]:
    return click.option("--root", metavar="DIR", help="The project's root.")(command)


def request(given: dict[str, object], observer: Observer = SILENT) -> Request:
    from mldebt.invocation import read_flags

    return read_flags(given, Path.cwd(), os.environ, sys.stdin.buffer.read, observer)
