"""What the analysis of files depends on beside the files, as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from mldebt.model import Role
from mldebt.rule_spec import RuleSpec
from mldebt.tree import Tree


class AnalyserSettings(Struct, frozen=True):
    """What an ``Analyser`` is made from; plain, so that a worker process can be given it. Without ``lean``
    every file is read by libcst, without ``gated`` no rule's gate is closed: tests hold either against
    what is run."""

    specs: tuple[RuleSpec, ...]
    options: tuple[tuple[str, str, object], ...]
    vocabulary: tuple[tuple[str, tuple[str, ...]], ...]
    max_file_lines: int
    lean: bool = True
    plugins: tuple[str, ...] = ()
    gated: bool = True
    roles: tuple[tuple[str, Role], ...] = ()  # as configured


class Job(Struct, frozen=True):
    """What a worker is given, once. Plain data."""

    settings: AnalyserSettings
    tree: Tree


def options_of(spec: RuleSpec, given: Iterable[tuple[str, str, object]]) -> Mapping[str, object]:
    """The options of a rule: its defaults, overlaid by what the configuration gives."""
    values: dict[str, object] = {option.name: option.default for option in spec.options}
    values.update({name: value for code, name, value in given if code == spec.code})
    return values
