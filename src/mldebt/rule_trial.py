"""The examples of a project's own rules, run: the bad ones must be reported where they say, the good ones not."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from mldebt import rulebook, selectors
from mldebt.config import NAME
from mldebt.errors import UserError
from mldebt.model import Confidence, Status
from mldebt.rule_spec import Example, RuleSpec
from mldebt.run import Request, execute
from mldebt.tree import Tree

_MARK = re.compile(r"# expect: (?P<code>[A-Z]+\d+)")
_RULE = "rule.toml"


class Trial(Struct, frozen=True):
    """One rule and what is wrong with its examples: nothing, if it does what it says."""

    spec: RuleSpec
    problems: tuple[str, ...]


def try_own_rules(tree: Tree, wanted: Sequence[str] = ()) -> tuple[Trial, ...]:
    """A trial of every rule of the project's own, by code; of those that are ``wanted``, when any are. Raises
    ``ConfigError`` for one that cannot be read, ``UserError`` for one that is not there."""
    sources = rulebook.own_sources(tree)
    own = rulebook.load(tree).own
    for name in wanted:
        if not selectors.meant(name, own):
            raise UserError(f"there is no rule {name!r} of this project's own{selectors.suggestion(name, own)}")
    chosen = {spec.code for name in wanted for spec in selectors.meant(name, own)}
    return tuple(Trial(spec, _problems(spec, sources[spec.code])) for spec in own if not wanted or spec.code in chosen)


def _problems(spec: RuleSpec, source: bytes) -> tuple[str, ...]:
    return (*_tried(spec, source, "bad", spec.bad), *_tried(spec, source, "good", spec.good))


def _tried(spec: RuleSpec, source: bytes, kind: str, examples: Sequence[Example]) -> list[str]:
    expected = {(each.path, line) for each in examples for line in _lines(each.code, spec.code)}
    found, told = _reported(spec, source, examples)
    if kind == "bad" and not expected:
        told.append(f"bad: no line says # expect: {spec.code}")
    if kind == "good" and expected:
        told.append(f"good: a line says # expect: {spec.code}")
    told += [f"{kind}: {path}:{line} is not reported" for path, line in sorted(expected - found)]
    told += [f"{kind}: {path}:{line} is reported" for path, line in sorted(found - expected)]
    return told


def _lines(text: str, code: str) -> list[int]:
    numbered = enumerate(text.split("\n"), 1)
    return [number for number, line in numbered if any(found["code"] == code for found in _MARK.finditer(line))]


def _reported(spec: RuleSpec, source: bytes, examples: Sequence[Example]) -> tuple[set[tuple[str, int]], list[str]]:
    """Where the rule speaks in the examples, and what went wrong; expectations are blanked before."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for example in examples:
            path = root / example.path
            path.parent.mkdir(parents=True, exist_ok=True)
            blanked = _MARK.sub(lambda found: " " * len(found[0]), example.code)
            path.write_text(blanked, encoding="utf-8", newline="\n")
        (root / _RULE).write_bytes(source)
        (root / NAME).write_text(f'rule-paths = ["{_RULE}"]\nselect = ["{spec.code}"]\n', encoding="utf-8")
        run = execute(Request(root, root=str(root), cached=False)).run
    heard = [each for each in run.findings if each.status is Status.OPEN and each.confidence is not Confidence.LOW]
    told = [f"{notice.path}: {notice.message}" for notice in run.notices]
    return {(each.place.path, each.place.span.line) for each in heard}, told
